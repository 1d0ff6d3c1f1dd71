#!/usr/bin/env python3
"""Where SprintSync breaks first as a team and its table grow: a simulation with nothing running.

    tests/bench/scaling.py [--out FILE] [--seed N]   prints tables, writes their numbers
    tests/bench/scaling.py --update                  writes the tables into docs/scaling.md
    tests/bench/scaling.py --check                   compares the simulation with what arithmetic says, and fails where
                                                     docs/scaling.md says something else

It draws people and two hours of their Monday, 08:30 to 10:30, splits what each route costs (docs/data-model.md) over
the partitions that it touches, and lets DynamoDB's, API Gateway's and our own limits answer. docs/scaling.md has the
results, and where each figure comes from. What is assumed stands in growth/taken.py; our own limits are read where they
are set (growth/ours.py). It takes some fifty seconds of CPU, with --check as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from growth.checks import check
from growth.morning import morning
from growth.order import order_table
from growth.ours import SIGN_UPS
from growth.split import cost_table, mismatches
from growth.tables import Numbers, Table, hammer_table, keys_table, requests_table, sources_table, stream_table
from growth.taken import SIZES
from growth.years import collections_table, days_table, money_table, operations_table, table_size
from repository import ROOT, filled

PAGE = ROOT / "docs/scaling.md"
# What the page was made with.
SEED = 1


def tables(seed: int, numbers: Numbers) -> dict[str, Table]:
    """What stands in docs/scaling.md, by the name of its place there; their figures are added to `numbers`."""
    size, a_year = table_size()
    quiet, hammered = (
        [morning(people, seed, hammer, 5 * people * size * a_year) for people in SIZES] for hammer in (False, True)
    )
    made = {
        "requests": requests_table(quiet, numbers),
        "keys": keys_table(quiet[-1], numbers),
        "client": hammer_table(hammered, numbers),
        "address": sources_table(seed, numbers),
        "days": days_table(numbers),
        "stream": stream_table(seed, numbers),
        "collections": collections_table(numbers),
        "billion": operations_table(numbers),
        "money": money_table(numbers),
        "order": order_table(quiet[-1].people, numbers),
    }
    numbers["sign_ups.an_hour_from_one_address"] = float(SIGN_UPS)
    return made


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Where SprintSync breaks first as a team and its table grow.")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the numbers go, as JSON")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--update", action="store_true", help="write the tables into docs/scaling.md")
    parser.add_argument("--check", action="store_true", help="fail where docs/scaling.md says something else")
    given = parser.parse_args()
    if given.seed != SEED and (given.update or given.check):
        parser.error(f"the page is made with seed {SEED}")
    return given


def main() -> int:
    given = arguments()
    if wrong := mismatches(cost_table()):
        raise SystemExit("The split does not add up to docs/data-model.md:\n" + "\n".join(wrong))
    if given.check:
        check()
    numbers: Numbers = {}
    made = tables(given.seed, numbers)
    if given.check or given.update:
        page = PAGE.read_text(encoding="utf-8")
        new = filled(page, {name: table.text() for name, table in made.items()}, "scaling", "docs/scaling.md")
    if given.check:
        said = "docs/scaling.md says something else: tests/bench/scaling.py --update"
        print(
            said if new != page else "ok  docs/scaling.md says what is reckoned",
            file=sys.stderr if new != page else sys.stdout,
        )
        return 1 if new != page else 0
    if given.update:
        PAGE.write_text(new, encoding="utf-8")
    if given.out:
        named = {f"scaling.{name}": value for name, value in numbers.items()}
        given.out.write_text(json.dumps(named, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"Seed {given.seed}.")
    for table in made.values():
        print(f"\n### {table.title}\n\n{table.text()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
