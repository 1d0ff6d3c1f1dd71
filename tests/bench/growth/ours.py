"""Limits that are our own, and prices: read where they are set, so that none is written down twice."""

from __future__ import annotations

import json
import math

from bill.inputs import PRICES
from repository import only

TEMPLATE, RATE, STATISTICS = "infra/template.yaml", "shared/domain/src/rate.rs", "shared/store/src/statistics.rs"
CALL, KEY, REBUILD = "shared/store/src/call.rs", "shared/store/src/key.rs", "shared/store/src/statistics/rebuild.rs"
MIGRATIONS, STEPS = "shared/store/src/migrations.rs", "infra/migrate/src/steps.rs"

# Requests a second that the stage lets through for everybody together, and how many of them at once.
STAGE_RATE = float(*only(r"^        ThrottlingRateLimit: (\d+)$", TEMPLATE))
STAGE_BURST = float(*only(r"^        ThrottlingBurstLimit: (\d+)$", TEMPLATE))
# Failed sign-ins of one address in so many minutes, and its sign-ups in an hour.
SOURCE_TRIES, source_minutes = only(r"^            sign_in_source: limit\((\d+), (\d+), false\),$", RATE)
SOURCE_WINDOW = source_minutes * 60
(SIGN_UPS,) = only(r"^            sign_up_source: limit\((\d+), 60, false\),$", RATE)
# The stream's consumer: events of a batch, seconds until one that is not full is handed over, how often it is handed
# over in all, and events of one transaction.
(BATCH,) = only(r"^            BatchSize: (\d+)$", TEMPLATE)
BATCH_WINDOW = float(*only(r"^            MaximumBatchingWindowInSeconds: (\d+)$", TEMPLATE))
(retries,) = only(r"^            MaximumRetryAttempts: (-?\d+)$", TEMPLATE)
BATCH_TRIES = 1 + retries if retries >= 0 else math.inf
(AT_ONCE,) = only(r"^const AT_ONCE: usize = (\d+);$", STATISTICS)
# A transaction that meets another: seconds in which it is tried again, the first pause and the longest, and how often
# a pause is doubled.
BUDGET = only(r"^const BUDGET_MS: i64 = ([\d_]+);$", CALL)[0] / 1000
(most_ms,) = only(r"^const PAUSE_MS: u64 = (\d+);$", CALL)
first_ms, MOST_DOUBLINGS = only(
    r"^        let most = \((\d+)_u64 << attempt\.min\((\d+)\)\)\.min\(longest_ms\);$", CALL
)
PAUSE, MOST_PAUSE = first_ms / 1000, most_ms / 1000
# Days that the marks of counted events live.
(MARKED_DAYS,) = only(r"^const MARKED_DAYS: i64 = (\d+);$", STATISTICS)
# Partitions of each list that all share.
(SHARDS,) = only(r"^    pub\(crate\) const SHARDS: u128 = (\d+);$", KEY)
# Items that `rebuild` reads at once; those of a migration, and how many of them it changes at the same time.
(REBUILT,) = only(r"^const PAGE: i32 = ([\d_]+);$", REBUILD)
(MIGRATED,) = only(r"^const PAGE: usize = ([\d_]+);$", STEPS)
(CHANGED,) = only(r"^const AT_ONCE: usize = (\d+);$", MIGRATIONS)
# Seconds that `infra/restore` waits for a table.
PATIENCE = only(r"^PATIENCE = (\d+) \* 3600$", "infra/restore")[0] * 3600

MONEY = json.loads(PRICES.read_text(encoding="utf-8"))
WORKDAYS_A_MONTH = MONEY["days"]
# Times a day that a page in use asks by itself.
POLLS = float(sum(habit["times"] for habit in MONEY["habits"] if habit["kind"] == "poll"))
# Units that are written for an event that is counted alone, and bytes of log for a request, as docs/costs.md has them.
EVENT_UNITS = float(MONEY["assumed"]["statistics_units"]["value"])
LOG_BYTES = float(MONEY["assumed"]["log_bytes"]["value"])
# Requests that CloudFront passes on for nothing each month.
FREE_REQUESTS = float(MONEY["free"]["front_requests"]["amount"])


def usd(name: str, amount: float = 1.0) -> float:
    """What an amount costs by the list price of prices.json, in its unit; nothing is free."""
    price = MONEY["prices"][name]
    return float(amount * price["usd"] / price["per"])
