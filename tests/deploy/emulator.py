"""The emulator of AWS, on a free port of this machine, with every function's rights enforced."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(what: str, holds, seconds: float = 60):
    """Asks until something holds, and gives it."""
    end = time.monotonic() + seconds
    while not (seen := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return seen


def reached(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


class Emulator:
    """ministack, and with it the processes of the functions that it runs."""

    def __init__(self, log: Path):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        # Nothing of the machine's own AWS set-up is used. The functions inherit this endpoint.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "AUTH": "true"}
        self.log = log.open("wb")
        # A session of its own: whatever it starts can be found and ended by it.
        self.process = subprocess.Popen(
            [ROOT / ".tools/ministack/bin/ministack"],
            env=self.environment | settings,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            until("the emulator answers", lambda: reached(f"{self.url}/_ministack/health"))
        except AssertionError:
            self.stop()
            raise

    def processes(self) -> dict[int, str]:
        """The processes of its session, but for itself, with the function that each is."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state, _, _, session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
                environment = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            alive = state != "Z" and int(session) == self.process.pid
            if alive and int(folder.name) != self.process.pid:
                named = [line.split("=", 1)[1] for line in environment if line.startswith("AWS_LAMBDA_FUNCTION_NAME=")]
                found[int(folder.name)] = named[0] if named else "?"
        return found

    def memory(self) -> dict[str, float]:
        """By function: the most memory that a process of it had, in MB."""
        most: dict[str, float] = {}
        for process, function in self.processes().items():
            try:
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    most[function] = max(most.get(function, 0), int(line.split()[1]) * 1024 / 1e6)
        return most

    def stop(self) -> dict[int, str]:
        """Ends it and what it leaves behind, and gives what is there all the same."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
        until("its processes end", lambda: not self.processes(), 10)
        self.log.close()
        return self.processes()
