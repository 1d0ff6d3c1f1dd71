"""What docs/costs.md shows, as Markdown, and the same as figures."""

from __future__ import annotations

from collections.abc import Iterable

from bill.cases import CASES
from bill.inputs import Inputs, Team
from bill.month import Bill, Line, day_of, duration_ms, fixed_lines, sum_of, sums_of, use_lines


def number(value: float) -> str:
    """With as many digits as are of use."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def usd(value: float) -> str:
    """An amount of US$."""
    return "0" if value == 0 else f"{value:,.2f}" if value >= 0.005 else "< 0.01"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """In Markdown."""
    lines = [list(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], ["---"] * len(lines[0]), *lines[1:]])


def price_text(inputs: Inputs, name: str) -> str:
    """A price, and for how much it is."""
    price = inputs.data["prices"][name]
    if not price["usd"]:
        return "0"
    per, value = price["per"], f"{price['usd']:.10f}".rstrip("0")
    value = value + "0" * max(0, 2 - len(value.split(".")[1]))
    if per == 1:
        return f"{value} each" if price["unit"] not in ("GB", "GB-s") else f"{value} a {price['unit']}"
    return f"{value} a million" if per == 1_000_000 else f"{value} for {per:,}"


def bill_table(inputs: Inputs, lines: list[Line], bill: Bill) -> str:
    """Lines of a bill, what they come to, and what is left to pay of them."""
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
    """What is paid though nobody works."""
    return bill_table(inputs, fixed_lines(inputs), Bill(inputs))


def print_habits(inputs: Inputs) -> str:
    """What a person does in a day, and what it takes."""
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
    """What grows with what a team does."""
    bill = Bill(inputs)
    for line in fixed_lines(inputs):
        bill.usd_after_free(line)
    return bill_table(inputs, use_lines(inputs, team), bill)


def print_together(inputs: Inputs) -> str:
    """What each team pays."""
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
    """The same where something is otherwise."""
    rows = []
    for text, change in CASES.values():
        changed = change(inputs)
        rows.append([text, *(usd(sums_of(changed, team).use) for team in inputs.teams)])
    return table(["use, US$ a month, where", *(f"{team.people:,} people" for team in inputs.teams)], rows)


def print_assumed(inputs: Inputs) -> str:
    """What was not measured."""
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
    """Prices, where they stand, and when they were looked at."""
    rows = []
    for name, price in inputs.data["prices"].items():
        given = inputs.data["free"].get(name, {})
        free = " ".join(filter(None, [number(given["amount"]), given.get("note", "")])) if given else ""
        note = f" ({price['note']})" if price["note"] else ""
        what = f"[{price['name']}]({price['source']}){note}"
        rows.append([what, price_text(inputs, name), free, price["looked_at"] or "not again"])
    return table(["what", "US$", "free a month", "looked at"], rows)


def print_source(inputs: Inputs) -> str:
    """Which figures were measured."""
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
    """What tests/bench/promises.py may hold against docs/performance.md, by name."""
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
