"""What the arithmetic starts from: prices, habits, units of each route, and what the template has."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from repository import ROOT, one

PRICES = ROOT / "tests/bench/prices.json"


@dataclass(frozen=True)
class Units:
    """What a route asks of the table."""

    sequence: int
    read: float
    written: float


@dataclass(frozen=True)
class Habit:
    """Something that a person does in a day."""

    route: str
    times: float
    what: str
    kind: str
    events: int = 0

    @property
    def path(self) -> str:
        """The route without what the table of costs says about the case."""
        return self.route.split(" (")[0]


@dataclass(frozen=True)
class Team:
    """How many there are, and how many environments are at work for them."""

    people: int
    environments: int
    hours: int
    starts_a_day: int


@dataclass(frozen=True)
class Inputs:
    """All that the arithmetic starts from."""

    data: dict[str, Any]
    template: Template
    units: dict[str, Units]
    habits: tuple[Habit, ...]
    teams: tuple[Team, ...]

    def assumed(self, name: str) -> Any:
        """One of the values of prices.json that was not measured."""
        return self.data["assumed"][name]["value"]

    def figure(self, name: str, path: str) -> float:
        """Of this route: as measured, or as assumed."""
        assumed = self.assumed(name)
        return float(self.data["measured"][name].get(path, assumed.get(path, assumed["*"])))


@dataclass(frozen=True)
class Template:
    """What there is of everything that costs something."""

    memory: dict[str, int]
    routes: dict[str, str]
    schedules: dict[str, list[int]]
    secrets: int
    alarms: int
    metrics: int
    dashboards: int
    shown: int

    def function(self, route: str) -> str:
        """Which function a request reaches; the longest route that fits wins, as in the API."""
        path = route.split(" ")[1]
        fits = [key for key in self.routes if path == key or (key.endswith("/*") and path.startswith(key[:-1]))]
        return self.routes[max(fits, key=len, default="$default")]


def read_units(text: str) -> dict[str, Units]:
    """The table under "Costs" of docs/data-model.md."""
    found = {}
    for line in text.split("\n## Costs\n")[1].split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 5:
            found[cells[0].replace("`", "")] = Units(int(cells[2]), float(cells[3]), float(cells[4]))
    return found


def resources(text: str) -> dict[str, tuple[str, str]]:
    """Type and text of each resource of the template, by name."""
    section = text.split("\nResources:\n")[1].split("\nOutputs:\n")[0]
    parts = re.split(r"^  (\w+):\n    Type: (\S+)\n", section, flags=re.MULTILINE)[1:]
    return {name: (kind, body) for name, kind, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def shown_metrics(body: str) -> set[tuple[str, ...]]:
    """Every metric of a dashboard, with the shorthands of its rows ("." and "...") written out."""
    text = re.search(r"DashboardBody: !Sub \|\n((?: {8}.*\n|\n)+)", body)
    assert text, "the dashboard has a body"
    found = set()
    for widget in json.loads(text[1])["widgets"]:
        before: list[str] = []
        for row in widget["properties"].get("metrics", []):
            words = [word for word in row if isinstance(word, str)]
            if not words:
                continue
            if words[0] == "...":
                words = before[: len(before) - len(words) + 1] + words[1:]
            before = [before[place] if word == "." else word for place, word in enumerate(words)]
            found.add(tuple(before))
    return found


def read_template(text: str) -> Template:
    """What is paid for, counted; regular expressions do, since the tags of CloudFormation are no plain YAML."""
    there = resources(text)

    def of(kind: str) -> dict[str, str]:
        return {name: body for name, (its, body) in there.items() if its == kind}

    functions = of("AWS::Serverless::Function")
    usual = int(one(r"^    MemorySize: (\d+)", text.split("\nResources:\n")[0]) or 0)
    integrations = of("AWS::ApiGatewayV2::Integration")
    targets = {name: one(r"IntegrationUri: !GetAtt (\w+)\.Arn", body) for name, body in integrations.items()}
    routes = {}
    for body in of("AWS::ApiGatewayV2::Route").values():
        key, target = one(r"RouteKey: '?(?:ANY )?([^',\s]+)'?,", body), one(r"integrations/\$\{(\w+)\}", body)
        assert key and target, body
        routes[key.replace("{proxy+}", "*")] = targets[target] or ""
    dashboards = of("AWS::CloudWatch::Dashboard")
    shown = set[tuple[str, ...]]().union(*map(shown_metrics, dashboards.values()))
    return Template(
        memory={name: int(one(r"^      MemorySize: (\d+)", body) or usual) for name, body in functions.items()},
        routes=routes,
        schedules={
            name: [int(minutes) for minutes in re.findall(r"ScheduleExpression: rate\((\d+) minutes?\)", body)]
            for name, body in functions.items()
        },
        secrets=len(of("AWS::SecretsManager::Secret")),
        alarms=len(of("AWS::CloudWatch::Alarm")),
        metrics=len({metric for metric in shown if not metric[0].startswith("AWS/")}),
        dashboards=len(dashboards),
        shown=len(shown),
    )


def read_inputs() -> Inputs:
    """All of it; it ends the program where a habit has no row in the cost table."""
    data = json.loads(PRICES.read_text())
    units = read_units((ROOT / "docs/data-model.md").read_text())
    habits = tuple(Habit(**habit) for habit in data["habits"])
    for habit in habits:
        assert habit.route in units, f"docs/data-model.md says nothing of {habit.route}"
    template = read_template((ROOT / "infra/template.yaml").read_text())
    return Inputs(data, template, units, habits, tuple(Team(**team) for team in data["teams"]))


def take_measured(inputs: Inputs, folder: Path) -> None:
    """Puts what was measured in place of what is assumed; which figure is whose says prices.json under "figures"."""
    figures: dict[str, float] = {}
    for file in sorted(folder.glob("*.json")):
        found = json.loads(file.read_text())
        figures |= {key: value for key, value in found.items() if isinstance(value, int | float)}
    names, measured = inputs.data["figures"], inputs.data["measured"]
    for path in dict.fromkeys(habit.path for habit in inputs.habits):
        for what in ("own_ms", "bytes"):
            function = inputs.template.function(path).removesuffix("Function").lower()
            named = [key.replace("{route}", path).replace("{function}", function) for key in names[what]]
            keys = [names[f"{what}_of"].get(path), *named]
            key = next((key for key in keys if key in figures), None)
            if key is not None:
                measured[what][path] = round(figures[key], 2)
                measured["looked_at"] = f"{datetime.now(UTC):%Y-%m-%d}"
