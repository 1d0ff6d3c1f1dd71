"""What the commands of infra/ share: the tools, the stage's settings, its stack."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "deploy"

# What the template keeps outside dev.
KEPT = ("Table", "SigningKey", "Log", "ApiLog")

# How long `activity` may take (its time-out in the template), and a little, in seconds.
PATIENCE = 310

# Between two questions whether something is done, in seconds.
PAUSE = 2


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

    def artifacts(self) -> str:
        """The bucket that SAM keeps artifacts in (`resolve_s3`)."""
        bucket = self.outputs("aws-sam-cli-managed-default").get("SourceBucket")
        if bucket is None:
            raise SystemExit(f"Nothing was ever deployed in {self.aws.region_name}.")
        return bucket

    def propose(self, kind: str, template: bytes | None, parameters: dict[str, str], **more: object) -> dict | None:
        """Makes a change set of this kind, which changes nothing yet, and gives what it would change; nothing, where
        nothing would. Without a template it is the stack's own; parameters that are not given stay as they are, unless
        a template comes with all of its own."""
        from botocore.exceptions import WaiterError

        cloudformation, stack, name = self.aws.client("cloudformation"), self.stack(), f"proposed-{time.time_ns()}"
        source: dict[str, object] = {"UsePreviousTemplate": True}
        if template is not None:
            # A template of this size is not sent: it lies where packaged ones lie.
            bucket, key = self.artifacts(), f"{self.settings['s3_prefix']}/proposed.template"
            s3 = self.aws.client("s3")
            s3.put_object(Bucket=bucket, Key=key, Body=template)
            source = {"TemplateURL": f"{s3.meta.endpoint_url}/{bucket}/{key}"}
        stay = [] if template and parameters else [one["ParameterKey"] for one in stack["Parameters"]]
        chosen = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        chosen += [{"ParameterKey": name, "UsePreviousValue": True} for name in stay if name not in parameters]
        where = {"StackName": self.stack_name, "ChangeSetName": name}
        made = cloudformation.create_change_set(
            **where,
            **source,
            ChangeSetType=kind,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=chosen,
            Tags=stack.get("Tags", []),
            **more,
        )
        try:
            cloudformation.get_waiter("change_set_create_complete").wait(**where)
        except WaiterError as error:
            why = error.last_response.get("StatusReason", "")
            cloudformation.delete_change_set(**where)
            if "didn't contain changes" in why or "No updates are to be performed" in why:
                return None
            raise SystemExit(f"The change of the stack was refused: {why}") from error
        pages = cloudformation.get_paginator("describe_change_set").paginate(**where)
        changes = [change["ResourceChange"] for page in pages for change in page["Changes"]]
        return {"id": made["Id"], "kind": kind, "changes": changes}

    def give_up(self, proposed: dict) -> None:
        """Deletes a change set."""
        self.aws.client("cloudformation").delete_change_set(ChangeSetName=proposed["id"])

    def carry_out(self, proposed: dict) -> None:
        """Has the stack be as a change set says, and waits for it."""
        cloudformation = self.aws.client("cloudformation")
        cloudformation.execute_change_set(ChangeSetName=proposed["id"])
        # The stack still says what came of the change before, for a moment; the change set knows better.
        while True:
            try:
                status = cloudformation.describe_change_set(ChangeSetName=proposed["id"])["ExecutionStatus"]
            except cloudformation.exceptions.ChangeSetNotFoundException:
                break
            if status not in ("AVAILABLE", "EXECUTE_IN_PROGRESS"):
                break
            time.sleep(PAUSE)
        done = {"IMPORT": "stack_import_complete", "UPDATE": "stack_update_complete"}[proposed["kind"]]
        cloudformation.get_waiter(done).wait(StackName=self.stack_name)

    def set(self, parameters: dict[str, str]) -> None:
        """Changes these parameters of the stack, and nothing else."""
        if proposed := self.propose("UPDATE", None, parameters):
            self.carry_out(proposed)

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
