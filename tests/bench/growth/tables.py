"""Tables, as Markdown, of what was simulated."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from growth.limits import Load
from growth.morning import SHARED, Morning, refused_by_source
from growth.people import Asked, arrived
from growth.stream import Stream
from growth.taken import (
    BEGIN,
    BEHIND_ONE,
    HAMMER_AT,
    HAMMER_FOR,
    HAMMER_RATE,
    MISTYPED,
    MORNINGS,
    READS,
    REQUEST,
    SIGN_IN,
    WRITES,
    WRONG,
)

# Figures by name; a function that makes a table adds its own.
Numbers = dict[str, float]
Row = list[str | float]


def quantile(values: Iterable[float], share: float) -> float:
    """The value that this share of them stays below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def most_at_once(mean: float, share: float = 0.999) -> int:
    """So many requests are under way at once at most, in that share of moments (Poisson)."""
    count, term, total = 0, math.exp(-mean), math.exp(-mean)
    while total < share and count < 100_000:
        count += 1
        term *= mean / count
        total += term
    return count


def show(value: float) -> str:
    """With as many digits as are of use."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2f}"


def crowd(people: float) -> str:
    """So many people; from ten thousand on, three digits of it are as much as is known."""
    return f"{people:,.0f}" if people < 10_000 else f"{float(f'{people:.3g}'):,.0f}"


@dataclass(frozen=True)
class Table:
    """A table, and what it is of."""

    title: str
    head: list[str]
    rows: list[Row]

    def text(self) -> str:
        """In Markdown."""
        lines = [self.head, *([cell if isinstance(cell, str) else show(cell) for cell in row] for row in self.rows)]
        head, *rows = (f"| {' | '.join(line)} |" for line in lines)
        return "\n".join([head, "|" + "---|" * len(self.head), *rows])


def requests_table(mornings: list[Morning], numbers: Numbers) -> Table:
    """What comes in, for each size of team."""
    rows: list[Row] = []
    for one in mornings:
        busiest = max(sum(one.requests[at : at + 60]) / 60 for at in range(0, len(one.requests), 60))
        second, sign_ins = max(one.requests), max(sum(one.sign_ins[at : at + 60]) / 60 for at in range(0, 7200, 60))
        at_once = busiest * REQUEST + sign_ins * (SIGN_IN - REQUEST)
        figures = {
            "busiest_minute_rps": busiest,
            "busiest_second": float(second),
            "sign_ins_rps": sign_ins,
            "refused_by_stage": float(one.refused_people),
            "refused_by_source": float(one.source_refused),
            "at_once_mean": at_once,
            "at_once_most": float(most_at_once(at_once)),
            "most_read": one.most[0],
            "most_written": one.most[1],
            "events_rps": max(sum(one.events[at : at + 60]) / 60 for at in range(0, 7200, 60)),
        }
        numbers |= {f"monday.{one.people}.{name}": value for name, value in figures.items()}
        cells: Row = [
            value for name, value in figures.items() if not name.startswith(("at_once", "most", "refused_by_source"))
        ]
        together = (f"{show(at_once)}, {most_at_once(at_once)}", ", ".join(map(show, one.most)))
        rows.append([f"{one.people:,}", *cells[:-1], *together, cells[-1]])
    return Table(
        "A Monday, 08:30 to 10:30: what comes in",
        [
            "people",
            "requests/s, busiest minute",
            "busiest second",
            "sign-ins/s, busiest minute",
            "refused by the stage",
            "at once: mean, 99.9 %",
            "table: most read/s, written/s",
            "events/s, busiest minute",
        ],
        rows,
    )


def families(one: Morning) -> dict[str, list[str]]:
    """The keys of a morning by their kind; those that nobody has alone each by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in one.keys:
        name = key if SHARED.match(key) else key.partition("#")[0].partition(" TASK")[0] + "#…"
        found[re.sub(r"(?<=[/#])[0-3]$" if key.startswith(("gsi1", "REQUESTS")) else r"$^", "n", name)].append(key)
    return found


# What a key of the simulation is called where its own name says too little.
NAMED = {"RATE source#0": f"`RATE#…` of a source of {BEHIND_ONE} people"}


def keys_table(one: Morning, numbers: Numbers) -> Table:
    """Those that all share, the one that fills up first before the others; and those of somebody alone, together."""
    shared: list[tuple[float, Row]] = []
    own: dict[str, Load] = {}
    for name, keys in sorted(families(one).items()):
        hottest = max(keys, key=lambda key: max(one.keys[key].most_read / READS, one.keys[key].most_written / WRITES))
        load, seconds = one.keys[hottest], one.series.get(hottest)
        used = max(load.most_read / READS, load.most_written / WRITES)
        limit_at = one.people / used if used else math.inf
        parts: list[list[str]] = []
        for side, most in enumerate((load.most_read, load.most_written)):
            usual = [quantile((units[side] for units in seconds), share) for share in (0.5, 0.99)] if seconds else []
            parts.append([*map(show, usual), show(most)])
        label = name.replace(" ", "_").replace("…", "each")
        key = f"key.{one.people}.{label}"
        numbers |= {
            f"{key}.most_read": load.most_read,
            f"{key}.most_written": load.most_written,
            f"{key}.refused_flat": load.refused_flat,
            f"{key}.refused_burst": load.refused_burst,
        }
        if name.endswith("…"):
            own[f"`{name}`"] = load
            continue
        numbers[f"{key}.limit_at_people"] = limit_at
        named = NAMED.get(name, f"`{name.replace('/', '#')}`")
        units = [" / ".join(side) for side in parts]
        shared.append((limit_at, [named, *units, load.refused_flat, load.refused_burst, crowd(limit_at)]))
    most = (max(load.most_read for load in own.values()), max(load.most_written for load in own.values()))
    refused = (sum(load.refused_flat for load in own.values()), sum(load.refused_burst for load in own.values()))
    rows = [row for _, row in sorted(shared, key=lambda one: one[0])]
    rows.append([", ".join(own), *(f"at most {show(units)}" for units in most), *refused, ""])
    return Table(
        f"The hottest key of each kind, {one.people:,} people",
        [
            "key",
            "read/s: p50 / p99 / most",
            "written/s: p50 / p99 / most",
            "calls refused, nothing saved up",
            "with 300 s",
            "first second over the limit at … people",
        ],
        rows,
    )


def hammer_table(mornings: list[Morning], numbers: Numbers) -> Table:
    """A client that asks without end, for each size of team."""
    rows: list[Row] = []
    for one in mornings:
        refused = one.partitions.refused
        during = slice(HAMMER_AT - BEGIN, HAMMER_AT - BEGIN + HAMMER_FOR)
        others, hammer = sum(one.requests[during]) - HAMMER_RATE * HAMMER_FOR, HAMMER_RATE * HAMMER_FOR
        own, passed = refused.pop("USER#0", [0.0, 0.0]), max(1, hammer - one.refused_hammer)
        near = [sum(one[side] for key, one in refused.items() if not SHARED.match(key)) for side in (0, 1)]
        figures = {
            "partitions": float(one.partitions.count),
            "others": float(others),
            "others_refused_percent": 100 * one.refused_people / max(1, others),
            "most_read": one.keys["USER#0"].most_read,
            "refused_percent_flat": 100 * own[0] / passed,
            "refused_percent_burst": 100 * own[1] / passed,
            "neighbours_flat": near[0],
            "neighbours_burst": near[1],
            "splits": float(one.partitions.splits),
        }
        numbers |= {f"hammer.{one.people}.{name}": value for name, value in figures.items()}
        percents = [
            f"{figures[name]:.0f} %"
            for name in ("others_refused_percent", "refused_percent_flat", "refused_percent_burst")
        ]
        cells: Row = [others, percents[0], figures["most_read"], ", ".join(percents[1:]), ", ".join(map(show, near))]
        rows.append([f"{one.people:,}", figures["partitions"], *cells])
    return Table(
        f"One client that searches {HAMMER_RATE} times a second for {HAMMER_FOR // 60} minutes",
        [
            "people",
            "partitions",
            "others' requests meanwhile",
            "of them 429",
            "its key: most read/s",
            "its calls that the table refuses: nothing saved up, with 300 s",
            "neighbours' calls refused: nothing saved up, with 300 s",
        ],
        rows,
    )


STREAMS: dict[str, tuple[int, float, int, bool]] = {
    "4 shards": (4, 1.0, 1, False),
    "16": (16, 1.0, 1, False),
    "128": (128, 1.0, 1, False),
    "4, beside a `rebuild`": (4, 1.0, 1, True),
    "128, beside a `rebuild`": (128, 1.0, 1, True),
    "128, window 5 s": (128, 5.0, 1, False),
    "128, sums in 16 places": (128, 1.0, 16, False),
}


def stream_table(seed: int, numbers: Numbers) -> Table:
    """The consumer of the stream, by events a second and by how it is set up."""
    rows: list[Row] = []
    for rate in (5, 13, 40, 80, 160, 320):
        cells: Row = [f"{rate}"]
        for shards, window, homes, rebuild in STREAMS.values():
            name = f"stream.rate{rate}.shards{shards}.window{window:.0f}.homes{homes}" + ".rebuild" * rebuild
            done = Stream(shards, f"{seed}/{name}", window, homes, rebuild).run(rate)
            age, conflicts = quantile(done.ages, 0.99), done.conflicts / max(1, done.transactions)
            lost = 100 * done.given_up / max(1, len(done.ages) + done.given_up)
            numbers |= {f"{name}.age_p99": age, f"{name}.conflicts": conflicts, f"{name}.given_up_percent": lost}
            cells.append(f"{age:.1f} s, {conflicts:.1f}" + (f", **{lost:.1f} %**" if lost else ""))
        rows.append(cells)
    title = "The stream: age of an event when it is counted (p99), refused tries a transaction, **events given up**"
    return Table(title, ["events/s", *STREAMS], rows)


# Everybody behind one address: sizes that are drawn, and shares of people who mistype.
CROWDS, SLIPS = (1_000, 2_000, 3_000, 4_000, 6_000, 10_000), (0.03, MISTYPED, 0.12)


def sources(people: int, mistyped: float, seed: int) -> tuple[float, float]:
    """Failed sign-ins of a morning with everybody behind one address, and those refused; the mean of some mornings."""
    failed = refused = 0
    for again in range(MORNINGS):
        chance, seconds = random.Random(f"{seed}/source/{people}/{again}"), defaultdict[int, list[Asked]](list)
        for person in range(people):
            arrived(person, seconds, mistyped, chance)
        failed += sum(1 for asked in seconds.values() for route, _ in asked if route == WRONG)
        refused += refused_by_source(seconds, people)
    return failed / MORNINGS, refused / MORNINGS


def sources_table(seed: int, numbers: Numbers) -> Table:
    """Everybody behind one address, by size of team and by how many mistype."""
    rows: list[Row] = []
    for people in CROWDS:
        cells: Row = [f"{people:,}"]
        for mistyped in SLIPS:
            failed, refused = sources(people, mistyped, seed)
            numbers[f"source.{people}.mistyped{mistyped * 100:.0f}.refused"] = refused
            cells.append(f"{show(failed)}, {show(refused)}")
        rows.append(cells)
    return Table(
        "All behind one address: sign-ins that failed, and that were not heard (429)",
        [
            "people",
            "3 in 100 mistype",
            "6",
            "12",
        ],
        rows,
    )
