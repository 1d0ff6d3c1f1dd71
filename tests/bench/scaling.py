#!/usr/bin/env python3
"""Where SprintSync breaks first as a team and its table grow: a simulation with nothing running.

tests/bench/scaling.py --out FILE [--seed N]   prints tables, and writes their numbers
tests/bench/scaling.py --check                 compares the simulation with what arithmetic says

It draws people and two hours of their Monday, 08:30 to 10:30, splits what each route costs (`docs/data-model.md`) over
the partitions that it touches, and lets DynamoDB's, API Gateway's and our own limits answer. `docs/scaling.md` has the
results, and where each figure comes from. What is assumed stands at the top of this file.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10, 100, 1_000, 10_000)

# DynamoDB: units a partition gives in a second, seconds of them that it saves up, and the bytes that it holds.
READS, WRITES, SAVED, PARTITION_BYTES = 3_000.0, 1_000.0, 300, 10 * 1024**3
# A new on-demand table gives 12,000 read and 4,000 write units, which is four partitions.
FIRST_PARTITIONS = 4
# Seconds over its limit after which a partition is split. AWS names no figure.
HEATED = 60

# Of infra/template.yaml, and of the code (shared/domain/src/rate.rs, shared/store/src/statistics.rs and call.rs).
STAGE_RATE, STAGE_BURST = 100.0, 200.0
SOURCE_TRIES, SOURCE_WINDOW, SIGN_UPS = 100, 900, 20
AT_ONCE, BATCH, BATCH_WINDOW, BATCH_TRIES = 16, 100, 1.0, 6
BUDGET, PAUSE, MOST_PAUSE, MOST_DOUBLINGS = 4.0, 0.010, 0.080, 3
MARKED_DAYS = 30

# The window, and how a day's work is spread over its hours.
BEGIN, END = 8 * 3600 + 1800, 10 * 3600 + 1800
HOURS = {8: 0.05, 9: 0.14, 10: 0.14, 11: 0.13, 12: 0.06, 13: 0.10, 14: 0.13, 15: 0.12, 16: 0.09, 17: 0.04}
# The heavy tail: a lognormal of mean 1. One person in a hundred does seven times as much as the mean.
SIGMA = 0.9
# Who signs in around nine on a Monday, with which spread in seconds, and how many first tries fail.
EARLY, SPREAD, MISTYPED = 0.7, 420.0, 0.06
# A page in use asks every minute; in the morning this share of people has one.
IN_USE = 0.5
# People behind one address of an office; and one administrator among so many.
BEHIND_ONE, ADMIN_IN = 500, 100
# The scripted client: searches through 500 tasks (row 8a of the access patterns), so many a second, for ten minutes.
HAMMER_RATE, HAMMER_UNITS, HAMMER_AT, HAMMER_FOR = 150, 83.0, 9 * 3600 + 1200, 600
# Seconds: a request, a sign-in with its hash, a read of the table, a transaction of some fifty items.
REQUEST, SIGN_IN, READING, TRANSACTION = 0.020, 0.110, 0.005, 0.015
# Mornings that are drawn for the table of addresses.
MORNINGS = 5
# Environments that a new account may have at once.
NEW_ACCOUNT = 10
WORKDAYS = 250

# Of one person's day: the day of docs/costs.md, with its twenty changes told apart, and a few looks at a task.
DAY = {
    "GET /dashboard (30 tasks)": 10.0,
    "POST /web/tasks/{id}/status": 13.0,
    "POST /web/tasks/{id}": 3.0,
    "POST /web/tasks": 3.0,
    "POST /web/tasks/{id}/delete": 1.0,
    "POST /web/tasks/{id}/time": 10.0,
    "POST /web/tasks/{id}/timer/start": 4.0,
    "POST /web/tasks/{id}/timer/stop": 4.0,
    "GET /web/tasks/{id}": 5.0,
    "GET /task/{id}": 3.0,
}
ADMIN_DAY = {
    "GET /team": 4.0,
    "GET /team/people (6 people)": 2.0,
    "GET /team/tasks (25 of them)": 2.0,
    "GET /team/audit (a page)": 1.0,
    "GET /team/people/{id} (looked at by an admin)": 3.0,
}
POLL, LOOK = "GET /web/tasks (30 tasks)", "GET /login"
LOGIN, WRONG = "POST /web/login", "POST /web/login (wrong password)"

# Where a route's units lie: partition keys as in shared/store/src/key.rs, with what is read and written there. `/n` is
# one of four shards, `*` is somebody else's, or each of the four. Each route must add up to its row of the cost table.
# Of a sign-in: session and event 4, the trail 1, and three counters are raised and given back. Of a new task: the task
# 2 and its place in lsi1 1, the owner's marker and the event 4, its place in gsi1 1. Of `/team`: the state of the
# statistics twice, four sums of each generation, the days of both.
SPLIT_TEXT = """\
GET /login: SETTINGS 1 0
POST /web/login:
    USER 1 4; gsi1 AUDIT/n 0 1; NAME 1 0; RATE pair 1 2; RATE name 0 2; RATE source 0 2; LEGACY_HASHES 1 0;
    SETTINGS 1 0
POST /web/login (wrong password):
    USER 1 2; gsi1 AUDIT/n 0 1; NAME 1 0; RATE pair 1 1; RATE name 0 1; RATE source 0 1; LEGACY_HASHES 1 0;
    SETTINGS 1 0
GET /web/tasks (30 tasks): USER 6 0
GET /dashboard (30 tasks): USER 8 0
GET /web/tasks/{id}: USER 3 0
GET /task/{id}: USER 4 0; TASK 2 0
POST /web/tasks: USER 2 3; TASK 0 4; gsi1 TASKS/n 0 1
POST /web/tasks/{id}: USER 3 3; TASK 0 2
POST /web/tasks/{id}/status: USER 3 4; TASK 0 2
POST /web/tasks/{id}/time: USER 3 5; TASK 0 4
POST /web/tasks/{id}/delete: USER 3 9; TASK 0 2; gsi1 TASKS/n 0 1
POST /web/tasks/{id}/timer/start: USER 3 4
POST /web/tasks/{id}/timer/stop: USER 4 7; TASK 0 4
GET /team: USER 3 0; USER * 1 0; STATISTICS 2 0; STATISTICS#0 5 0; STATISTICS#1 5 0
GET /team/people (6 people):
    USER 3 0; USER * 9 0; gsi1 USERS/* 2 0; STATISTICS 1 0; STATISTICS#0 6 0; STATISTICS#1 6 0
GET /team/tasks (25 of them): USER 3 0; USER * 27 0; gsi1 TASKS/* 2 0
GET /team/audit (a page): USER 3 0; USER * 28 0; gsi1 AUDIT/* 2 0
GET /team/people/{id} (looked at by an admin):
    USER 3 0; USER * 5 0; STATISTICS 2 0; STATISTICS#0 2 0; STATISTICS#1 2 0
"""


def split_of(text: str) -> dict[str, dict[str, tuple[float, float]]]:
    """The split of each route, from its lines."""
    routes = {}
    for line in text.replace("\n    ", " ").splitlines():
        route, parts = line.rsplit(":", 1)
        words = [part.rsplit(" ", 2) for part in parts.split(";")]
        routes[route] = {name.strip(): (float(read), float(written)) for name, read, written in words}
    return routes


SPLIT = split_of(SPLIT_TEXT)
# What grows with people and days, which no row of the cost table shows: days that a route reads of everybody, and the
# bytes of one (shared/store/src/statistics.rs: some seven thousand fill a megabyte).
READ_DAYS = {"GET /team": 15, "GET /team/people/{id} (looked at by an admin)": 31}
DAY_BYTES, PAGE_BYTES, UNIT_BYTES = 150, 1024**2, 4096
# What an event adds to in the statistics beside the totals and the person's sums: a day, and a time in a status, which
# is a histogram of some 2 KB once it has seen all lengths.
COUNTED = {
    "POST /web/tasks/{id}/status": (0.4, 1),
    "POST /web/tasks/{id}/time": (1.0, 0),
    "POST /web/tasks": (1.0, 0),
    "POST /web/tasks/{id}/timer/stop": (1.0, 0),
    "POST /web/tasks/{id}/delete": (0.0, 0),
    # A change of texts is an event that adds nothing.
    "POST /web/tasks/{id}": (0.0, -1),
}
LEFT_UNITS = 4.0
# Units that are written for an event that is counted alone, as docs/costs.md takes it.
EVENT_UNITS = 20.0

Numbers = dict[str, float]


def cost_table() -> dict[str, tuple[float, float]]:
    """Units read and written, by route, as docs/data-model.md says and tests/tests/units measures."""
    rows = re.findall(
        r"^\| `([^`]+)`([^|]*)\| [\d.]+ \| [\d.]+ \| ([\d.]+) \| ([\d.]+) \|$",
        (ROOT / "docs/data-model.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return {f"{route}{what.rstrip()}".strip(): (float(read), float(written)) for route, what, read, written in rows}


def mismatches(costs: dict[str, tuple[float, float]]) -> list[str]:
    """Routes whose split does not add up to what the cost table says."""
    wrong = []
    for route, parts in SPLIT.items():
        sums = (sum(read for read, _ in parts.values()), sum(written for _, written in parts.values()))
        if costs.get(route) != sums:
            wrong.append(f"{route}: split {sums}, table {costs.get(route)}")
    return wrong


# Limits --------------------------------------------------------------------------------------------------------------


@dataclass
class Bucket:
    """Tokens that come by the second and are saved up to a limit."""

    rate: float
    most: float
    tokens: float = field(init=False)
    at: int = -1

    def __post_init__(self) -> None:
        self.tokens = self.most

    def has(self, second: int, wanted: float) -> bool:
        """Whether all of it would be given."""
        if self.at >= 0:
            self.tokens = min(self.most, self.tokens + self.rate * (second - self.at))
        self.at = second
        return self.tokens >= wanted

    def take(self, second: int, wanted: float) -> float:
        """What of it is refused."""
        self.has(second, wanted)
        refused = max(0.0, wanted - self.tokens)
        self.tokens -= wanted - refused
        return refused


@dataclass
class Load:
    """What one key or one partition was asked for."""

    read: float = 0.0
    written: float = 0.0
    most_read: float = 0.0
    most_written: float = 0.0
    refused_flat: float = 0.0
    refused_burst: float = 0.0
    hot: int = 0
    reads: Bucket = field(default_factory=lambda: Bucket(READS, READS * SAVED))
    writes: Bucket = field(default_factory=lambda: Bucket(WRITES, WRITES * SAVED))

    def add(self, second: int, read: float, written: float, calls: int) -> tuple[float, float]:
        """One second's demand. Gives the shares that are refused with nothing saved up, and with 300 s of it."""
        self.read += read
        self.written += written
        self.most_read = max(self.most_read, read)
        self.most_written = max(self.most_written, written)
        over = max(0.0, 1 - READS / read if read else 0.0, 1 - WRITES / written if written else 0.0)
        self.hot += over > 0
        self.refused_flat += calls * over
        refused = self.reads.take(second, read) / read if read else 0.0
        refused = max(refused, self.writes.take(second, written) / written if written else 0.0)
        self.refused_burst += calls * refused
        return over, refused


class Partitions:
    """Physical partitions: keys lie where their hash says, until heat moves them. lsi1 keeps a key's items together."""

    def __init__(self, count: int):
        self.count = count
        self.loads: dict[int, Load] = defaultdict(Load)
        self.place: dict[str, int] = {}
        self.heat: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.refused: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.splits = 0

    def of(self, key: str) -> int:
        if key not in self.place:
            digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
            # An index has partitions of its own.
            self.place[key] = int.from_bytes(digest[:8], "big") * self.count >> 64 | (key.startswith("gsi1") << 20)
        return self.place[key]

    def add(self, second: int, asked: dict[str, list[float]]) -> None:
        sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for key, (read, written, calls) in asked.items():
            place = self.of(key)
            of = sums[place]
            of[0] += read
            of[1] += written
            of[2] += calls
            self.heat[place][key] += read / READS + written / WRITES
        for place, (read, written, calls) in sums.items():
            flat, burst = self.loads[place].add(second, read, written, int(calls))
            if flat or burst:
                for key in (key for key in asked if self.place[key] == place):
                    self.refused[key][0] += flat * asked[key][2]
                    self.refused[key][1] += burst * asked[key][2]
            if self.loads[place].hot >= HEATED:
                self.split(place)

    def split(self, place: int) -> None:
        """The hottest keys, up to half of the heat, go elsewhere; one key alone is as far as it goes."""
        keys = self.heat[place]
        self.loads[place].hot = 0
        if len(keys) < 2:
            return
        new, moved, half = (1 << 21) + self.splits, 0.0, sum(keys.values()) / 2
        self.splits += 1
        # Nothing is saved up there yet.
        self.loads[new].reads.tokens = READS
        self.loads[new].writes.tokens = WRITES
        for key in sorted(keys, key=keys.__getitem__, reverse=True)[:-1]:
            self.place[key] = new
            moved += keys[key]
            if moved >= half:
                break
        for here in (new, place):
            self.heat[here] = defaultdict(float, {key: heat for key, heat in keys.items() if self.place[key] == here})


# People --------------------------------------------------------------------------------------------------------------


def poisson(chance: random.Random, mean: float) -> int:
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
                for shard in range(4):
                    yield f"{name[:-1]}{shard}", read / 4, written / 4
            case "a shard":
                yield f"{name[:-1]}{chance.randrange(4)}", read, written
            case "RATE source":
                yield f"RATE source#{person // BEHIND_ONE}", read, written
            case "a person":
                yield f"{name}#{person}", read, written
            case _:
                yield name, read, written


def days_units(people: int, days: int) -> float:
    return people * days * 5 / 7 * DAY_BYTES / UNIT_BYTES


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


# A Monday morning ----------------------------------------------------------------------------------------------------


@dataclass
class Morning:
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


# The stream ----------------------------------------------------------------------------------------------------------


@dataclass(order=True)
class Batch:
    """What one shard's consumer is about to try."""

    at: float
    shard: int
    size: int = field(default=-1, compare=False)
    attempt: int = field(default=0, compare=False)
    until: float = field(default=0.0, compare=False)
    tries: int = field(default=0, compare=False)
    second: bool = field(default=False, compare=False)


class Stream:
    """Consumers, one for each shard, that all add to the same item (`homes` of them, were it cut up). A transaction
    that meets another is refused and comes again, as Store::transact does; a batch whose time is over is handed over
    again a second later, and given up after the fifth time, as the template says. While statistics are made anew
    (`rebuild`), each chunk is counted twice, and one worker more checks the same state, one transaction after the
    other."""

    def __init__(self, shards: int, seed: str, window: float = BATCH_WINDOW, homes: int = 1, rebuild: bool = False):
        self.chance, self.window, self.rebuild = random.Random(seed), window, rebuild
        self.queues: list[list[float]] = [[] for _ in range(shards)]
        self.heads = [0] * shards
        self.held = [0.0] * homes
        self.writes = [Bucket(WRITES, WRITES) for _ in range(homes)]
        self.agenda: list[Batch] = []
        self.ages: list[float] = []
        self.transactions = self.conflicts = self.given_up = 0

    def run(self, rate: float, seconds: float = 90.0) -> Stream:
        at = 0.0
        while (at := at + self.chance.expovariate(rate)) < seconds:
            self.queues[self.chance.randrange(len(self.queues))].append(at)
        for shard in range(len(self.queues)):
            self.begin(shard, 0.0)
        if self.rebuild:
            heapq.heappush(self.agenda, Batch(0.0, -1))
        while self.agenda and (batch := heapq.heappop(self.agenda)).at < 1.5 * seconds:
            if batch.shard < 0:
                self.remake(batch.at)
            else:
                self.attempt(batch)
        # What is not counted by now is as old as it is.
        for queue, head in zip(self.queues, self.heads, strict=True):
            self.ages.extend(1.5 * seconds - when for when in queue[head:])
        return self

    def begin(self, shard: int, now: float) -> None:
        """A batch is handed over when it is full or its window is over; the shard is asked four times a second."""
        queue, head = self.queues[shard], self.heads[shard]
        if head < len(queue):
            full = queue[head + BATCH - 1] if head + BATCH - 1 < len(queue) else math.inf
            begins = max(now, min(queue[head] + self.window, full)) + self.chance.random() * 0.25
            heapq.heappush(self.agenda, Batch(begins + 3 * READING, shard))

    def pause(self, attempt: int) -> float:
        return min(PAUSE * float(1 << min(attempt, MOST_DOUBLINGS)), MOST_PAUSE) * self.chance.random() + READING

    def remake(self, now: float) -> None:
        held = now < self.held[0]
        if not held:
            self.held[0] = now + TRANSACTION
        heapq.heappush(self.agenda, Batch(now + (self.pause(1) if held else TRANSACTION + READING), -1))

    def attempt(self, batch: Batch) -> None:
        now, queue, head = batch.at, self.queues[batch.shard], self.heads[batch.shard]
        if batch.size < 0:
            batch.size = sum(1 for when in queue[head : head + BATCH] if when <= now)
            batch.until = now + BUDGET
        chunk, home = min(AT_ONCE, batch.size), self.chance.randrange(len(self.held))
        # Each event of another person: two sums of theirs and a day, in a transaction.
        units = 2 + 6.0 * chunk
        if now < self.held[home] or not (batch.second or self.writes[home].has(int(now), units)):
            self.conflicts += 1
            self.again(batch)
            return
        self.transactions += 1
        self.held[home] = ended = now + TRANSACTION
        if not batch.second:
            self.writes[home].take(int(now), units)
        batch.at, batch.attempt, batch.until = ended + READING, 0, ended + BUDGET
        if self.rebuild and not batch.second:
            batch.second = True
            heapq.heappush(self.agenda, batch)
            return
        batch.second = False
        self.ages.extend(ended - when for when in queue[head : head + chunk])
        self.heads[batch.shard] += chunk
        batch.size -= chunk
        if batch.size > 0:
            heapq.heappush(self.agenda, batch)
        else:
            self.begin(batch.shard, ended)

    def again(self, batch: Batch) -> None:
        batch.attempt += 1
        if batch.at < batch.until:
            batch.at += self.pause(batch.attempt)
        elif batch.tries + 1 < BATCH_TRIES:
            batch.at += 1.0
            batch.attempt, batch.until, batch.tries = 0, batch.at + BUDGET, batch.tries + 1
        else:
            self.given_up += batch.size
            self.heads[batch.shard] += batch.size
            self.begin(batch.shard, batch.at)
            return
        heapq.heappush(self.agenda, batch)


# Tables --------------------------------------------------------------------------------------------------------------


def quantile(values: Iterable[float], share: float) -> float:
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
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2f}"


def table(title: str, head: list[str], rows: list[list[str | float]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(cell if isinstance(cell, str) else show(cell) for cell in row)} |")


def requests_table(mornings: list[Morning], numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
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
        rows.append([f"{one.people:,}", *figures.values()])
    table(
        "A Monday, 08:30 to 10:30: what comes in",
        [
            "people",
            "requests/s, busiest minute",
            "busiest second",
            "sign-ins/s, busiest minute",
            "refused by the stage",
            f"sign-ins refused, {BEHIND_ONE} behind an address",
            "at once, mean",
            "at once, 99.9 %",
            "the table: most read/s",
            "most written/s",
            "events/s, busiest minute",
        ],
        rows,
    )


def families(one: Morning) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in one.keys:
        name = key if SHARED.match(key) else key.partition("#")[0].partition(" TASK")[0] + "#…"
        found[re.sub(r"(?<=[/#])[0-3]$" if key.startswith(("gsi1", "REQUESTS")) else r"$^", "n", name)].append(key)
    return found


def keys_table(one: Morning, numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
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
        cells, reached = [" / ".join(side) for side in parts], ""
        if not name.endswith("…"):
            reached, numbers[f"{key}.limit_at_people"] = f"{limit_at:,.0f}", limit_at
        rows.append([f"`{name}`", *cells, load.refused_flat, load.refused_burst, reached])
    table(
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


def hammer_table(mornings: list[Morning], numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
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
        rows.append([f"{one.people:,}", *figures.values()])
    table(
        f"One client that searches {HAMMER_RATE} times a second for {HAMMER_FOR // 60} minutes",
        [
            "people",
            "partitions",
            "others' requests meanwhile",
            "of them refused by the stage, %",
            "its key: most read/s",
            "its calls that the table refuses, %, nothing saved up",
            "with 300 s",
            "neighbours' calls refused, nothing saved up",
            "with 300 s",
            "splits",
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


def stream_table(seed: int, numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
    for rate in (5, 13, 40, 80, 160, 320):
        cells: list[str | float] = [f"{rate}"]
        for shards, window, homes, rebuild in STREAMS.values():
            name = f"stream.rate{rate}.shards{shards}.window{window:.0f}.homes{homes}" + ".rebuild" * rebuild
            done = Stream(shards, f"{seed}/{name}", window, homes, rebuild).run(rate)
            age, conflicts = quantile(done.ages, 0.99), done.conflicts / max(1, done.transactions)
            lost = 100 * done.given_up / max(1, len(done.ages) + done.given_up)
            numbers |= {f"{name}.age_p99": age, f"{name}.conflicts": conflicts, f"{name}.given_up_percent": lost}
            cells.append(f"{age:.1f} s, {conflicts:.1f}" + (f", **{lost:.1f} %**" if lost else ""))
        rows.append(cells)
    title = "The stream: age of an event when it is counted (p99), refused tries a transaction, **events given up**"
    table(title, ["events/s", *STREAMS], rows)


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


def sources_table(seed: int, numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
    for people in (1_000, 2_000, 3_000, 4_000, 6_000, 10_000):
        cells: list[str | float] = [f"{people:,}"]
        for mistyped in (0.03, MISTYPED, 0.12):
            failed, refused = sources(people, mistyped, seed)
            numbers[f"source.{people}.mistyped{mistyped * 100:.0f}.refused"] = refused
            cells.append(f"{show(failed)}, {show(refused)}")
        rows.append(cells)
    table(
        "All behind one address: sign-ins that failed, and that were not heard (429)",
        [
            "people",
            "3 in 100 mistype",
            "6",
            "12",
        ],
        rows,
    )


def days_table(numbers: Numbers) -> None:
    rows: list[list[str | float]] = []
    for people in SIZES:
        cells: list[str | float] = [f"{people:,}"]
        for what, days in (("team", 15), ("person", 31), ("top_users", 92)):
            size = people * days * 5 / 7 * DAY_BYTES
            pages, units = max(1, math.ceil(size / PAGE_BYTES)), size / UNIT_BYTES
            numbers |= {f"days.{people}.{what}.calls": float(pages), f"days.{people}.{what}.read_units": units}
            cells.append(f"{show(units)} in {pages}")
        rows.append(cells)
    for what, days in (("team", 15), ("person", 31), ("top_users", 92)):
        numbers[f"days.{what}.one_call_up_to_people"] = PAGE_BYTES / (days * 5 / 7 * DAY_BYTES)
    table(
        "Everybody's days: read units, and calls that wait for one another",
        [
            "people",
            "`/team`, 15 days",
            "`/team/people/{id}`, 31",
            "`/stats/top-users?days=90`, 92",
        ],
        rows,
    )


# Bytes of an item as it is billed, its overhead of a hundred included, and how many of it a person makes in a day.
ITEMS = {
    "event of a task": (550, 34.0),
    "entry": (400, 14.0),
    "entry by day": (400, 14.0),
    "task": (700, 3.0),
    "owner of a task": (350, 3.0),
    "account event": (450, 1.1),
    "day of the statistics": (DAY_BYTES + 100, 1.0),
}
PRICES = {
    "request": 1.00e-6,
    "edge": 1.00e-6,
    "read": 0.125e-6,
    "write": 0.625e-6,
    "call": 0.20e-6,
    "gbs": 0.0000133334,
    "log": 0.50,
    "gb": 0.25,
    "pitr": 0.20,
    "export": 0.10,
    "restore": 0.15,
    # What decision 20 measured, in all.
    "migrate": 0.10,
}


def table_size() -> tuple[float, float]:
    """Bytes of a mean item, and items that a person makes in a year."""
    a_day = sum(times for _, times in ITEMS.values())
    # A task lies in lsi1 as a whole too.
    return (sum(size * times for size, times in ITEMS.values()) + 700 * 3.0) / a_day, a_day * WORKDAYS


def collections_table(numbers: Numbers) -> None:
    own = (ITEMS["entry by day"][0] * ITEMS["entry by day"][1] + 2 * 700 * 3.0 + 450 * 1.1) * WORKDAYS
    # A task of 10,000 letters: twice eleven units in the table, eleven in lsi1; both copies count.
    a_second = WRITES / 33
    hours = PARTITION_BYTES / (a_second * 2 * 10_350) / 3600
    sums = ITEMS["day of the statistics"][0] * WORKDAYS
    numbers |= {
        "collection.person_mb_a_year": own / 1e6,
        "collection.person_years": PARTITION_BYTES / own,
        "collection.heavy_years": PARTITION_BYTES / own / 7,
        "collection.hammer_hours": hours,
        "collection.statistics_years_at_10000": PARTITION_BYTES / sums / 10_000,
    }
    table(
        "Until a partition key holds the 10 GB that lsi1 allows",
        ["key", "grows by", "full after"],
        [
            ["`USER#<uid>`", f"{own / 1e6:.1f} MB a year", f"{PARTITION_BYTES / own:,.0f} years"],
            [
                "… of who does seven times as much",
                f"{7 * own / 1e6:.1f} MB a year",
                f"{PARTITION_BYTES / own / 7:,.0f} years",
            ],
            [
                "… of a client that makes tasks of 10,000 letters, at 1,000 units a second",
                f"{a_second * 2 * 10_350 / 1e6:.2f} MB a second",
                f"{hours:.1f} hours",
            ],
            [
                "`STATISTICS#<0 or 1>`, 10,000 people",
                f"{sums * 10_000 / 1e6:,.0f} MB a year",
                f"{PARTITION_BYTES / sums / 10_000:,.0f} years",
            ],
        ],
    )


def order_table(mornings: list[Morning], numbers: Numbers) -> None:
    last = mornings[-1].people
    a_day = DAY_BYTES * 5 / 7
    names = ("busiest_minute_rps", "at_once_mean", "events_rps")
    rates = {name: numbers[f"monday.{last}.{name}"] / last for name in names}
    one = rates["at_once_mean"]
    at_once = (people for people in range(100, 10**7, 100) if most_at_once(people * one) > NEW_ACCOUNT)
    breaks = {
        "sign_ups": ("sign-ups from one address in an hour", SIGN_UPS + 1.0),
        "top_users_pages": ("`/stats/top-users?days=90` takes a second page", PAGE_BYTES / (92 * a_day)),
        "person_pages": ("`/team/people/{id}` takes a second page", PAGE_BYTES / (31 * a_day)),
        "team_pages": ("`/team` takes a second page", PAGE_BYTES / (15 * a_day)),
        "top_users_units": ("`/stats/top-users?days=90` reads 3,000 units", READS * UNIT_BYTES / (92 * a_day)),
        "person_units": ("`/team/people/{id}` reads 3,000 units", READS * UNIT_BYTES / (31 * a_day)),
        "stage": ("the stage's 100 requests a second, busiest minute", STAGE_RATE / rates["busiest_minute_rps"]),
        "new_account": ("a new account's ten environments, one moment in a thousand", float(next(at_once))),
        "consumer": ("the consumer: 100 events a second", 100 / rates["events_rps"]),
        "api_account": ("the account's 10,000 requests a second", 10_000 / rates["busiest_minute_rps"]),
        "lambda_account": ("Lambda's 1,000 at once", 1_000 / rates["at_once_mean"]),
    }
    numbers |= {f"breaks.{name}.people": people for name, (_, people) in breaks.items()}
    ordered = sorted(breaks.values(), key=lambda one: one[1])
    table("In which order", ["what", "from … people on"], [[what, round(people)] for what, people in ordered])


def operations_table(numbers: Numbers) -> None:
    items, (size, a_year) = 1e9, table_size()
    gigabytes = items * size / 1e9
    events = items * (34.0 + 1.1) * WORKDAYS / a_year
    tasks = items * 3.0 * WORKDAYS / a_year
    # A page of a thousand items; each sixteen events of it: which are marked, then the transaction.
    rebuild_hours = (items / 1000 * 0.030 + events / AT_ONCE * (READING + TRANSACTION)) / 3600
    # Neighbours in the table are the same task's: few people, some days.
    sums = events / AT_ONCE * (2 + 2 * 2 + 2 * 6 + 2 * LEFT_UNITS)
    rebuild_money = (gigabytes * 1e9 / UNIT_BYTES + events) * PRICES["read"] + (2 * events + sums) * PRICES["write"]
    sums_hours = sums / WRITES / 3600
    migrate_hours = 2 * (items / 200 * 0.012 + tasks / 8 * 2 * READING) / 3600
    numbers |= {
        "table.item_bytes": size,
        "table.items_a_person_year": a_year,
        "table.billion_gb": gigabytes,
        "table.partitions": math.ceil(gigabytes * 1e9 / PARTITION_BYTES),
        "table.years_at_10000": items / a_year / 10_000,
        "rebuild.events": events,
        "rebuild.hours": max(rebuild_hours, sums_hours),
        "rebuild.usd": rebuild_money,
        "rebuild.most_events_in_marked_days": events * MARKED_DAYS * 24 / max(rebuild_hours, sums_hours),
        "migrate.hours": migrate_hours,
    }
    table(
        "A billion items",
        ["act", "hours", "US$", "bound by"],
        [
            [
                "statistics made anew (`rebuild`), one transaction after the other",
                rebuild_hours,
                rebuild_money,
                "their latency",
            ],
            ["… the partition of the sums", sums_hours, "", "1,000 units a second"],
            [
                "a migration that touches each task (two walks)",
                migrate_hours,
                gigabytes * PRICES["migrate"],
                "200 items at a time",
            ],
            ["export to S3", "AWS's", gigabytes * PRICES["export"], "no units of the table"],
            ["restore to a moment", "AWS's", gigabytes * PRICES["restore"], "`PATIENCE` of `infra/restore`: 12 h"],
            ["storage, a month", "", gigabytes * PRICES["gb"], ""],
            ["point-in-time recovery, a month", "", gigabytes * PRICES["pitr"], ""],
        ],
    )


def money_table(numbers: Numbers) -> None:
    costs, days = cost_table(), 22
    times = DAY | {POLL: 180.0, LOOK: 1.0, LOGIN: 1.0, WRONG: MISTYPED}
    requests = sum(times.values()) * days
    read = sum(costs[route][0] * count for route, count in times.items()) * days
    written = sum(costs[route][1] * count for route, count in times.items()) * days
    events = sum(DAY[route] for route, (_, left) in COUNTED.items() if left >= 0) * days
    rows: list[list[str | float]] = []
    for people in SIZES:
        gigabytes = people * table_size()[0] * table_size()[1] / 1e9
        cells = {
            "API": people * requests * PRICES["request"],
            "CloudFront": max(0.0, people * requests - 10e6) * PRICES["edge"],
            "read": people * read * PRICES["read"],
            "written": people * written * PRICES["write"],
            "statistics": people * events * EVENT_UNITS * PRICES["write"],
            "functions": people * requests * (PRICES["call"] + REQUEST * PRICES["gbs"]),
            "log": people * requests * 1.6e-6 * PRICES["log"],
            "five years of items": 5 * gigabytes * (PRICES["gb"] + PRICES["pitr"]),
        }
        numbers |= {f"money.{people}.usd_a_month": sum(cells.values())}
        rows.append([f"{people:,}", *cells.values(), sum(cells.values())])
    table("US$ a month, list prices of docs/costs.md, beside what is paid anyway", ["people", *cells, "together"], rows)


# Checks --------------------------------------------------------------------------------------------------------------


def near(name: str, found: float, expected: float, part: float = 0.001) -> None:
    if abs(found - expected) > part * max(1.0, abs(expected)):
        raise SystemExit(f"{name}: {found}, where arithmetic says {expected}")
    print(f"ok  {name}: {show(found)}")


def check() -> None:
    costs = cost_table()
    if wrong := mismatches(costs):
        raise SystemExit("The split does not add up:\n" + "\n".join(wrong))
    print(f"ok  the split of {len(SPLIT)} routes adds up to the cost table, which has {len(costs)}")
    one = morning(100, 1, hammer=False)
    near("units asked are units placed", one.placed_units, one.asked_units)
    one_key = Load()
    for second in range(1_000):
        one_key.add(second, 0, 1_500, 300)
    # Of 1,500 a second a third is refused; saved up are 300,000, which last 600 seconds.
    near("refused, nothing saved up", one_key.refused_flat, 1_000 * 300 / 3)
    near("refused, 300 s saved up", one_key.refused_burst, (1_000 * 500 - 300_000 + 1_000) / 5, 0.02)
    again, other = morning(100, 1, hammer=False), morning(100, 2, hammer=False)
    near("the same seed gives the same", sum(again.requests), sum(one.requests), 0)
    if again.requests == other.requests:
        raise SystemExit("another seed gives the same")
    halves = Partitions(1)
    for second in range(200):
        halves.add(second, {f"USER#{number}": [0.0, 600.0, 100.0] for number in range(2)})
    near("two keys of 600 on one partition are split once", halves.splits, 1, 0)
    # For sixty seconds one call in six was refused, of two hundred.
    near("… and refuse nothing from then on", sum(load.refused_flat for load in halves.loads.values()), 60 * 200 / 6)
    alone = Partitions(1)
    for second in range(200):
        alone.add(second, {"STATISTICS#0": [0.0, 1_200.0, 100.0]})
    near("one key of 1,200 cannot be split", alone.splits, 0, 0)
    quiet = Stream(4, "quiet").run(4.0)
    near("a quiet stream gives nothing up", quiet.given_up, 0, 0)
    near("… and half of it is counted within window, poll and call", float(quantile(quiet.ages, 0.5) < 1.5), 1, 0)
    busy = Stream(64, "busy").run(4_000.0, 30.0)
    near("transactions on one item never pass one in 15 ms", float(busy.transactions <= 45 / TRANSACTION), 1, 0)
    left = sum(map(len, busy.queues))
    near("every event is counted, given up or still there", len(busy.ages) + busy.given_up, left, 0)
    near("rate times time at a mean of 4 is 11 at once, 99.9 %", most_at_once(4.0), 11, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the numbers go, as JSON")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        check()
        return
    if wrong := mismatches(cost_table()):
        raise SystemExit("The split does not add up to docs/data-model.md:\n" + "\n".join(wrong))
    numbers: Numbers = {}
    print(f"Seed {options.seed}.")
    size, a_year = table_size()
    mornings = [morning(people, options.seed, False, 5 * people * size * a_year) for people in SIZES]
    requests_table(mornings, numbers)
    keys_table(mornings[-1], numbers)
    hammer_table([morning(people, options.seed, True, 5 * people * size * a_year) for people in SIZES], numbers)
    sources_table(options.seed, numbers)
    days_table(numbers)
    stream_table(options.seed, numbers)
    collections_table(numbers)
    operations_table(numbers)
    money_table(numbers)
    order_table(mornings, numbers)
    numbers["sign_ups.an_hour_from_one_address"] = float(SIGN_UPS)
    if options.out:
        named = {f"scaling.{name}": value for name, value in numbers.items()}
        options.out.write_text(json.dumps(named, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
