"""What infra/deploy, infra/operate and infra/remove share: the tools, the stage's settings, its stack."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "deploy"

# How long `activity` may take (its time-out in the template), and a little, in seconds.
PATIENCE = 310


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
        sys.exit(f"{Path(error.cmd[0]).name} failed. See its output above")
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing")
    except (KeyboardInterrupt, EOFError):
        sys.exit("Stopped.")


class Stage:
    """A stage: its part of a samconfig.toml, and its stack once it is there."""

    def __init__(self, name: str, config: Path):
        import tomllib

        import boto3

        try:
            stages = tomllib.loads(config.read_text())
        except tomllib.TOMLDecodeError as error:
            raise SystemExit(f"{config.name}: {error}") from error
        if name == "version" or name not in stages:
            known = ", ".join(stage for stage in stages if stage != "version")
            raise SystemExit(f"{config.name} has no stage {name}; it has {known}")
        self.name = name
        self.config = config.resolve()
        self.settings = stages[name]["deploy"]["parameters"]
        self.stack_name = self.settings["stack_name"]
        self.aws = boto3.Session(
            profile_name=self.settings.get("profile"),
            # Unlike AWS's other tools, boto3 does not read AWS_REGION.
            region_name=self.settings.get("region") or os.environ.get("AWS_REGION"),
        )
        if self.aws.region_name is None:
            raise SystemExit("No region set. Export AWS_REGION, or set `region` in samconfig.toml.")

    def parameters(self, template: Path) -> dict[str, str]:
        """Every parameter of the template: as the stage sets it, else the template's default.

        All are passed with each deployment. CloudFormation keeps the former value of one that is not passed, so a
        setting that was taken out of samconfig.toml would stay in force.
        """
        from samcli.yamlhelper import yaml_parse

        defaults = {
            name: str(parameter["Default"])
            for name, parameter in yaml_parse(template.read_text())["Parameters"].items()
        }
        try:
            chosen = dict(pair.split("=", 1) for pair in shlex.split(self.settings.get("parameter_overrides", "")))
        except (ValueError, AttributeError) as error:
            raise SystemExit(f'{self.config.name}: parameter_overrides must be "NAME=VALUE NAME=VALUE ..."') from error
        if quoted := [name for name, value in chosen.items() if set('"\\') & set(value)]:
            raise SystemExit(f"{self.config.name}: no quote and no backslash in the value of {', '.join(quoted)}")
        if unknown := chosen.keys() - defaults.keys():
            raise SystemExit(f"{self.config.name}: the template has no parameter {', '.join(sorted(unknown))}")
        return defaults | chosen

    def sam(self, command: str, *arguments: str | Path) -> None:
        environment = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": self.aws.region_name}
        if profile := self.settings.get("profile"):
            environment["AWS_PROFILE"] = profile
        python = TOOLS / "bin/python"
        done = subprocess.run(
            [python, "-m", "samcli", command, "--config-file", self.config, "--config-env", self.name, *arguments],
            cwd=ROOT,
            env=os.environ | environment,
        )
        if done.returncode:
            raise SystemExit(f"sam {command} failed. See its output above")

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
        """Calls the function behind requests, once, and gives what came of it."""
        from botocore.config import Config

        outputs = self.outputs()
        if not outputs:
            raise SystemExit(f"No stack {self.stack_name} in {self.aws.region_name}: infra/deploy {self.name}")
        once = Config(read_timeout=PATIENCE, retries={"total_max_attempts": 1})
        called = self.aws.client("lambda", config=once).invoke(
            FunctionName=outputs["ActivityFunction"], Payload=json.dumps(act).encode()
        )
        answer = json.loads(called["Payload"].read() or b"null")
        if "FunctionError" in called:
            message = answer.get("errorMessage", answer) if isinstance(answer, dict) else answer
            raise SystemExit(f"Failed: {message}")
        return answer
