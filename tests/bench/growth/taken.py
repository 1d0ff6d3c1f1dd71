"""What is taken: AWS's quotas, and what is assumed of people and of sizes. Nothing of it was measured."""

from __future__ import annotations

SIZES = (10, 100, 1_000, 10_000)

# DynamoDB: units a partition gives in a second, seconds of them that it saves up, and the bytes that it holds.
READS, WRITES, SAVED, PARTITION_BYTES = 3_000.0, 1_000.0, 300, 10 * 1024**3
# A new on-demand table gives 12,000 read and 4,000 write units, which is four partitions.
FIRST_PARTITIONS = 4
# Seconds over its limit after which a partition is split. AWS names no figure.
HEATED = 60

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
    "GET /team/audit (an admin, a page)": 1.0,
    "GET /team/people/{id} (looked at by an admin)": 3.0,
}
POLL, LOOK = "GET /web/tasks (30 tasks)", "GET /login"
LOGIN, WRONG = "POST /web/login", "POST /web/login (wrong password)"

# What grows with people and days, which no row of the cost table shows: days that a route reads of everybody, and the
# bytes of one (shared/store/src/statistics.rs: some seven thousand fill a megabyte); and days of one person alone.
READ_DAYS = {"GET /team": 15}
OWN_DAYS = {"GET /team/people/{id} (looked at by an admin)": 31}
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
# US$ for each GB that a migration walks: what decision 20 measured, in all.
MIGRATED_GB = 0.10
