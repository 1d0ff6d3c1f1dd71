"""Where a route's units lie: its row of the cost table, split over the partition keys that it touches."""

from __future__ import annotations

from bill.inputs import read_units
from repository import read

# Where a route's units lie: partition keys as in shared/store/src/key.rs, with what is read and written there. `/n` is
# one of four shards, `*` is somebody else's, or each of the four. Each route must add up to its row of the cost table.
# Of a sign-in: session and event 4, the trail 1, and three counters are raised and given back. Of a new task: the task
# 2 and its place in lsi1 1, the owner's marker and the event 4, its place in gsi1 1. Of `/team`: the state of the
# statistics twice, four sums of each generation, the days of both.
SPLIT_TEXT = """\
GET /login: SETTINGS 1 0
POST /web/login:
    USER 2 4; gsi1 AUDIT/n 0 1; NAME 1 0; RATE pair 1 2; RATE name 0 2; RATE source 0 2; LEGACY_HASHES 1 0;
    SETTINGS 1 0
POST /web/login (wrong password):
    USER 2 2; gsi1 AUDIT/n 0 1; NAME 1 0; RATE pair 1 1; RATE name 0 1; RATE source 0 1; LEGACY_HASHES 1 0;
    SETTINGS 1 0
GET /web/tasks (30 tasks): USER 6 0
GET /dashboard (30 tasks): USER 8 0
GET /web/tasks/{id}: USER 3 0
GET /task/{id}: USER 4 0; TASK 2 0
POST /web/tasks: USER 2 3; TASK 0 4; gsi1 TASKS/n 0 1
POST /web/tasks/{id}: USER 3 3; TASK 0 2
POST /web/tasks/{id}/status: USER 4 4; TASK 0 2
POST /web/tasks/{id}/time: USER 3 5; TASK 0 4
POST /web/tasks/{id}/delete: USER 4 9; TASK 0 2; gsi1 TASKS/n 0 1
POST /web/tasks/{id}/timer/start: USER 4 4
POST /web/tasks/{id}/timer/stop: USER 4 7; TASK 0 4
GET /team: USER 3 0; USER * 1 0; STATISTICS 2 0; STATISTICS#0 5 0; STATISTICS#1 5 0
GET /team/people (6 people):
    USER 3 0; USER * 9 0; gsi1 USERS/* 2 0; STATISTICS 1 0; STATISTICS#0 6 0; STATISTICS#1 6 0
GET /team/tasks (25 of them): USER 3 0; USER * 27 0; gsi1 TASKS/* 2 0
GET /team/audit (an admin, a page): USER 3 0; USER * 41 0; gsi1 AUDIT/* 2 0
GET /team/people/{id} (looked at by an admin):
    USER 3 0; USER * 6 0; STATISTICS 1 0; STATISTICS#0 1 0; STATISTICS#1 1 0
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


def cost_table() -> dict[str, tuple[float, float]]:
    """Units read and written, by route, as docs/data-model.md says and tests/tests/units measures."""
    return {route: (units.read, units.written) for route, units in read_units(read("docs/data-model.md")).items()}


def mismatches(costs: dict[str, tuple[float, float]]) -> list[str]:
    """Routes whose split does not add up to what the cost table says."""
    wrong = []
    for route, parts in SPLIT.items():
        sums = (sum(read for read, _ in parts.values()), sum(written for _, written in parts.values()))
        if costs.get(route) != sums:
            wrong.append(f"{route}: split {sums}, table {costs.get(route)}")
    return wrong
