"""The words that the rehearsal is told in: checks, commands, questions to what is deployed."""

import json
import platform
import subprocess
import time
import urllib.request
from pathlib import Path

import boto3
from emulator import ROOT, Emulator, free_port

STACK = "sprintsync-rehearsal"
OUT = ROOT / "target/deploy"
CONFIG = OUT / "samconfig.toml"
FAMILIES = ["auth", "admin", "tasks", "ai", "web", "ops", "activity"]
PASSWORD = "three quiet otters paddle"


class Words:
    """An emulator, a front before it, and the small words that scenes are told in."""

    def __init__(self) -> None:
        self.passed, self.failed = 0, 0
        self.began = time.monotonic()
        self.emulator = Emulator(OUT / "emulator.log")
        session = boto3.Session("test", "test", region_name="us-east-1")
        self.aws = lambda service: session.client(service, endpoint_url=self.emulator.url)
        self.front: subprocess.Popen | None = None
        self.address = f"http://localhost:{free_port()}"

    def check(self, what: str, holds: object, seen: object = "") -> None:
        self.passed += bool(holds)
        self.failed += not holds
        minutes = (time.monotonic() - self.began) / 60
        print(f"{'ok ' if holds else 'NOT'} {minutes:4.1f} min  {what}" + ("" if holds else f": {seen}"), flush=True)

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            env=self.emulator.environment | environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def does(self, what: str, *command: str | Path, **environment: str) -> str:
        """Runs a command, which must end well, and gives what it says."""
        done = self.run(*command, **environment)
        self.check(what, done.returncode == 0, "\n" + done.stdout[-6000:])
        return done.stdout

    def infra(self, what: str, command: str, *arguments: str) -> str:
        return self.does(what, ROOT / "infra" / command, "--config", CONFIG, "rehearsal", *arguments)

    def configure(self, parameters: str) -> None:
        """Writes the samconfig.toml of what comes next: the committed one, for this machine, with these parameters."""
        committed = (ROOT / "tests/deploy/samconfig.toml").read_text()
        architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
        CONFIG.write_text(committed.replace("PARAMETERS", f"Architecture={architecture} {parameters}"))

    def ask(self, method: str, path: str, body: dict | None = None, token: str | None = None) -> tuple[int, dict]:
        request = urllib.request.Request(self.address + path, method=method)
        if token:
            request.add_header("authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("content-type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def read(self, path: str, token: str | None = None) -> tuple[int, str]:
        """What is not JSON, with its status."""
        request = urllib.request.Request(self.address + path)
        if token:
            request.add_header("authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def outputs(self) -> dict[str, str]:
        stack = self.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def functions(self) -> dict[str, dict]:
        """By family: what the emulator knows of its function."""
        found = {}
        for function in self.aws("lambda").list_functions(MaxItems=50)["Functions"]:
            for family in FAMILIES:
                if f"-{family.capitalize()}Function-" in function["FunctionName"]:
                    found[family] = function
        return found

    def called(self, family: str, payload: dict) -> tuple[bool, str]:
        """Calls a function as a schedule does: whether it went well, and what it says."""
        name = self.functions()[family]["FunctionName"]
        answer = self.aws("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        return "FunctionError" not in answer, answer["Payload"].read().decode()

    def eventually(self, look, is_so):
        """What `look` gives once it is as it should be, or after half a minute as it is."""
        until = time.monotonic() + 30
        while not is_so(found := look()) and time.monotonic() < until:
            time.sleep(0.2)
        return found

    def lines(self, group: str, request: str) -> list[dict]:
        """The lines of a request in a log group."""
        found = self.aws("logs").filter_log_events(logGroupName=group, filterPattern=f'"{request}"')["events"]
        texts = [text for event in found for text in event["message"].splitlines() if text.startswith("{")]
        return [line for line in map(json.loads, texts) if line.get("request_id") == request]
