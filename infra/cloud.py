"""What infra/deploy, infra/operate and infra/remove share: the tools, the stage's settings, its stack."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "deploy"


def run(main: Callable[[], None]) -> None:
    """Runs a command among the tools, which are installed at the first call; tells failures in a line."""
    try:
        if Path(sys.prefix) != TOOLS:
            subprocess.run([ROOT / "infra/tools", "deploy", ROOT / "infra/requirements.txt"], check=True)
            os.execv(TOOLS / "bin/python", [str(TOOLS / "bin/python"), *sys.argv])
        import botocore.exceptions as aws

        try:
            main()
        except (aws.BotoCoreError, aws.ClientError) as error:
            sys.exit(f"AWS: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{Path(error.cmd[0]).name} failed; what it says is above")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


class Stage:
    """A stage: its part of a samconfig.toml, and its stack once it is there."""

    def __init__(self, name: str, config: Path):
        import boto3

        stages = tomllib.loads(config.read_text())
        if name == "version" or name not in stages:
            known = ", ".join(stage for stage in stages if stage != "version")
            raise SystemExit(f"{config.name} has no stage {name}; it has {known}")
        self.name = name
        self.config = config.resolve()
        self.settings = stages[name]["deploy"]["parameters"]
        self.stack_name = self.settings["stack_name"]
        # Unlike AWS's other tools, boto3 does not read AWS_REGION.
        self.aws = boto3.Session(region_name=self.settings.get("region") or os.environ.get("AWS_REGION"))
        if self.aws.region_name is None:
            raise SystemExit("No region is set: export AWS_REGION, or set `region` in samconfig.toml.")

    def architecture(self) -> str:
        chosen = dict(pair.split("=", 1) for pair in self.settings["parameter_overrides"].split())
        return chosen.get("Architecture", "arm64")

    def sam(self, command: str, *arguments: str | Path) -> None:
        subprocess.run(
            [TOOLS / "bin/sam", command, "--config-file", self.config, "--config-env", self.name, *arguments],
            check=True,
            cwd=ROOT,
            env={**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": self.aws.region_name},
        )

    def stack(self, name: str | None = None) -> dict:
        """The stack, of this stage or of this name; empty where there is none."""
        cloudformation = self.aws.client("cloudformation")
        try:
            return cloudformation.describe_stacks(StackName=name or self.stack_name)["Stacks"][0]
        except cloudformation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise

    def outputs(self, name: str | None = None) -> dict[str, str]:
        """What the stack says of itself; empty where there is none, or none that was ever complete."""
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack(name).get("Outputs", [])}

    def act(self, act: dict) -> dict:
        """Calls the function behind requests, and gives what came of it."""
        import json

        outputs = self.outputs()
        if not outputs:
            raise SystemExit(f"There is no stack {self.stack_name} in {self.aws.region_name}: infra/deploy {self.name}")
        called = self.aws.client("lambda").invoke(
            FunctionName=outputs["ActivityFunction"], Payload=json.dumps(act).encode()
        )
        answer = json.loads(called["Payload"].read() or b"null")
        if "FunctionError" in called:
            message = answer.get("errorMessage", answer) if isinstance(answer, dict) else answer
            raise SystemExit(f"It was not done: {message}")
        return answer
