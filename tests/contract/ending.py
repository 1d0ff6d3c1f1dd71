"""The second pass: what ends sessions and accounts or changes for whom the instance is open, asked by somebody who is
made for the case and not needed afterwards."""

import requests
import schemathesis
from common import PASSWORD, ask, count, is_good, make_good, sign_in, sign_up, token_of

ADMINISTER = {"edit_person", "set_sign_up"}
# Stands for the token of whoever is made for a case: cases are made long before they are sent.
TO_BE_MADE = "to-be-made"
grace = sign_in("grace")
# Who is not spent yet, by whether they administer: token and id.
waiting = {}


def sign_up_anew():
    """A new account: its name and id."""
    name = f"case-{next(count)}"
    try:
        return name, sign_up(name)
    except requests.HTTPError:
        # A case before this one closed the instance.
        ask("PUT", "/auth/admin/sign-up", grace, {"mode": "open"})
        return name, sign_up(name)


def somebody(administers):
    """The token and id of somebody whom no case has ended or changed yet."""
    if administers not in waiting:
        name, id = sign_up_anew()
        if administers:
            ask("PATCH", f"/auth/users/{id}", grace, {"is_admin": True})
        waiting[administers] = sign_in(name), id
    return waiting[administers]


@schemathesis.auth(refresh_interval=None)
class Fresh:
    """A session of a new person for each case that ends or changes something."""

    def get(self, case, context):
        return TO_BE_MADE

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code < 300:
        waiting.clear()


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw["operationId"]
    token = token_of(case)
    if token == TO_BE_MADE:
        token, id = somebody(operation in ADMINISTER)
        case.headers["Authorization"] = f"Bearer {token}"
    else:
        id = None
    # One in four keeps an id that names nothing, and a password that is not the right one.
    right = next(count) % 4
    if id and is_good(case, "path") and right:
        if operation == "edit_person":
            case.path_parameters["id"] = id if right == 1 else sign_up_anew()[1]
        if operation == "end_session":
            case.path_parameters["id"] = ask("GET", "/auth/sessions", token).json()[0]["id"]
    body = case.body if isinstance(case.body, dict) and is_good(case, "body") else {}
    if operation == "reset_password" and "code" in body:
        body["code"] = ask("POST", f"/auth/users/{sign_up_anew()[1]}/password-reset", grace).json()["code"]
    for field in ("password", "current_password"):
        if field in body and right:
            body[field] = PASSWORD
    make_good(case)
