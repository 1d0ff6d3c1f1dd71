#!/usr/bin/env python3
"""What an instance costs a month, for teams of three sizes, from what was measured and from list prices.

    tests/bench/money.py [--out FILE] [--measured DIR]   prints the tables, writes the figures
    tests/bench/money.py --update [--measured DIR]       writes the tables into docs/costs.md, keeps what was measured
    tests/bench/money.py --check                         fails where docs/costs.md says something else

Prices, habits and what is assumed stand in prices.json. Units of a route are those of docs/data-model.md; memory,
routes, schedules, secrets, alarms and numbers are those of infra/template.yaml. Neither is written down here again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PRICES = ROOT / "tests/bench/prices.json"
PAGE = ROOT / "docs/costs.md"
GB = 1_000_000_000
DAYS_IN_MONTH = 30
MINUTES_IN_MONTH = DAYS_IN_MONTH * 24 * 60


# What is read ---------------------------------------------------------------------------------------------------------


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


def one(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else None


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


# The arithmetic -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of the bill; `part` is what the bar of the product calls it."""

    name: str
    amount: float
    price: str
    part: str


@dataclass
class Bill:
    """What is to be paid, before and after what is free in an account."""

    inputs: Inputs
    left: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = self.left or {name: free["amount"] for name, free in self.inputs.data["free"].items()}

    def usd(self, line: Line) -> float:
        price = self.inputs.data["prices"][line.price]
        return float(line.amount * price["usd"] / price["per"])

    def usd_after_free(self, line: Line) -> float:
        """Uses up what is free, so each line must come once."""
        used = min(line.amount, self.left.get(line.price, 0))
        if line.price in self.left:
            self.left[line.price] -= used
        return self.usd(replace(line, amount=line.amount - used))


def sum_of(bill: Bill, lines: Iterable[Line], parts: set[str] | None = None) -> float:
    return sum(bill.usd(line) for line in lines if parts is None or line.part in parts)


def duration_ms(inputs: Inputs, habit: Habit) -> float:
    """What is billed: own CPU at the share that the memory brings, and the wait for the table, the last for a write."""
    units, memory = inputs.units[habit.route], inputs.template.memory[inputs.template.function(habit.path)]
    own = inputs.figure("own_ms", habit.path) / min(1, memory / inputs.assumed("cpu_of_mb"))
    writes = 1 if units.written else 0
    waits = (units.sequence - writes) * inputs.assumed("table_read_ms") + writes * inputs.assumed("table_write_ms")
    return float(own + waits)


def gigabytes(inputs: Inputs, function: str) -> float:
    return inputs.template.memory[function] / 1024


def of_function(inputs: Inputs, name: str) -> str:
    """The function of the template that a part of the system is called by."""
    return next(function for function in inputs.template.memory if function.lower() == f"{name}function")


@dataclass(frozen=True)
class Day:
    """What one person's day comes to."""

    requests: float
    read: float
    written: float
    events: float
    gb_seconds: float
    bytes_out: float


def day_of(inputs: Inputs) -> Day:
    requests = read = written = events = gb_seconds = bytes_out = 0.0
    for habit in inputs.habits:
        units = inputs.units[habit.route]
        requests += habit.times
        read += habit.times * units.read
        written += habit.times * units.written
        events += habit.times * habit.events
        memory = gigabytes(inputs, inputs.template.function(habit.path))
        gb_seconds += habit.times * duration_ms(inputs, habit) / 1000 * memory
        bytes_out += habit.times * inputs.figure("bytes", habit.path)
    return Day(requests, read, written, events, gb_seconds, bytes_out)


def use_lines(inputs: Inputs, team: Team) -> list[Line]:
    """What grows with what people do."""
    assumed, day, days = inputs.assumed, day_of(inputs), inputs.data["days"]
    person_days = team.people * days
    requests, events = person_days * day.requests, person_days * day.events
    starts, visits = days * team.starts_a_day, team.people * assumed("first_visits")
    static = visits * assumed("first_visit_requests")
    calls = requests + events
    gb_seconds = person_days * day.gb_seconds
    stream = events * assumed("stream_ms") / 1000 * gigabytes(inputs, of_function(inputs, "activity"))
    start = starts * assumed("start_ms") / 1000 * gigabytes(inputs, of_function(inputs, "web"))
    log = calls * assumed("log_bytes") / GB
    counts = days * team.hours * 60 * team.environments * assumed("counts_units")
    kept = events * assumed("kept_months") * assumed("kept_bytes") / GB
    out = (person_days * day.bytes_out + visits * assumed("first_visit_bytes")) / GB
    return [
        Line("API", requests, "api_requests", "gateway"),
        Line("functions, calls: requests, and events that are counted", calls, "function_calls", "compute"),
        Line("functions, time of requests", gb_seconds, "function_gb_seconds", "compute"),
        Line("functions, time of events and starts", stream + start, "function_gb_seconds", "compute"),
        Line("table, read", person_days * day.read, "read_units", "table"),
        Line("table, written by requests", person_days * day.written, "write_units", "table"),
        Line("table, written by statistics", events * assumed("statistics_units"), "write_units", "table"),
        Line("table, written by counts for `/metrics`", counts, "write_units", "table"),
        Line("table, kept after a year", kept, "table_gb", "table"),
        Line("table, kept to go back in time", kept, "table_backup_gb", "table"),
        Line("CloudFront, requests", requests + static, "front_requests", "front"),
        Line("CloudFront, its function", requests, "front_calls", "front"),
        Line("CloudFront, sent to browsers", out, "front_gb", "front"),
        Line("S3, styles and scripts, were none in CloudFront's cache", static, "static_requests", "front"),
        Line("log, written", log, "log_gb", "log"),
        Line("log, kept", log * assumed("log_months") * assumed("log_compressed"), "log_kept_gb", "log"),
        Line("secrets, read by starts", starts * assumed("secret_reads_a_start"), "secret_reads", "secrets"),
    ]


def fixed_lines(inputs: Inputs) -> list[Line]:
    """What is paid though nobody works."""
    template, assumed = inputs.template, inputs.assumed
    calls = {name: sum(MINUTES_IN_MONTH / every for every in all_of) for name, all_of in template.schedules.items()}
    all_calls = sum(calls.values())
    seconds = sum(n * gigabytes(inputs, name) for name, n in calls.items()) * assumed("check_ms") / 1000
    checks = calls[of_function(inputs, "ops")]
    log = all_calls * assumed("log_bytes") / GB
    return [
        Line("secrets", template.secrets, "secrets", "secrets"),
        Line("alarms", template.alarms, "alarms", "watching"),
        Line("numbers of our own", template.metrics, "metrics", "watching"),
        Line(f"dashboard, of {template.shown} numbers", template.dashboards, "dashboards", "watching"),
        Line("schedules, calls", all_calls, "scheduled_calls", "schedules"),
        Line("functions, calls by schedules", all_calls, "function_calls", "schedules"),
        Line("functions, time of these", seconds, "function_gb_seconds", "schedules"),
        # The check is one reading of the key and one unit, as /health; looking for who has left is one unit.
        Line("table, read by these", all_calls * inputs.units["GET /health"].read, "read_units", "schedules"),
        Line("the signing key, read by the check", checks, "secret_reads", "schedules"),
        Line("log of these", log, "log_gb", "schedules"),
    ]


BAR = {"gateway", "compute", "table"}


@dataclass(frozen=True)
class Sums:
    """A team's month, in US$."""

    use: float
    use_after_free: float
    fixed: float
    fixed_without_free: float
    bar: float


def sums_of(inputs: Inputs, team: Team) -> Sums:
    bill, fixed, use = Bill(inputs), fixed_lines(inputs), use_lines(inputs, team)
    # What is free goes to what is there anyway first.
    fixed_after_free = sum(bill.usd_after_free(line) for line in fixed)
    use_after_free = sum(bill.usd_after_free(line) for line in use)
    return Sums(sum_of(bill, use), use_after_free, fixed_after_free, sum_of(bill, fixed), sum_of(bill, use, BAR))


def with_habits(inputs: Inputs, change: Callable[[Habit], Habit]) -> Inputs:
    return replace(inputs, habits=tuple(change(habit) for habit in inputs.habits))


def twice_the_reads(inputs: Inputs) -> Inputs:
    def twice(habit: Habit) -> Habit:
        return replace(habit, times=habit.times * 2) if habit.path.startswith("GET") else habit

    return with_habits(inputs, twice)


def left_open(inputs: Inputs) -> Inputs:
    times = inputs.assumed("page_open_times")
    return with_habits(inputs, lambda habit: replace(habit, times=times) if habit.kind == "poll" else habit)


def nothing_asked(inputs: Inputs) -> Inputs:
    return with_habits(inputs, lambda habit: replace(habit, times=0) if habit.kind == "poll" else habit)


def long_descriptions(inputs: Inputs) -> Inputs:
    more = inputs.assumed("long_descriptions")
    units = dict(inputs.units)
    for habit in inputs.habits:
        now, kind = inputs.units[habit.route], "list" if habit.kind == "poll" else habit.kind
        read, written = more.get(f"{kind}_read", 0), more.get(f"{kind}_write", 0)
        units[habit.route] = replace(now, read=now.read + read, written=now.written + written)
    return replace(inputs, units=units)


def slower(inputs: Inputs) -> Inputs:
    data = json.loads(json.dumps(inputs.data))
    # The wait for the table is what a function is billed for but does not work in.
    for habit in inputs.habits:
        memory = inputs.template.memory[inputs.template.function(habit.path)]
        more = inputs.assumed("slower_ms") * min(1, memory / inputs.assumed("cpu_of_mb"))
        data["measured"]["own_ms"][habit.path] = inputs.figure("own_ms", habit.path) + more
    return replace(inputs, data=data)


CASES: dict[str, tuple[str, Callable[[Inputs], Inputs]]] = {
    "as_taken": ("as taken above", lambda inputs: inputs),
    "twice_the_reads": ("twice as many pages are looked at, and asked for again", twice_the_reads),
    "left_open": ("a page is in use for eight hours in place of three", left_open),
    "nothing_asked": ("no page asks by itself", nothing_asked),
    "long_descriptions": ("each task has 4 KB of description", long_descriptions),
    "slower": ("each request takes 100 ms longer", slower),
}


# What is printed ------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """With as many digits as are of use."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def usd(value: float) -> str:
    return "0" if value == 0 else f"{value:,.2f}" if value >= 0.005 else "< 0.01"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], ["---"] * len(lines[0]), *lines[1:]])


def price_text(inputs: Inputs, name: str) -> str:
    price = inputs.data["prices"][name]
    if not price["usd"]:
        return "0"
    per, value = price["per"], f"{price['usd']:.10f}".rstrip("0")
    value = value + "0" * max(0, 2 - len(value.split(".")[1]))
    if per == 1:
        return f"{value} each" if price["unit"] not in ("GB", "GB-s") else f"{value} a {price['unit']}"
    return f"{value} a million" if per == 1_000_000 else f"{value} for {per:,}"


def bill_table(inputs: Inputs, lines: list[Line], bill: Bill) -> str:
    rows, after = [], 0.0
    for line in lines:
        free = bill.usd_after_free(line)
        after += free
        unit = inputs.data["prices"][line.price]["unit"]
        amount = f"{number(line.amount)} {unit.removesuffix('s') if line.amount == 1 and unit != 'GB-s' else unit}"
        rows.append([line.name, amount, price_text(inputs, line.price), usd(bill.usd(line)), usd(free)])
    rows.append(["**together**", "", "", f"**{usd(sum_of(bill, lines))}**", f"**{usd(after)}**"])
    return table(["", "how much", "price", "US$", "after what is free"], rows)


def print_fixed(inputs: Inputs) -> str:
    return bill_table(inputs, fixed_lines(inputs), Bill(inputs))


def print_habits(inputs: Inputs) -> str:
    rows = []
    for habit in inputs.habits:
        units = inputs.units[habit.route]
        route = f"`{habit.path}`"
        ms, sent = duration_ms(inputs, habit), inputs.figure("bytes", habit.path)
        cells = [number(habit.times), number(units.read), number(units.written), f"{ms:.0f}", f"{sent / 1000:.1f}"]
        rows.append([habit.what, route, *cells])
    day = day_of(inputs)
    together = [number(day.requests), number(day.read), number(day.written), "", f"{day.bytes_out / 1000:,.0f}"]
    rows.append(["**together**", "", *(f"**{cell}**" if cell else "" for cell in together)])
    head = ["a person's day", "route", "times", "units read each", "units written each", "ms billed each", "KB each"]
    return table(head, rows)


def print_team(inputs: Inputs, team: Team) -> str:
    bill = Bill(inputs)
    for line in fixed_lines(inputs):
        bill.usd_after_free(line)
    return bill_table(inputs, use_lines(inputs, team), bill)


def print_together(inputs: Inputs) -> str:
    rows = []
    for team in inputs.teams:
        sums = sums_of(inputs, team)
        full, least = sums.use + sums.fixed, sums.use_after_free + sums.fixed
        worst = sums.use + sums.fixed_without_free
        cells = [sums.use, sums.fixed, full, full / team.people, least, worst]
        rows.append([f"{team.people:,} people", *(usd(cell) for cell in cells)])
    head = ["US$ a month", "use", "fixed", "together", "a person", "with all that is free", "with nothing free"]
    return table(head, rows)


def print_cases(inputs: Inputs) -> str:
    rows = []
    for text, change in CASES.values():
        changed = change(inputs)
        rows.append([text, *(usd(sums_of(changed, team).use) for team in inputs.teams)])
    return table(["use, US$ a month, where", *(f"{team.people:,} people" for team in inputs.teams)], rows)


def print_assumed(inputs: Inputs) -> str:
    rows = []
    for name, assumed in inputs.data["assumed"].items():
        value, measured = assumed["value"], inputs.data["measured"].get(name, {})
        shown = value
        if isinstance(value, dict):
            own = [f"`{key}` {number(each)}" for key, each in value.items() if key != "*" and key not in measured]
            names = {key.replace("_", " "): each for key, each in value.items()}
            plain = [f"{key} {number(each)}" for key, each in names.items()]
            shown = ", ".join([f"{number(value['*'])}", *own]) if "*" in value else ", ".join(plain)
        else:
            shown = number(value)
        rows.append([assumed["what"], str(shown)])
    for team in inputs.teams:
        text = f"{team.environments} at work for {team.hours} hours a day, {team.starts_a_day} starts"
        rows.append([f"environments for {team.people:,} people", text])
    return table(["assumed", ""], rows)


def print_prices(inputs: Inputs) -> str:
    rows = []
    for name, price in inputs.data["prices"].items():
        given = inputs.data["free"].get(name, {})
        free = " ".join(filter(None, [number(given["amount"]), given.get("note", "")])) if given else ""
        note = f" ({price['note']})" if price["note"] else ""
        what = f"[{price['name']}]({price['source']}){note}"
        rows.append([what, price_text(inputs, name), free, price["looked_at"] or "not again"])
    return table(["what", "US$", "free a month", "looked at"], rows)


def print_source(inputs: Inputs) -> str:
    """Whether figures were measured."""
    measured = inputs.data["measured"]
    kinds = [("own_ms", "the time"), ("bytes", "the bytes")]
    paths = {kind: ", ".join(f"`{path}`" for path in sorted(measured[kind])) for kind, _ in kinds}
    known = [f"{name} of {paths[kind]}" for kind, name in kinds if paths[kind]]
    if not known:
        return "Units are measured. The rest is assumed."
    when = measured["looked_at"]
    return f"Units are measured, and so are {' and '.join(known)} (looked at {when}). The rest is assumed."


def sections(inputs: Inputs) -> dict[str, str]:
    """What stands in docs/costs.md, by the name of its place there."""
    return {
        "together": print_together(inputs),
        "fixed": print_fixed(inputs),
        "day": print_habits(inputs),
        **{f"{team.people} people": print_team(inputs, team) for team in inputs.teams},
        "more": print_cases(inputs),
        "measured": print_source(inputs),
        "assumed": print_assumed(inputs),
        "prices": print_prices(inputs),
    }


def figures_of(inputs: Inputs) -> dict[str, float]:
    found: dict[str, float] = {}
    day = day_of(inputs)
    for team in inputs.teams:
        sums, n = sums_of(inputs, team), team.people
        person_days = n * inputs.data["days"]
        figures = {
            "variable_usd": sums.use,
            "variable_after_free_usd": sums.use_after_free,
            "bar_usd": sums.bar,
            "fixed_usd": sums.fixed,
            "fixed_without_free_usd": sums.fixed_without_free,
            "total_usd": sums.use + sums.fixed,
            "person_usd": (sums.use + sums.fixed) / n,
            "requests": person_days * day.requests,
            "gb_seconds": person_days * day.gb_seconds,
            "read_units": person_days * day.read,
        }
        cases = {f"{name}_usd": change for name, (_, change) in CASES.items() if name != "as_taken"}
        figures |= {name: sums_of(change(inputs), team).use for name, change in cases.items()}
        found |= {f"money.{n}.{name}": round(value, 6) for name, value in figures.items()}
    return found


# The page -------------------------------------------------------------------------------------------------------------


def filled(page: str, parts: dict[str, str]) -> str:
    """The page with each part between its marks."""
    for name, text in parts.items():
        begin, end = f"<!-- money: {name} -->", "<!-- money: end -->"
        assert page.count(begin) == 1, f"docs/costs.md has no place for {name}: {begin} … {end}"
        before, rest = page.split(begin)
        assert end in rest, f"docs/costs.md: nothing ends {begin}"
        page = f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end, 1)[1]}"
    return page


def dashboard_differs(inputs: Inputs) -> list[str]:
    """Prices that the dashboard's own reckoning does not use."""
    text = (ROOT / "infra/template.yaml").read_text()
    formulas = " ".join(re.findall(r'"id": "usd_\w+".*?"expression": "(.*?)"', text))
    used = {float(price) for price in re.findall(r"\* (\d+\.\d+)(?![\d.])", formulas)}
    names = ["api_requests", "function_calls", "function_gb_seconds", "read_units", "write_units", "log_gb"]
    return [name for name in names if inputs.data["prices"][name]["usd"] not in used]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What an instance costs a month.")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the figures, as JSON")
    parser.add_argument("--measured", type=Path, metavar="DIR", help="figures that were measured, in files *.json")
    parser.add_argument("--update", action="store_true", help="write the tables into docs/costs.md")
    parser.add_argument("--check", action="store_true", help="fail where docs/costs.md says something else")
    return parser.parse_args()


def main() -> int:
    given, inputs = arguments(), read_inputs()
    # What is kept is what the page was made from.
    if given.measured and not given.check:
        take_measured(inputs, given.measured)
    parts = sections(inputs)
    if given.check:
        page = PAGE.read_text()
        wrong = [f"the dashboard reckons without the price of {name}" for name in dashboard_differs(inputs)]
        if filled(page, parts) != page:
            wrong.append("docs/costs.md says something else: tests/bench/money.py --update")
        print("\n".join(wrong) or "docs/costs.md says what is reckoned", file=sys.stderr if wrong else sys.stdout)
        return 1 if wrong else 0
    if given.update:
        PAGE.write_text(filled(PAGE.read_text(), parts))
        if given.measured:
            PRICES.write_text(json.dumps(inputs.data, indent=2, ensure_ascii=False) + "\n")
    if given.out:
        given.out.write_text(json.dumps(figures_of(inputs), indent=1) + "\n")
    for name, text in parts.items():
        print(f"### {name}\n\n{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
