"""People: when they come, what they ask for, and which keys that touches."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator

from growth.limits import Partitions
from growth.ours import AT_ONCE, SHARDS
from growth.split import SPLIT
from growth.taken import (
    ADMIN_DAY,
    ADMIN_IN,
    BEGIN,
    BEHIND_ONE,
    COUNTED,
    DAY,
    DAY_BYTES,
    EARLY,
    END,
    HOURS,
    IN_USE,
    ITEMS,
    LEFT_UNITS,
    LOGIN,
    LOOK,
    MISTYPED,
    POLL,
    SIGMA,
    SPREAD,
    UNIT_BYTES,
    WRONG,
)


def poisson(chance: random.Random, mean: float) -> int:
    """How often something happens that happens `mean` times in the mean."""
    if mean > 30:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, drawn = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        drawn += 1
    return drawn


def moment(chance: random.Random, since: int) -> int:
    """A second of the window from `since` on, as the day's work is spread."""
    while True:
        second = chance.randrange(max(since, BEGIN), END)
        if chance.random() * max(HOURS.values()) < HOURS[second // 3600]:
            return second


Asked = tuple[str, int]


def arrived(person: int, seconds: dict[int, list[Asked]], mistyped: float, chance: random.Random) -> int:
    """When somebody comes, with the requests of their sign-in if that is in the window."""
    early = chance.random() < EARLY
    arrival = int(chance.gauss(9 * 3600, SPREAD)) if early else chance.randrange(BEGIN - 3600, END + 3600)
    if BEGIN <= arrival < END - 15:
        seconds[arrival].append((LOOK, person))
        if chance.random() < mistyped:
            seconds[arrival + 8].append((WRONG, person))
        seconds[arrival + 15].append((LOGIN, person))
    return arrival


def drawn(people: int, chance: random.Random) -> dict[int, list[Asked]]:
    """What is asked in each second, and by whom."""
    seconds: dict[int, list[Asked]] = defaultdict(list)
    for person in range(people):
        arrival = arrived(person, seconds, MISTYPED, chance)
        much = math.exp(chance.gauss(-SIGMA * SIGMA / 2, SIGMA))
        if arrival >= END - 60:
            continue
        since = max(arrival + 20, BEGIN)
        left = sum(
            HOURS[hour] * (min(END, (hour + 1) * 3600) - max(since, hour * 3600)) / 3600
            for hour in HOURS
            if (hour + 1) * 3600 > since and hour * 3600 < END
        )
        day = DAY | (ADMIN_DAY if person % ADMIN_IN == 0 else {})
        for route, times in day.items():
            for _ in range(poisson(chance, times * left * (much if route in DAY else 1.0))):
                seconds[moment(chance, since)].append((route, person))
        for minute in range(since, END - 60, 60):
            if chance.random() < IN_USE:
                seconds[minute + person % 60].append((POLL, person))
    return seconds


def kind_of(name: str) -> str:
    """How the rest of a key is found."""
    if name in ("USER", "TASK", "USER *", "RATE source"):
        return name
    if name.startswith(("NAME", "RATE")):
        return "a person"
    return {"/*": "each shard", "/n": "a shard"}.get(name[-2:], "alone")


PLAN = {route: [(kind_of(name), name, *units) for name, units in parts.items()] for route, parts in SPLIT.items()}


def keys_of(route: str, person: int, people: int, chance: random.Random) -> Iterator[tuple[str, float, float]]:
    """The partition keys that a request touches, with the units that it reads and writes there."""
    for kind, name, read, written in PLAN[route]:
        match kind:
            case "USER":
                yield f"USER#{person}", read, written
            case "TASK":
                # Of what is done, a third is done to one of ten tasks.
                yield f"TASK#{person}.{int(chance.random() ** 2 * 10)}", read, written
            case "USER *":
                for _ in range(int(read)):
                    yield f"USER#{chance.randrange(people)}", 1, 0
            case "each shard":
                for shard in range(SHARDS):
                    yield f"{name[:-1]}{shard}", read / SHARDS, written / SHARDS
            case "a shard":
                yield f"{name[:-1]}{chance.randrange(SHARDS)}", read, written
            case "RATE source":
                yield f"RATE source#{person // BEHIND_ONE}", read, written
            case "a person":
                yield f"{name}#{person}", read, written
            case _:
                yield name, read, written


def days_units(people: int, days: int) -> float:
    """Units that it takes to read what everybody did on so many days; five of seven are worked."""
    return people * days * 5 / 7 * DAY_BYTES / UNIT_BYTES


def own_days_units(days: int) -> float:
    """Units that it takes to read what one person did on so many days: entries, without the overhead that is billed."""
    size, a_day = ITEMS["entry by day"]
    return days * 5 / 7 * a_day * (size - 100) / UNIT_BYTES


def counting(events: list[tuple[str, str, int]], place: Partitions) -> Iterator[tuple[str, float, float]]:
    """What the stream's consumer asks for the events of one second: a batch from each shard that has any."""
    shards: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for event in events:
        shards[place.of(event[0])].append(event)
    for batch in shards.values():
        yield "STATISTICS", 1, 0
        for at in range(0, len(batch), AT_ONCE):
            chunk = batch[at : at + AT_ONCE]
            people = len({person for _, _, person in chunk})
            days = {person for number, (_, route, person) in enumerate(chunk) if number % 5 < 5 * COUNTED[route][0]}
            left = min(3, sum(1 for _, route, _ in chunk if COUNTED[route][1] > 0))
            for number, (task, _, _) in enumerate(chunk):
                yield f"COUNTED {task}.{at}.{number}", 1, 2
            yield "STATISTICS", 0, 2
            yield "STATISTICS#0", 0, 2 + 2 * people + 2 * len(days) + LEFT_UNITS * left
