"""A Monday morning, second by second."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from dataclasses import dataclass

from growth.limits import Bucket, Load, Partitions
from growth.ours import SOURCE_TRIES, SOURCE_WINDOW, STAGE_BURST, STAGE_RATE
from growth.people import Asked, counting, days_units, drawn, keys_of, own_days_units
from growth.split import cost_table
from growth.taken import (
    BEGIN,
    BEHIND_ONE,
    COUNTED,
    END,
    FIRST_PARTITIONS,
    HAMMER_AT,
    HAMMER_FOR,
    HAMMER_RATE,
    HAMMER_UNITS,
    LOGIN,
    OWN_DAYS,
    PARTITION_BYTES,
    READ_DAYS,
    REQUEST,
    WRONG,
)


@dataclass
class Morning:
    """What came of two hours: counts for each second, units for each key."""

    people: int
    requests: list[int]
    sign_ins: list[int]
    events: list[int]
    refused_people: int
    refused_hammer: int
    source_refused: int
    series: dict[str, list[tuple[float, float]]]
    keys: dict[str, Load]
    partitions: Partitions
    asked_units: float
    placed_units: float
    most: list[float]


def refused_by_source(seconds: dict[int, list[Asked]], behind: int) -> int:
    """Sign-ins that are not heard, since others behind the same address failed a hundred times in a quarter of an
    hour."""
    windows: dict[int, tuple[int, int]] = {}
    refused = 0
    for second in sorted(seconds):
        for route, person in seconds[second]:
            if route not in (LOGIN, WRONG):
                continue
            ends, count = windows.get(person // behind, (second + SOURCE_WINDOW, 0))
            if second >= ends:
                ends, count = second + SOURCE_WINDOW, 0
            if count >= SOURCE_TRIES:
                refused += 1
            else:
                # Who is let in gives the try back.
                count += route == WRONG
            windows[person // behind] = (ends, count)
    return refused


SHARED = re.compile(r"gsi1|STATISTICS|REQUESTS|SETTINGS|LEGACY|RATE source#0$")


def morning(people: int, seed: int, hammer: bool, table_bytes: float = 0.0) -> Morning:
    """One morning of so many people, with the scripted client or without, over a table of so many bytes."""
    chance = random.Random(f"{seed}/{people}/{hammer}")
    seconds = drawn(people, chance)
    partitions = Partitions(max(FIRST_PARTITIONS, math.ceil(table_bytes / PARTITION_BYTES)))
    costs, keys = cost_table(), defaultdict[str, Load](Load)
    series: dict[str, list[tuple[float, float]]] = defaultdict(lambda: [(0.0, 0.0)] * (END - BEGIN))
    stage = Bucket(STAGE_RATE, STAGE_BURST)
    requests, sign_ins, events, refused_people, refused_hammer = [], [], [], 0, 0
    asked_units, placed_units, most = 0.0, 0.0, [0.0, 0.0]
    shared: dict[str, bool] = {}
    for second in range(BEGIN, END):
        wanted = seconds.get(second, [])
        extra = HAMMER_RATE if hammer and HAMMER_AT <= second < HAMMER_AT + HAMMER_FOR else 0
        requests.append(len(wanted) + extra)
        # The stage's throttle knows no client from another: each request is as likely to be refused.
        over = stage.take(second, requests[-1]) / max(1, requests[-1])
        now = wanted if over == 0 else [one for one in wanted if chance.random() >= over]
        passed = extra if over == 0 else sum(1 for _ in range(extra) if chance.random() >= over)
        refused_people += len(wanted) - len(now)
        refused_hammer += extra - passed
        asked: dict[str, list[float]] = {}

        def ask(key: str, read: float, written: float, asked: dict[str, list[float]] = asked) -> None:
            found = asked.setdefault(key, [0.0, 0.0, 0.0])
            found[0] += read
            found[1] += written
            found[2] += 1

        happened = []
        for route, person in now:
            asked_units += sum(costs[route])
            for key, read, written in keys_of(route, person, people, chance):
                placed_units += read + written
                ask(key, read, written)
                if route in COUNTED and key.startswith("TASK#"):
                    happened.append((key, route, person))
            if route in READ_DAYS:
                ask("STATISTICS#0", days_units(people, READ_DAYS[route]), 0)
            if route in OWN_DAYS:
                ask(f"USER#{(person + 1) % people}", own_days_units(OWN_DAYS[route]), 0)
        for key, read, written in counting([event for event in happened if COUNTED[event[1]][1] >= 0], partitions):
            ask(key, read, written)
        # Environments that work write their counts once a minute, some ten routes each.
        environments = max(1, math.ceil(len(now) * REQUEST * 3))
        for environment in range(environments):
            if (second + environment * 17) % 60 == 0:
                ask(f"REQUESTS#{environment % 4}", 0, 20)
        for _ in range(passed):
            ask("USER#0", HAMMER_UNITS, 0)
        sign_ins.append(sum(1 for route, _ in now if route in (LOGIN, WRONG)))
        events.append(len(happened))
        partitions.add(second, asked)
        for side in (0, 1):
            most[side] = max(most[side], sum(units[side] for units in asked.values()))
        for key, (read, written, calls) in asked.items():
            keys[key].add(second, read, written, int(calls))
            if key not in shared:
                shared[key] = SHARED.match(key) is not None
            if shared[key]:
                series[key][second - BEGIN] = (read, written)
    return Morning(
        people,
        requests,
        sign_ins,
        events,
        refused_people,
        refused_hammer,
        refused_by_source(seconds, BEHIND_ONE),
        series,
        keys,
        partitions,
        asked_units,
        placed_units,
        most,
    )
