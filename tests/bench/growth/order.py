"""The order in which limits are met as a team grows, and what to do about each."""

from __future__ import annotations

from dataclasses import dataclass

from growth.ours import SIGN_UPS, STAGE_RATE
from growth.tables import CROWDS, SLIPS, Numbers, Row, Table, crowd, most_at_once
from growth.taken import DAY_BYTES, HAMMER_RATE, MISTYPED, NEW_ACCOUNT, PAGE_BYTES, READS, UNIT_BYTES


@dataclass(frozen=True)
class Limit:
    """From how many people on something happens, where it is decided, and what to do; `said` in place of a number."""

    people: float
    what: str
    where: str
    cure: str
    said: str = ""


def limits_of(people: int, numbers: Numbers) -> dict[str, Limit]:
    """Each by its name among the figures, from a morning of so many people."""
    names = ("busiest_minute_rps", "at_once_mean", "events_rps")
    minute, at_once, events = (numbers[f"monday.{people}.{name}"] / people for name in names)
    tries = range(100, 10**7, 100)
    # Bytes of the days that everybody adds in a day.
    a_day = DAY_BYTES * 5 / 7
    top_users = "`/stats/top-users?days=90`"
    stage, quota = "`ThrottlingRateLimit`", "the account's quota"
    return {
        "sign_ups": Limit(
            SIGN_UPS + 1.0,
            f"of a room that signs up together, one more than {SIGN_UPS} waits up to an hour",
            "`sign_up_source` in `shared/domain/src/rate.rs`",
            "give the try back where an invite was good ([below](#what-to-change-and-when))",
        ),
        "top_users_pages": Limit(
            PAGE_BYTES / (92 * a_day),
            f"{top_users}: a second page, one call after the other (with the usual 7 days: "
            f"{crowd(PAGE_BYTES / (9 * a_day))})",
            "`Store::days` in `shared/store/src/statistics.rs`",
            "sums by week",
        ),
        "team_pages": Limit(
            PAGE_BYTES / (15 * a_day),
            "`/team`: a second page",
            "`functions/web/src/team/overview.rs`",
            "everybody's day as one item",
        ),
        "top_users_units": Limit(
            READS * UNIT_BYTES / (92 * a_day),
            f"one look at {top_users} takes {READS:,.0f} units of one partition at once",
            "`Store::days`",
            "the same",
        ),
        "team_units": Limit(
            READS * UNIT_BYTES / (15 * a_day),
            "one look at `/team` takes as many",
            "`functions/web/src/team/overview.rs`",
            "the same",
        ),
        "stage": Limit(
            STAGE_RATE / minute,
            f"the busiest minute of a Monday meets the stage's throttle, {STAGE_RATE:.0f} a second",
            stage,
            "a parameter",
        ),
        "new_account": Limit(
            float(next(people for people in tries if most_at_once(people * at_once) > NEW_ACCOUNT)),
            f"a new account's {NEW_ACCOUNT} environments are too few, one moment in a thousand",
            quota,
            "ask AWS (Service Quotas, Lambda, Concurrent executions)",
        ),
        "consumer": Limit(
            100 / events,
            "100 events a second: the consumer of the stream meets itself at the sums",
            "`statistics_partition` in `shared/store/src/key.rs`",
            "sums in 16 places",
        ),
        "api_account": Limit(10_000 / minute, "API Gateway's 10,000 requests a second", quota, "ask AWS"),
        "lambda_account": Limit(1_000 / at_once, "Lambda's 1,000 at once", quota, "ask AWS"),
    }


def one_client(numbers: Numbers) -> Limit:
    """What a script does, at any size."""
    share = numbers["hammer.100.others_refused_percent"]
    return Limit(
        0,
        f"one client that asks {HAMMER_RATE} times a second uses the stage's throttle up, which knows no client from "
        f"another: {share:.0f} in 100 of everybody's requests are 429",
        "`ThrottlingRateLimit` in `infra/template.yaml`",
        "a rate rule by address in a web ACL before the front (some 6 US$ a month)",
        "any",
    )


def one_address(numbers: Numbers) -> Limit:
    """Where colleagues' typing errors keep others out: with as many errors as are thought of, and with those taken."""
    first = [
        next(people for people in CROWDS if numbers[f"source.{people}.mistyped{slips * 100:.0f}.refused"])
        for slips in (max(SLIPS), MISTYPED)
    ]
    return Limit(
        first[0],
        "on a Monday, colleagues' typing errors keep others out for minutes",
        "`sign_in_source` in `shared/domain/src/rate.rs`",
        "a parameter",
        f"{first[0]:,} to {first[1]:,} behind one address",
    )


def order_table(people: int, numbers: Numbers) -> Table:
    """From a morning of so many people; it must come after the tables of requests, clients and addresses."""
    limits = limits_of(people, numbers)
    numbers |= {f"breaks.{name}.people": limit.people for name, limit in limits.items()}
    ordered = sorted([one_client(numbers), one_address(numbers), *limits.values()], key=lambda limit: limit.people)
    rows: list[Row] = [[limit.said or crowd(limit.people), limit.what, limit.where, limit.cure] for limit in ordered]
    return Table("In which order", ["from … people on", "what happens", "where", "what to do"], rows)
