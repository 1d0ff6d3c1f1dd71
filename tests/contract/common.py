"""What both passes share: calling the instance, and what a description cannot say of a request that is good.

A description says which shape a request has. Whether one of that shape is taken depends on more: an id must name
something that is there, a password must not be easy to guess, time is not logged for the future. What was made to fit
the description is made really good here before it is sent; what was made not to fit it goes out as it is.
"""

import datetime
import itertools
import os
import re
import zoneinfo

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

URL = os.environ["SPRINTSYNC_URL"]
PASSWORD = "three quiet otters paddle"
TODAY = datetime.datetime.now(datetime.UTC).date()
# What the database of time zones holds beside places.
NO_PLACES = {"Factory", "localtime", "posixrules"}

# What the domain trims, and how long the trimmed text may be.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
TRIMMED = {"title": 200, "note": 500}

count = itertools.count(1)
session = requests.Session()

zones = sorted(zone for zone in zoneinfo.available_timezones() - NO_PLACES if not zone.startswith(("posix/", "right/")))
schemathesis.openapi.format("iana-time-zone", st.sampled_from(zones))
schemathesis.openapi.format("date", st.dates(datetime.date(1970, 1, 1), TODAY).map(datetime.date.isoformat))


def ask(method, path, token=None, body=None):
    """Asks the instance; what it answers must be well."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = session.request(method, URL + path, headers=headers, json=body, timeout=60)
    response.raise_for_status()
    return response


def sign_up(name):
    return ask("POST", "/auth/signup", body={"username": name, "password": PASSWORD}).json()["id"]


def sign_in(name):
    return ask("POST", "/auth/login", body={"username": name, "password": PASSWORD}).json()["access_token"]


def token_of(case):
    """The token that a case shows, if any."""
    shown = (case.headers or {}).get("Authorization", "")
    return shown.removeprefix("Bearer ") or None


def is_good(case, place):
    """Whether this part of a request was made to fit the description."""
    return case.meta is None or not case.meta.is_negative_at(ParameterLocation(place))


def is_linked(case):
    """Whether a case follows from an answer before it: then its ids are of that answer."""
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def next_page(case):
    """The cursor of the second page of the list that a case asks for, if there is one."""
    kept = {name: value for name, value in case.query.items() if name not in ("limit", "cursor")}
    headers = {"authorization": f"Bearer {token_of(case)}"}
    response = session.get(URL + case.formatted_path, params=kept | {"limit": 1}, headers=headers, timeout=60)
    found = re.search(r"cursor=([^&>]+)", response.headers.get("link", ""))
    return found and found[1]


def make_good(case):
    for name, value in (case.path_parameters or {}).items():
        # API Gateway ends the path at a question mark, however it is written: that would be another address.
        if isinstance(value, str):
            case.path_parameters[name] = value.replace("?", "!").replace("%3F", "!")
    for name in ("If-Match", "If-None-Match"):
        # Where schemathesis finds no text of this pattern, to try the bounds of something else, it takes an empty one.
        if name in case.headers and not case.headers[name]:
            case.headers[name] = '"1"'
    for name, most in TRIMMED.items():
        text = case.body.get(name) if isinstance(case.body, dict) else None
        # The space around it does not count, and CR LF is one break, which `maxLength` cannot say: a text is too long
        # only without them.
        if isinstance(text, str) and len(text) > most:
            case.body[name] = text.replace("\r\n", " ").strip(SPACE)
    body = case.body if isinstance(case.body, dict) and is_good(case, "body") else {}
    if "new_password" in body:
        body["new_password"] = f"seven loud herons dance {next(count)}"
    if case.operation.definition.raw.get("operationId") == "sign_up" and "username" in body:
        body["password"] = f"seven loud herons dance {next(count)}"
        body["username"] = f"{body['username'][:24]}.{next(count)}"
    if "worked_on" in body:
        body["worked_on"] = min(body["worked_on"], TODAY.isoformat())
    headers = case.headers if is_good(case, "header") else {}
    if "Idempotency-Key" in headers:
        # The same key for another request is refused.
        headers["Idempotency-Key"] = f"{headers['Idempotency-Key'][:50]}.{next(count)}"
    query = case.query if is_good(case, "query") else {}
    if query.get("from", "") > query.get("to", "9999"):
        query["from"], query["to"] = query["to"], query["from"]
    if "cursor" in query:
        cursor = next_page(case) if token_of(case) else None
        if cursor:
            query["cursor"] = cursor
        else:
            del query["cursor"]
