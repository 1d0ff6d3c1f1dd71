"""The first pass: everything but what ends the session or the account that it is asked with."""

import requests
import schemathesis
from common import PASSWORD, ask, count, is_good, is_linked, make_good, sign_in, token_of

people = {name: ask("GET", "/auth/me", sign_in(name)).json()["id"] for name in ("ada", "ben")}
grace = sign_in("grace")


def task(token):
    return "/tasks/" + ask("POST", "/tasks", token, {"title": "Of a case"}).json()["id"]


def stop_timer(token):
    running = ask("GET", "/timer", token)
    if running.status_code == 200:
        ask("POST", f"/tasks/{running.json()['task_id']}/timer/stop", token)


def something(path, token):
    """What the path names, new for each case."""
    if path.startswith("/auth/users/"):
        return {"id": people["ben"]}
    if path.startswith("/auth/admin/invites/"):
        ask("POST", "/auth/admin/invites", grace)
        return {"id": ask("GET", "/auth/admin/invites?limit=1", grace).json()[0]["id"]}
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
        try:
            case.path_parameters.update(something(case.path, token))
        except requests.HTTPError as error:
            # The token was made up, too.
            if error.response.status_code != 401:
                raise
        if is_good(case, "header") and "If-Match" in case.headers and next(count) % 2:
            case.headers["If-Match"] = '"1"'
    body = case.body if isinstance(case.body, dict) and is_good(case, "body") else {}
    if "user_id" in body:
        body["user_id"] = people["ben" if next(count) % 2 else "ada"]
    if case.path.endswith("/timer/stop") and "minutes" in body:
        # It ran for less than a minute.
        body["minutes"] = 1
    if case.path == "/auth/login" and next(count) % 2:
        body.update({"username": "ada", "password": PASSWORD} if {"username", "password"} <= body.keys() else {})
    make_good(case)
