"""The first pass: everything but what ends the session or the account that it is asked with."""

import schemathesis
from common import ask, count, is_good, is_linked, make_good, sign_in, token_of

people = {}


def person(name):
    """The id of somebody in people.json."""
    if name not in people:
        people[name] = ask("GET", "/auth/me", sign_in(name)).json()["id"]
    return people[name]


def task(token):
    return "/tasks/" + ask("POST", "/tasks", token, {"title": "Of a case"}).json()["id"]


def stop_timer(token):
    running = ask("GET", "/timer", token)
    if running.status_code == 200:
        ask("POST", f"/tasks/{running.json()['task_id']}/timer/stop", token)


def something(path, token):
    """What the path names, made anew for the case."""
    if path.startswith("/auth/users/"):
        return {"id": person("ben")}
    if path.startswith("/auth/admin/invites/"):
        ask("POST", "/auth/admin/invites", token)
        return {"id": ask("GET", "/auth/admin/invites?limit=1", token).json()[0]["id"]}
    made = task(token)
    named = {"id": made.removeprefix("/tasks/")}
    if path.endswith("/restore"):
        ask("DELETE", made, token)
    elif path.endswith("/reversal"):
        named["entry"] = ask("POST", f"{made}/time", token, {"minutes": 5}).json()["id"]
    elif path.endswith("/timer/start"):
        stop_timer(token)
    elif path.endswith("/timer/stop"):
        stop_timer(token)
        ask("POST", f"{made}/timer/start", token)
    return named


@schemathesis.hook
def before_call(context, case, kwargs):
    token = token_of(case)
    # One in four keeps an id that names nothing.
    if token and case.path_parameters and is_good(case, "path") and not is_linked(case) and next(count) % 4:
        case.path_parameters.update(something(case.path, token))
        if is_good(case, "header") and "If-Match" in case.headers and next(count) % 2:
            case.headers["If-Match"] = '"1"'
    body = case.body if isinstance(case.body, dict) and is_good(case, "body") else {}
    if "user_id" in body:
        body["user_id"] = person("ben" if next(count) % 2 else "ada")
    make_good(case)
