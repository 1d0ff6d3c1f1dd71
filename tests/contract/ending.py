"""The second pass: what ends sessions and accounts or changes for whom the instance is open, asked by somebody who is
made for the case and not needed afterwards."""

import requests
import schemathesis
from common import PASSWORD, ask, count, is_good, make_good, sign_in, sign_up, token_of

ADMINISTER = {"edit_person", "set_sign_up"}
root = sign_in("root")
ids = {}


def somebody():
    """A new account: its name and id."""
    name = f"t{next(count)}"
    try:
        return name, sign_up(name)
    except requests.HTTPError:
        # A case before this one closed the instance.
        ask("PUT", "/auth/admin/sign-up", root, {"mode": "open"})
        return name, sign_up(name)


@schemathesis.auth(refresh_interval=None)
class Fresh:
    """A session of a new person for each case."""

    def get(self, case, context):
        name, id = somebody()
        if case.operation.definition.raw["operationId"] in ADMINISTER:
            ask("PATCH", f"/auth/users/{id}", root, {"is_admin": True})
        token = sign_in(name)
        ids[token] = id
        return token

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    token, operation = token_of(case), case.operation.definition.raw["operationId"]
    # One in four keeps an id that names nothing, and a password that is not the right one.
    right = next(count) % 4
    if token in ids and is_good(case, "path") and right:
        if operation == "edit_person":
            case.path_parameters["id"] = ids[token] if right == 1 else somebody()[1]
        if operation == "end_session":
            case.path_parameters["id"] = ask("GET", "/auth/sessions", token).json()[0]["id"]
    body = case.body if isinstance(case.body, dict) and is_good(case, "body") else {}
    if operation == "reset_password" and "code" in body:
        body["code"] = ask("POST", f"/auth/users/{somebody()[1]}/password-reset", root).json()["code"]
    for field in ("password", "current_password"):
        if field in body and right:
            body[field] = PASSWORD
    make_good(case)
