"""Fills the tables of schema.sql for a measurement. What is in them is removed first.

    seed.py --dsn DSN [--people 1] [--tasks 3000] [--description 200]

Each person has so many tasks. The first person's id is always the same; that id, those of the person's tasks (newest
first) and, where BENCH_SECRET is set, a token of that person for a day are printed as one object of JSON.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import jwt

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STATUSES = ("todo", "in_progress", "done")
TEXT = (
    "check the release notes against what was merged, write down what is left, ask who reviews it, and say by when "
    "it can be done; measure before and after, and keep both figures beside the change"
)
PEOPLE = ("id", "username", "password_hash", "created_at")
TASKS = (
    "id", "user_id", "title", "description", "status", "estimate_minutes", "due_on", "total_minutes", "version",
    "created_at", "updated_at", "completed_at",
)  # fmt: skip
EVENTS = ("task_id", "version", "at", "by_id", "what", "was", "became")
# The form of an argon2id hash; nobody signs in with it.
HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "c2FsdHNhbHRzYWx0c2E" + "$" + "A" * 43

Row = tuple[UUID | str | int | date | datetime | None, ...]
Person = tuple[UUID, str, str, datetime]


def uuid7(at: datetime, chance: random.Random) -> UUID:
    milliseconds = int(at.timestamp() * 1000)
    high = milliseconds << 16 | 0x7000 | chance.getrandbits(12)
    return UUID(int=high << 64 | 0b10 << 62 | chance.getrandbits(62))


def text(length: int, chance: random.Random) -> str:
    known, words = TEXT.split(), list[str]()
    while sum(map(len, words)) + len(words) <= length:
        words.append(chance.choice(known))
    return " ".join(words)[:length].strip()


def people(count: int) -> list[Person]:
    # The same in every run: whoever measures can name the first without asking.
    chance = random.Random(1)
    return [(uuid7(FIRST, chance), f"person-{number}", HASH, FIRST) for number in range(count)]


def tasks(owner: UUID, count: int, length: int, chance: random.Random) -> Iterator[Row]:
    """Tasks of a person, oldest first, one a minute."""
    for number in range(count):
        at = FIRST + timedelta(minutes=number, milliseconds=chance.randrange(60_000))
        status = STATUSES[number % 3]
        due = (at + timedelta(days=chance.randrange(1, 30))).date() if chance.random() < 0.5 else None
        estimate = chance.randrange(15, 481, 15) if chance.random() < 0.7 else None
        yield (
            uuid7(at, chance), owner, f"Task {number}: {text(24, chance)}", text(length, chance), status, estimate, due,
            0, 1, at, at, at if status == "done" else None,
        )  # fmt: skip


def created(task: Row) -> Row:
    became = json.dumps({"title": task[2], "description": task[3], "status": task[4], "total_minutes": 0})
    return (task[0], 1, task[9], task[1], "created", "{}", became)


async def fill(dsn: str, persons: list[Person], count: int, length: int) -> list[str]:
    """Writes everything, and gives the ids of the first person's tasks, newest first."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("TRUNCATE people, tasks, task_events")
    await connection.copy_records_to_table("people", records=persons, columns=PEOPLE)
    chance = random.Random(2)
    first: list[str] = []
    for person in persons:
        made = list(tasks(person[0], count, length, chance))
        await connection.copy_records_to_table("tasks", records=made, columns=TASKS)
        await connection.copy_records_to_table("task_events", records=map(created, made), columns=EVENTS)
        first = first or [str(task[0]) for task in reversed(made)]
    # What a server that has run for a while has done: statistics, hint bits, and nothing left for the next checkpoint.
    await connection.execute("VACUUM (FREEZE, ANALYZE)")
    await connection.execute("CHECKPOINT")
    await connection.close()
    return first


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--dsn", required=True)
    arguments.add_argument("--people", type=int, default=1)
    arguments.add_argument("--tasks", type=int, default=3_000, help="of each person")
    arguments.add_argument("--description", type=int, default=200, help="characters")
    asked = arguments.parse_args()
    persons = people(asked.people)
    made = asyncio.run(fill(asked.dsn, persons, asked.tasks, asked.description))
    told: dict[str, str | list[str]] = {"person": str(persons[0][0]), "tasks": made}
    if secret := os.environ.get("BENCH_SECRET"):
        claims = {"sub": told["person"], "exp": int(time.time()) + 86_400}
        told["token"] = jwt.encode(claims, secret, algorithm="HS256")
    print(json.dumps(told))


main()
