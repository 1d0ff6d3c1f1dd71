"""What the scripts decide by themselves, without an account: what must not be lost, what may be thrown away."""

import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

INFRA = Path(__file__).resolve().parent.parent.parent / "infra"
sys.path.insert(0, str(INFRA))


def script(name: str):
    loader = importlib.machinery.SourceFileLoader(name, str(INFRA / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def change(action: str, resource: str, replacement: str | None = None) -> dict:
    return {"Action": action, "LogicalResourceId": resource} | ({"Replacement": replacement} if replacement else {})


class Losing(unittest.TestCase):
    def test_what_holds_data_is_not_removed_or_replaced(self):
        losing = script("deploy").losing
        for lost in [
            change("Remove", "Table"),
            change("Modify", "Table", "True"),
            # Whether CloudFormation replaces it shows only once it does so.
            change("Modify", "Table", "Conditional"),
            change("Dynamic", "Table"),
        ]:
            self.assertEqual(losing([change("Modify", "AuthFunction", "True"), lost]), ["Table"], lost)
        self.assertEqual(losing([change("Remove", "SigningKey"), change("Remove", "Log")]), ["SigningKey", "Log"])

    def test_all_else_goes_on(self):
        losing = script("deploy").losing
        kept = [
            change("Add", "Table"),
            change("Import", "Table"),
            change("Modify", "Table", "False"),
            change("Modify", "Table"),
            change("Remove", "StaticBucket"),
            change("Modify", "AuthFunction", "True"),
        ]
        self.assertEqual(losing(kept), [])


class Spare(unittest.TestCase):
    def test_what_a_kept_deployment_needs_stays(self):
        spare = script("deploy").spare
        kept = {"s/deployments/2.yaml": "CodeUri: s3://bucket/s/aaa\nCodeUri: s3://bucket/s/bbb\n"}
        keys = ["s/aaa", "s/bbb", "s/ccc", "s/ddd.template", "s/deployments/1.yaml", "s/deployments/2.yaml"]
        gone = ["s/ccc", "s/ddd.template", "s/deployments/1.yaml"]
        self.assertEqual(spare(keys, kept, "s/deployments/"), gone)


class Granted(unittest.TestCase):
    def test_functions_may_use_both_tables_while_they_go_over(self):
        restore = script("restore")
        arn = {"Fn::GetAtt": ["Table", "Arn"]}
        index = {"Fn::Sub": "${Table.Arn}/index/lsi1"}
        statements = [
            {"Sid": "Table", "Resource": arn},
            {"Sid": "Index", "Resource": index},
            {"Sid": "Log", "Resource": "x"},
        ]
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyDocument": {"Statement": statements}}]},
        }
        template = {"Resources": {"Role": role, "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}}
        both = restore.granted(template, {"Table.Arn": "old"}, {"Table.Arn": "new"})
        found = both["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        on = [statement["Resource"] for statement in found]
        self.assertEqual(on, [["old", "new"], [{"Fn::Sub": "old/index/lsi1"}, {"Fn::Sub": "new/index/lsi1"}], "x"])
        self.assertEqual(statements[0]["Resource"], arn, "the one that is given stays as it is")


class Settings(unittest.TestCase):
    def test_what_the_template_keeps_is_what_is_guarded(self):
        import cloud
        from samcli.yamlhelper import yaml_parse

        resources = yaml_parse((INFRA / "template.yaml").read_text())["Resources"]
        keeps = {name for name, one in resources.items() if "Retain" in str(one.get("DeletionPolicy"))}
        self.assertEqual(keeps, set(cloud.KEPT))

    def test_every_pin_has_its_hashes(self):
        root = INFRA.parent
        for file in [*root.glob("infra/requirements*.txt"), *root.glob("tests/*/requirements*.txt")]:
            lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
            for line, after in zip(lines, [*lines[1:], ""], strict=True):
                if not line.startswith(" "):
                    self.assertTrue(after.lstrip().startswith("--hash=sha256:"), f"{file.name}: {line}")


if __name__ == "__main__":
    unittest.main()
