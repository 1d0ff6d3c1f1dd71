"""The deployment, rehearsed: the template and the zips go to an emulator of AWS by the commands that go to AWS.

Every check prints a line; the last line counts them.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import traceback
import urllib.request
import zipfile

from emulator import ROOT, reached, until
from words import CONFIG, FAMILIES, OUT, PASSWORD, Words


class Rehearsal(Words):
    def first_deployment(self) -> str:
        self.configure("Stage=dev SignUpMode=open LimitFactor=1000")
        said = self.infra("the first deployment", "deploy", "--built", "--no-smoke")
        functions = self.functions()
        self.check("it has every function", set(functions) == set(FAMILIES), set(functions))
        return re.findall(r"; (\d{8}T\d{6}Z-\S+)", said)[-1]

    def start_front(self) -> None:
        outputs = self.outputs()
        key = self.aws("secretsmanager").get_secret_value(SecretId=outputs["OriginKey"])["SecretString"]
        api = re.search(r"//(\w+)\.execute-api\.", outputs["ApiAddress"])[1]
        self.front_log = (OUT / "front.log").open("ab")
        # The emulator knows an API by its path too, for those whose resolver does not know every name under .localhost.
        command = ["front", "--api", f"{self.emulator.url}/_aws/execute-api/{api}/$default"]
        self.front = subprocess.Popen(
            [ROOT / "target/debug/sprintsync", *command, "--port", self.address.rpartition(":")[2]],
            env=os.environ | {"ORIGIN_KEY": key},
            stdout=self.front_log,
            stderr=subprocess.STDOUT,
        )
        until("the front answers", lambda: reached(f"{self.address}/health"))
        self.does("the smoke test, through the front", ROOT / "infra/smoke", self.address)

    def contract(self) -> None:
        # With the whole workspace, or it would be built anew: with other features.
        command = ["cargo", "test", "--workspace", "--test", "api", "--", "contract_"]
        said = self.does("every test tagged contract", *command, SPRINTSYNC_URL=self.address)
        summary = re.findall(r"test result: ok\. (\d+) passed; 0 failed; 0 ignored", said)
        self.check(f"there are many of them: {', '.join(summary)}", summary and int(summary[-1]) >= 70, said[-500:])

    def browser(self) -> None:
        scene = "--test-name-pattern=^a first day"
        said = self.does(
            "a browser signs up, adds a task, works and signs in again",
            ROOT / "tests/browser/run",
            scene,
            "day.test.mjs",
            SPRINTSYNC_URL=self.address,
        )
        self.check("it is one scene", "pass 1" in said, said[-500:])

    def no_styleguide(self) -> None:
        try:
            with urllib.request.urlopen(f"{self.address}/styleguide") as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        self.check("the style guide is not deployed", status == 404, status)

    def static_files(self) -> None:
        s3, bucket = self.aws("s3"), self.outputs()["StaticBucket"]
        for hashed in json.loads((ROOT / "static/manifest.json").read_text()).values():
            stored = s3.head_object(Bucket=bucket, Key=f"static/{hashed}")
            with urllib.request.urlopen(f"{self.address}/static/{hashed}") as answer:
                local = (answer.headers["content-type"], answer.headers["cache-control"])
            self.check(
                f"static/{hashed} is stored as the local front serves it",
                (stored["ContentType"], stored["CacheControl"]) == local,
                (stored["ContentType"], stored["CacheControl"], local),
            )

    def somebody(self) -> tuple[str, str, str]:
        """Signs somebody up, with a task; gives the name, a token and the path of the task."""
        name = f"rehearsal-{time.time_ns() % 10**12}"
        self.ask("POST", "/auth/signup", {"username": name, "password": PASSWORD})
        token = self.sign_in(name)
        _, task = self.ask("POST", "/tasks", {"title": "Outlive an update", "total_minutes": 25}, token)
        return name, token, f"/tasks/{task['id']}"

    def sign_in(self, name: str) -> str:
        _, answer = self.ask("POST", "/auth/login", {"username": name, "password": PASSWORD})
        return answer["access_token"]

    def operator(self, name: str, token: str) -> None:
        self.infra("grant-admin", "operate", "grant-admin", name.upper())
        me = self.ask("GET", "/auth/me", token=token)[1]
        self.check("it is an administrator with the next request", me.get("is_admin") is True, me)
        nobody = self.run(ROOT / "infra/operate", "--config", CONFIG, "rehearsal", "grant-admin", "nobody-at-all")
        self.check(
            "grant-admin of nobody says so",
            nobody.returncode and "No user nobody-at-all" in nobody.stdout,
            nobody.stdout,
        )
        stats = self.eventually(
            lambda: self.ask("GET", "/auth/admin/stats", token=token)[1]["system_overview"],
            lambda overview: overview["total_tasks"] >= 1 and overview["total_users"] >= 1,
        )
        self.check("the stream's events are counted", stats["total_tasks"] >= 1, stats)
        said = self.infra("rebuild", "operate", "rebuild")
        self.check("the statistics are rebuilt", "Statistics rebuilt" in said, said)
        again = self.ask("GET", "/auth/admin/stats", token=token)[1]["system_overview"]
        self.check("they say the same", again == stats, (again, stats))
        other, others, task = self.somebody()
        person = self.ask("GET", "/auth/me", token=others)[1]["id"]
        mine = self.ask("GET", "/auth/me", token=token)[1]["id"]
        status, given = self.ask("POST", f"{task}/assign", {"user_id": mine}, token)
        self.check("a task is given to somebody", (status, given.get("user_id")) == (200, mine), (status, given))
        for promoted in (True, False):
            status, found = self.ask("PATCH", f"/auth/users/{person}", {"is_admin": promoted}, token)
            self.check(f"{other} is promoted: {promoted}", (status, found.get("is_admin")) == (200, promoted), found)
        status, trail = self.ask("GET", "/audit?limit=5", token=token)
        self.check("the trail says so", (status, trail[0]["what"]) == (200, "admin_revoked"), trail)
        code = self.infra("invite", "operate", "invite").strip()
        self.check("it is a code", re.fullmatch(r"[\w-]{24}", code), code)
        self.infra("rotate-key", "operate", "rotate-key")
        status, _ = self.ask("GET", "/auth/me", token=token)
        self.check("a token of the key before is good", status == 200, status)
        leaver, leaving, _ = self.somebody()
        self.ask("DELETE", "/auth/me", {"password": PASSWORD}, leaving)
        status, _ = self.ask("POST", "/auth/login", {"username": leaver, "password": PASSWORD})
        self.check("who has left cannot sign in", status == 401, status)
        said = self.infra("erase", "operate", "erase")
        self.check("it waits until nothing is under way", "Not yet due: 1" in said, said)

    def watching(self) -> None:
        """What an operator sees: the check, numbers for a collector, and a request's lines by its id."""
        well, said = self.called("ops", {"check": True})
        self.check("the check of every five minutes says that all is well", well and '"ok"' in said, said)
        scrape = self.aws("secretsmanager").get_secret_value(SecretId=self.outputs()["ScrapeToken"])["SecretString"]
        status, numbers = self.eventually(
            lambda: self.read("/metrics", scrape), lambda answer: "\nrequests_total{" in answer[1]
        )
        self.check(
            "a collector reads numbers", status == 200 and "\nrequests_total{" in numbers, (status, numbers[:800])
        )
        status, said = self.read("/metrics")
        self.check("nobody else does", (status, "requests_total" in said) == (401, False), (status, said))
        self.infra("rotate-scrape-token", "operate", "rotate-scrape-token")
        changed = self.aws("secretsmanager").get_secret_value(SecretId=self.outputs()["ScrapeToken"])["SecretString"]
        self.check("the token is another one", changed != scrape and len(changed) == 64)

        problem = self.ask("GET", "/tasks/019aa000-0000-7000-8000-000000000000")[1]
        group, id = self.outputs()["Log"], problem["request_id"]
        lines = self.eventually(lambda: self.lines(group, id), lambda lines: any(line.get("message") for line in lines))
        told = [line for line in lines if line.get("message") == "request"]
        self.check("a request is found by its id", [line["service"] for line in told] == ["tasks"], lines)
        groups = [one["logGroupName"] for one in self.aws("logs").describe_log_groups()["logGroups"]]
        others = [name for name in groups if name not in (group, self.outputs()["ApiLog"])]
        self.check("functions log nowhere else", not others, others)

    def nothing_changed(self) -> None:
        before = self.functions()
        said = self.infra("a deployment without a change", "deploy", "--built", "--smoke-at", self.address)
        self.check("nothing was deployed", "No changes to deploy" in said, said[-3000:])
        code = {family: function["LastModified"] for family, function in self.functions().items()}
        self.check("no function was touched", code == {f: b["LastModified"] for f, b in before.items()}, code)

    def update(self, token: str, task: str, first: str) -> None:
        before = {family: function["CodeSha256"] for family, function in self.functions().items()}
        archive = ROOT / "target/lambda/web/bootstrap.zip"
        whole = archive.read_bytes()
        try:
            with zipfile.ZipFile(archive, "a") as zip:
                zip.writestr(zipfile.ZipInfo("another-version", (1980, 1, 1, 0, 0, 0)), "")
            self.infra("an update, of web alone", "deploy", "--built", "--smoke-at", self.address)
        finally:
            archive.write_bytes(whole)
        after = {family: function["CodeSha256"] for family, function in self.functions().items()}
        changed = {family for family in FAMILIES if before[family] != after[family]}
        self.check("web changed, and nothing else", changed == {"web"}, changed)
        self.data_is_there("after the update", token, task)

        names = self.infra("the list of deployments", "deploy", "--list").split()
        self.check("it begins with the first", names[0] == first and len(names) == 3, (first, names))
        self.infra("the rollback", "deploy", "--again", first, "--smoke-at", self.address)
        now = {family: function["CodeSha256"] for family, function in self.functions().items()}
        self.check("the functions are as they were first", now == before, (before, now))
        self.data_is_there("after the rollback", token, task)

    def data_is_there(self, when: str, token: str, task: str) -> None:
        status, found = self.ask("GET", task, token=token)
        self.check(f"{when}, task and session are there", (status, found.get("total_minutes")) == (200, 25), found)

    def counting(self) -> None:
        """What cannot be counted is sent away, and a stream from which nothing comes is noticed."""
        for _ in range(2):
            well, said = self.called("activity", {"beat": True})
            self.check("the stream is asked whether it lives", well and json.loads(said) == {"behind": 0}, said)
        came = self.eventually(lambda: self.stream_item("CAME_BACK"), lambda item: item == self.stream_item("BEAT"))
        self.check("the newest beat came back", came and came == self.stream_item("BEAT"), came)
        dynamodb, sqs, outputs = self.aws("dynamodb"), self.aws("sqs"), self.outputs()
        poison = {"pk": {"S": "TASK#rehearsal"}, "sk": {"S": "EV#0000000001"}, "what": {"S": "something_new"}}
        dynamodb.put_item(TableName=outputs["Table"], Item=poison)

        def message() -> str:
            found = sqs.receive_message(QueueUrl=outputs["GivenUp"], VisibilityTimeout=0).get("Messages", [])
            return found[0]["Body"] if found else ""

        said = self.eventually(message, bool)
        self.check("an event that cannot be read is sent away", "TASK#rehearsal" in said, said)
        dynamodb.delete_item(TableName=outputs["Table"], Key={name: poison[name] for name in ("pk", "sk")})
        self.infra("a rebuild", "operate", "rebuild")
        self.check("it empties the queue", not message())

    def stream_item(self, sk: str) -> str | None:
        key = {"pk": {"S": "STREAM"}, "sk": {"S": sk}}
        found = self.aws("dynamodb").get_item(TableName=self.outputs()["Table"], Key=key).get("Item", {})
        return found.get("at", {}).get("S")

    def guarded_table(self, first: str) -> None:
        """Nothing puts an empty table in the place of the one that is there."""
        from samcli.yamlhelper import yaml_dump, yaml_parse

        s3, bucket = self.aws("s3"), self.bucket()
        prefix = "sprintsync-rehearsal/deployments/"
        kept = s3.get_object(Bucket=bucket, Key=f"{prefix}{first}.yaml")
        template = yaml_parse(kept["Body"].read().decode())
        template["Resources"]["Table"]["Properties"]["TableName"] = "another"
        name = "20000101T000000Z-lossy"
        body = yaml_dump(template).encode()
        s3.put_object(Bucket=bucket, Key=f"{prefix}{name}.yaml", Body=body, Metadata=kept["Metadata"])
        table = self.outputs()["Table"]
        deploy = [ROOT / "infra/deploy", "--config", CONFIG, "rehearsal", "--no-smoke", "--again", name]
        tried = self.run(*deploy)
        refused = tried.returncode and "would remove Table from the stack" in tried.stdout
        self.check("a deployment that would replace the table is refused", refused, tried.stdout[-800:])
        self.check("the table is the one that was there", self.outputs()["Table"] == table, self.outputs())
        s3.delete_object(Bucket=bucket, Key=f"{prefix}{name}.yaml")

    def bucket(self) -> str:
        """Where SAM keeps artifacts."""
        stack = self.aws("cloudformation").describe_stacks(StackName="aws-sam-cli-managed-default")["Stacks"][0]
        return next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "SourceBucket")

    def origin_key(self) -> None:
        """A new key by which the functions know the front: in the functions, in CloudFront, in the secret."""
        before = self.origin_key_of_functions()
        self.infra("rotate-origin-key", "operate", "rotate-origin-key")
        after, secret = self.origin_key_of_functions(), self.outputs()["OriginKey"]
        current = self.aws("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        self.check("every function has another one", len(after) == 1 and after != before, len(after))
        self.check("it is the one of the secret", after == {current})
        fronts = self.aws("cloudfront").list_distributions()["DistributionList"].get("Items", [])
        shown = {
            header["HeaderValue"]
            for front in fronts
            for origin in front["Origins"]["Items"]
            for header in origin.get("CustomHeaders", {}).get("Items", [])
        }
        self.check("CloudFront shows it", current in shown and not before & shown, len(shown))
        self.infra("a deployment after it", "deploy", "--built", "--no-smoke")
        self.check("it stays the same", self.origin_key_of_functions() == {current})
        only = {f["Environment"]["Variables"]["ONLY_THROUGH_FRONT"] for f in self.routed().values()}
        self.check("the functions answer the front alone", only == {"true"}, only)
        self.front.terminate()
        self.front.wait(20)
        self.start_front()

    def routed(self) -> dict[str, dict]:
        return {family: function for family, function in self.functions().items() if family != "activity"}

    def origin_key_of_functions(self) -> set[str]:
        return {function["Environment"]["Variables"]["ORIGIN_KEY"] for function in self.routed().values()}

    def sizes(self) -> None:
        print("\n| function | zip | most memory |\n|---|---|---|")
        used = {family: self.emulator.memory().get(f["FunctionName"]) for family, f in self.functions().items()}
        for family in FAMILIES:
            size = (ROOT / f"target/lambda/{family}/bootstrap.zip").stat().st_size / 1e6
            memory = f"{used[family]:.0f} MB" if used[family] else "-"
            print(f"| {family} | {size:.1f} MB | {memory} |")
        print()
        for family, function in self.functions().items():
            self.check(f"{family} has memory enough", (used[family] or 0) < function["MemorySize"] / 2, used[family])

    def rights(self) -> None:
        """Without its rights a function fails: the emulator would have told of a right that is missing."""
        iam = self.aws("iam")
        role = self.functions()["ops"]["Role"].rpartition("/")[2]
        iam.delete_role_policy(RoleName=role, PolicyName="ops")
        status, _ = self.ask("GET", "/health")
        self.check("without its policy a function reaches nothing", status == 503, status)
        well, said = self.called("ops", {"check": True})
        self.check("the check fails, which the alarm counts", not well, said)

    def remove(self) -> None:
        table = self.outputs()["Table"]
        self.infra("the removal", "remove", "--yes")
        tables = self.aws("dynamodb").list_tables()["TableNames"]
        self.check("table and functions are gone", table not in tables and not self.functions(), tables)

    def another_stage(self) -> None:
        """What only other stages have: data that stay, a domain, alarms that tell somebody, limits that hold.

        (The emulator's CloudFormation knows no budgets, and makes nothing of reserved concurrency.)
        """
        acl = "WebAclArn=arn:aws:wafv2:us-east-1:000000000000:global/webacl/a/0 FrontLogBucket=logs"
        everything = f"LimitFactor=7 ReservedConcurrency=1 AuthConcurrency=1 AlarmEmail=ops@example.com {acl}"
        certificate = "CertificateArn=arn:aws:acm:us-east-1:000000000000:certificate/0"
        self.configure(f"Stage=staging {everything} DomainName=sprintsync.example.com {certificate}")
        said = self.infra("a first deployment of staging, with every setting", "deploy", "--built", "--no-smoke")
        told = "SprintSync is at https://sprintsync.example.com" in said and "needs to point to" in said
        self.check("it says where the domain must point", told, said[-500:])
        table, key = self.outputs()["Table"], self.outputs()["SigningKey"]
        described = self.aws("dynamodb").describe_table(TableName=table)["Table"]
        self.check("its table is protected", described["DeletionProtectionEnabled"] is True, described)
        self.check("its functions are told", self.limit_factor() == "7", self.limit_factor())
        self.check("alarms tell somebody", self.aws("sns").list_topics()["Topics"])

        self.configure("Stage=staging")
        self.infra("the settings are taken out again", "deploy", "--built", "--no-smoke")
        self.check("they are no longer in force", self.limit_factor() == "1", self.limit_factor())
        self.check("nobody is told", not self.aws("sns").list_topics()["Topics"])

        self.restored()
        table = self.outputs()["Table"]

        for refused, why in (
            (f"Stage=prod LimitFactor=2 DomainName=x.example.com {certificate}", "LimitFactor must be 1 in prod."),
            ("Stage=prod", "prod needs a DomainName"),
            ("Stage=staging DomainName=x.example.com", "A DomainName needs a CertificateArn."),
            ("Stage=dev LimitFactor=0", "must be a whole number of at least 1"),
            ("Stage=dev Nonsense=1", "the template has no parameter Nonsense"),
        ):
            self.configure(refused)
            deploy = [ROOT / "infra/deploy", "--config", CONFIG, "rehearsal", "--built", "--no-smoke", "--yes"]
            tried = self.run(*deploy)
            self.check(f"{refused} is refused", tried.returncode and why in tried.stdout, tried.stdout[-800:])
        self.configure("Stage=staging")
        said = self.infra("the removal of staging", "remove", "--yes")
        kept = ("DynamoDB::Table", "SecretsManager::Secret", "Logs::LogGroup")
        self.check("it says what is kept", all(f"Kept: AWS::{one} " in said for one in kept) and table in said, said)
        tried = self.run(ROOT / "infra/deploy", "--config", CONFIG, "rehearsal", "--built", "--no-smoke")
        told = tried.returncode and "aws logs delete-log-group" in tried.stdout
        self.check("its log is in the way of another one, and it says so", told, tried.stdout[-800:])
        tables = self.aws("dynamodb").list_tables()["TableNames"]
        value = self.aws("secretsmanager").get_secret_value(SecretId=key)["SecretString"]
        self.check("the table and the key are kept", table in tables and len(value) == 64, tables)

    def restored(self) -> None:
        """The table as it was before: into a new one, which takes the place of the other in the stack."""
        self.infra("an invite, so that there is something", "operate", "invite")
        before = self.outputs()["Table"]
        held = self.items(before)
        self.infra("its table is restored", "restore", "--latest", "--yes")
        after = self.outputs()["Table"]
        used = {f["Environment"]["Variables"]["TABLE_NAME"] for f in self.functions().values()}
        self.check("every function works with another table", used == {after} and after != before, (used, after))
        self.check("what was there is there", held and self.items(after) == held, (held, self.items(after)))
        described = self.aws("dynamodb").describe_table(TableName=after)["Table"]
        expiry = self.aws("dynamodb").describe_time_to_live(TableName=after)["TimeToLiveDescription"]
        streams = described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        indexes = {one["IndexName"] for kind in ("Local", "Global") for one in described[f"{kind}SecondaryIndexes"]}
        self.check(
            "it is set up as the other: stream, expiry, protection, indexes",
            streams and expiry.get("AttributeName") == "ttl" and described["DeletionProtectionEnabled"],
            (described, expiry),
        )
        self.check("with both indexes", indexes == {"lsi1", "gsi1"}, indexes)
        self.infra("an act on it", "operate", "rebuild")
        self.infra("a deployment goes on with it", "deploy", "--built", "--no-smoke")
        self.check("the table is the restored one", self.outputs()["Table"] == after, self.outputs())
        self.check("the one before is kept", self.items(before) == held, before)

    def items(self, table: str) -> list[str]:
        """What a table holds, but for what an act notes about itself."""
        found = self.aws("dynamodb").scan(TableName=table)["Items"]
        return sorted(json.dumps(item, sort_keys=True) for item in found if item["pk"]["S"].startswith("INVITE"))

    def limit_factor(self) -> str:
        return self.functions()["auth"]["Environment"]["Variables"]["LIMIT_FACTOR"]

    def play(self) -> None:
        first = self.first_deployment()
        self.start_front()
        self.static_files()
        self.no_styleguide()
        name, token, task = self.somebody()
        self.contract()
        self.browser()
        self.operator(name, token)
        self.watching()
        self.counting()
        # Before an update: it ends processes, and with them what is known of them.
        self.sizes()
        self.nothing_changed()
        self.update(token, task, first)
        self.guarded_table(first)
        self.origin_key()
        self.rights()
        self.remove()
        self.another_stage()

    def close(self) -> None:
        if self.front:
            self.front.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.front.wait(20)
            self.front.kill()
        left = self.emulator.stop()
        self.check("no process is left", not left, left)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    rehearsal = Rehearsal()
    try:
        rehearsal.play()
    except Exception:
        traceback.print_exc()
        rehearsal.check("the rehearsal went on to its end", False, "see above; logs are in target/deploy")
    finally:
        rehearsal.close()
    print(f"deploy: {rehearsal.passed} passed, {rehearsal.failed} failed")
    sys.exit(rehearsal.failed > 0)


main()
