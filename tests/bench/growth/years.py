"""Tables of what grows over years, by arithmetic alone; and the order in which limits are met."""

from __future__ import annotations

import math

from growth.ours import (
    AT_ONCE,
    CHANGED,
    EVENT_UNITS,
    FREE_REQUESTS,
    LOG_BYTES,
    MARKED_DAYS,
    MIGRATED,
    PATIENCE,
    POLLS,
    REBUILT,
    WORKDAYS_A_MONTH,
    usd,
)
from growth.split import cost_table
from growth.tables import Numbers, Row, Table, show
from growth.taken import (
    COUNTED,
    DAY,
    DAY_BYTES,
    ITEMS,
    LEFT_UNITS,
    LOGIN,
    LOOK,
    MIGRATED_GB,
    MISTYPED,
    PAGE_BYTES,
    PARTITION_BYTES,
    POLL,
    READING,
    REQUEST,
    SIZES,
    TRANSACTION,
    UNIT_BYTES,
    WORKDAYS,
    WRITES,
    WRONG,
)


def days_table(numbers: Numbers) -> Table:
    """What it takes to read everybody's days, for each size of team."""
    rows: list[Row] = []
    for people in SIZES:
        cells: Row = [f"{people:,}"]
        for what, days in (("team", 15), ("top_users", 92)):
            size = people * days * 5 / 7 * DAY_BYTES
            pages, units = max(1, math.ceil(size / PAGE_BYTES)), size / UNIT_BYTES
            numbers |= {f"days.{people}.{what}.calls": float(pages), f"days.{people}.{what}.read_units": units}
            cells.append(f"{show(units)} in {pages}")
        rows.append(cells)
    for what, days in (("team", 15), ("top_users", 92)):
        numbers[f"days.{what}.one_call_up_to_people"] = PAGE_BYTES / (days * 5 / 7 * DAY_BYTES)
    return Table(
        "Everybody's days: read units, and calls that wait for one another",
        [
            "people",
            "`/team`, 15 days",
            "`/stats/top-users?days=90`, 92",
        ],
        rows,
    )


def table_size() -> tuple[float, float]:
    """Bytes of a mean item, and items that a person makes in a year."""
    a_day = sum(times for _, times in ITEMS.values())
    # A task lies in lsi1 as a whole too.
    return (sum(size * times for size, times in ITEMS.values()) + 700 * 3.0) / a_day, a_day * WORKDAYS


def collections_table(numbers: Numbers) -> Table:
    """How long it takes until a key is full."""
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
    return Table(
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


def operations_table(numbers: Numbers) -> Table:
    """What it takes to go over a table of a billion items."""
    items, (size, a_year) = 1e9, table_size()
    gigabytes = items * size / 1e9
    events = items * (34.0 + 1.1) * WORKDAYS / a_year
    tasks = items * 3.0 * WORKDAYS / a_year
    # A page of a thousand items; each sixteen events of it: which are marked, then the transaction.
    rebuild_hours = (items / REBUILT * 0.030 + events / AT_ONCE * (READING + TRANSACTION)) / 3600
    # Neighbours in the table are the same task's: few people, some days.
    sums = events / AT_ONCE * (2 + 2 * 2 + 2 * 6 + 2 * LEFT_UNITS)
    rebuild_money = (gigabytes * 1e9 / UNIT_BYTES + events) * usd("read_units") + (2 * events + sums) * usd(
        "write_units"
    )
    sums_hours = sums / WRITES / 3600
    migrate_hours = 2 * (items / MIGRATED * 0.012 + tasks / CHANGED * 2 * READING) / 3600
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
    return Table(
        "A billion items",
        ["act", "hours", "US$", "bound by"],
        [
            [
                f"statistics rebuilt (`rebuild`): {events / AT_ONCE / 1e6:.0f} million transactions, "
                "one after the other",
                rebuild_hours,
                rebuild_money,
                "their latency",
            ],
            ["… the same, as the partition of the sums allows", sums_hours, "", f"{WRITES:,.0f} units a second"],
            [
                "a migration that touches each task, two walks",
                migrate_hours,
                gigabytes * MIGRATED_GB,
                f"{MIGRATED} items at a time, {CHANGED} of them at once",
            ],
            ["export to S3 (AWS's own)", "AWS's", gigabytes * usd("table_export_gb"), "nothing of the table"],
            [
                "restore to a moment (AWS's own)",
                "AWS's",
                gigabytes * usd("table_restore_gb"),
                f"`PATIENCE` of `infra/restore`: {PATIENCE // 3600} h; then `--table` goes on",
            ],
            ["storage, a month", "", gigabytes * usd("table_gb"), ""],
            ["point-in-time recovery, a month", "", gigabytes * usd("table_backup_gb"), ""],
        ],
    )


def money_table(numbers: Numbers) -> Table:
    """What is paid for use, for each size of team."""
    costs, days = cost_table(), WORKDAYS_A_MONTH
    times = DAY | {POLL: POLLS, LOOK: 1.0, LOGIN: 1.0, WRONG: MISTYPED}
    requests = sum(times.values()) * days
    read = sum(costs[route][0] * count for route, count in times.items()) * days
    written = sum(costs[route][1] * count for route, count in times.items()) * days
    events = sum(DAY[route] for route, (_, left) in COUNTED.items() if left >= 0) * days
    rows: list[Row] = []
    for people in SIZES:
        gigabytes = people * table_size()[0] * table_size()[1] / 1e9
        cells = {
            "API": people * requests * usd("api_requests"),
            "CloudFront": max(0.0, people * requests - FREE_REQUESTS) * usd("front_requests"),
            "read": people * read * usd("read_units"),
            "written": people * written * usd("write_units"),
            "statistics": people * events * EVENT_UNITS * usd("write_units"),
            "functions": people * requests * (usd("function_calls") + REQUEST * usd("function_gb_seconds")),
            "log": people * requests * LOG_BYTES / 1e9 * usd("log_gb"),
            "five years of items": 5 * gigabytes * (usd("table_gb") + usd("table_backup_gb")),
        }
        numbers |= {f"money.{people}.usd_a_month": sum(cells.values())}
        rows.append([f"{people:,}", *cells.values(), sum(cells.values())])
    return Table(
        "US$ a month, list prices of docs/costs.md, beside what is paid anyway", ["people", *cells, "together"], rows
    )
