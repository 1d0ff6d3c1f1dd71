"""The simulation beside what arithmetic says."""

from __future__ import annotations

from growth.limits import Load, Partitions
from growth.morning import morning
from growth.split import SPLIT, cost_table, mismatches
from growth.stream import Stream
from growth.tables import most_at_once, quantile, show
from growth.taken import TRANSACTION


def near(name: str, found: float, expected: float, part: float = 0.001) -> None:
    """Ends the program where they differ by more than that part."""
    if abs(found - expected) > part * max(1.0, abs(expected)):
        raise SystemExit(f"{name}: {found}, where arithmetic says {expected}")
    print(f"ok  {name}: {show(found)}")


def check() -> None:
    """Ends the program at the first thing that is not as arithmetic says."""
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
