"""The Python baseline: four of SprintSync's routes on FastAPI, asyncpg and PostgreSQL, in the same JSON.

    BENCH_DSN=$(tests/bench/postgres start FOLDER)      where PostgreSQL is
    BENCH_SECRET=...                                    signs tokens (HS256) and cursors
    BENCH_POOL=10                                       connections of each process, if not ten
    cd tests/bench/python && ../../../.tools/bench/bin/uvicorn app:app --loop uvloop --http httptools \
        --host 127.0.0.1 --port PORT --log-level warning --no-access-log [--workers 2]

It is written as a team would that cares for speed: no ORM, prepared statements, one statement for each effect, no
query between two requests on a connection. Left out, all of it in the baseline's favour: sessions that end at once when
one signs out, `Idempotency-Key`, the filter by status, minutes worked, an administrator's way to others' tasks,
compression, the line that SprintSync logs of each request, and the headers that protect a browser.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET = os.environ["BENCH_SECRET"].encode()
DSN = os.environ["BENCH_DSN"]
POOL = int(os.environ.get("BENCH_POOL", "10"))

FIELDS = (
    "id, title, description, status, estimate_minutes, due_on, total_minutes, user_id, version,"
    " created_at, updated_at, completed_at"
)
PERSON = "SELECT id, username, is_admin, disabled FROM people WHERE id = $1"
ONE = f"SELECT {FIELDS} FROM tasks WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"
FIRST_PAGE = f"""
    SELECT {FIELDS} FROM tasks WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2
"""
NEXT_PAGE = f"""
    SELECT {FIELDS} FROM tasks WHERE user_id = $1 AND deleted_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $2
"""
CREATE = f"""
    WITH made AS (
        INSERT INTO tasks (id, user_id, title, description, status, estimate_minutes, due_on, completed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $5 = 'done' THEN now() END)
        RETURNING {FIELDS}
    ), told AS (
        INSERT INTO task_events (task_id, version, at, by_id, what, was, became)
        SELECT id, version, created_at, user_id, 'created', '{{}}', jsonb_strip_nulls(jsonb_build_object(
            'title', title, 'description', description, 'status', status, 'estimate_minutes', estimate_minutes,
            'due_on', due_on, 'total_minutes', total_minutes))
        FROM made
    )
    SELECT {FIELDS} FROM made
"""
# No row, where there is nothing to change: no such task, another version, or the status that it has.
MOVE = f"""
    WITH before AS (
        SELECT id AS task_id, status AS was FROM tasks
        WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
    ), moved AS (
        UPDATE tasks SET
            status = $3,
            version = version + 1,
            updated_at = greatest(now(), updated_at),
            completed_at = CASE WHEN $3 = 'done' THEN greatest(now(), updated_at) END
        FROM before
        WHERE id = task_id AND status <> $3 AND ($4::bigint[] IS NULL OR version = ANY ($4))
        RETURNING {FIELDS}, was
    ), told AS (
        INSERT INTO task_events (task_id, version, at, by_id, what, was, became)
        SELECT id, version, updated_at, user_id, 'edited',
            jsonb_build_object('status', was), jsonb_build_object('status', status)
        FROM moved
    )
    SELECT {FIELDS} FROM moved
"""


def in_milliseconds(at: datetime) -> str:
    """A time as SprintSync writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def one_line(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("Enter a title.")
    if not text.isprintable() and CONTROL.search(text):
        raise ValueError("Use one line, without control characters.")
    return text


def lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and CONTROL.search(text.translate(KEPT)):
        raise ValueError("Remove control characters; line breaks and tabs are fine.")
    return text


def day(value: object) -> date | None:
    # Pydantic would take a number, too, as seconds since 1970.
    if value is None:
        return None
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("is not a day like 2026-11-27")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
KEPT = {ord("\n"): None, ord("\t"): None}
DAY = re.compile("(19[7-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}")
TAG = re.compile(r'(?:W/)?"([!#-~]*)"')
TAGS = re.compile(r'\*|(?:W/)?"[!#-~]*"(?:\s*,\s*(?:W/)?"[!#-~]*")*')

Status = Literal["todo", "in_progress", "done"]
Title = Annotated[str, AfterValidator(one_line), StringConstraints(max_length=200)]
Description = Annotated[str, AfterValidator(lines), StringConstraints(max_length=10_000)]
Timestamp = Annotated[datetime, PlainSerializer(in_milliseconds, return_type=str, when_used="json")]


class Task(BaseModel):
    """A task as it is answered."""

    id: UUID
    title: str
    description: str
    status: Status
    estimate_minutes: int | None
    due_on: date | None
    total_minutes: int
    user_id: UUID
    version: int
    created_at: Timestamp
    updated_at: Timestamp
    completed_at: Timestamp | None


class NewTask(BaseModel):
    """What a person states when adding a task."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Description = ""
    status: Status = "todo"
    estimate_minutes: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None
    due_on: Annotated[date | None, BeforeValidator(day)] = None


class Move(BaseModel):
    """Which status a task goes to."""

    model_config = ConfigDict(extra="forbid")

    status: Status


async def keep(_: asyncpg.Connection) -> None:
    """Nothing is reset when a connection goes back: no request sets anything, and it would be a query each time."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(DSN, min_size=POOL, max_size=POOL, reset=keep) as pool:
        app.state.pool = pool
        yield


class RequestId:
    """Gives every answer an id, the caller's own or a fresh one."""

    GIVEN = re.compile(rb"[A-Za-z0-9._-]{1,64}")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if self.GIVEN.fullmatch(given) else str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["cache-control"] = "no-store"
            await send(message)

        await self.app(scope, receive, tagged)


app = FastAPI(lifespan=lifespan, openapi_url=None)
app.add_middleware(RequestId)


def uuid7() -> UUID:
    """An id by time (RFC 9562, 5.7); Python has it from 3.14 on."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    high = milliseconds << 16 | 0x7000 | random >> 68
    return UUID(int=high << 64 | 0b10 << 62 | random & (1 << 62) - 1)


def not_found() -> HTTPException:
    return HTTPException(404, "This doesn't exist or you don't have access.")


def not_signed_in() -> HTTPException:
    detail = "Sign in first: send a bearer token or the session cookie."
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})


def problem(
    request: Request,
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """An answer that is not what was asked for (RFC 9457)."""
    # Later Pythons know this status by another name.
    title = "Unprocessable Entity" if status == 422 else HTTPStatus(status).phrase
    request_id = request.state.request_id
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    if errors:
        body |= {"errors": errors}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/problem+json")


@app.exception_handler(HTTPException)
async def refused(request: Request, error: HTTPException) -> Response:
    return problem(request, error.status_code, str(error.detail), dict(error.headers or {}))


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, error: RequestValidationError) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json":
        return problem(request, 415, "The body must be application/json.")
    mistakes = error.errors()
    if any(mistake["type"] == "json_invalid" for mistake in mistakes):
        return problem(request, 400, "The body is not JSON.")
    errors = [
        {"field": str(mistake["loc"][-1]), "message": mistake["msg"].removeprefix("Value error, ")}
        for mistake in mistakes[:20]
    ]
    told = "; ".join(f"{each['field']} {each['message']}" for each in errors)
    return problem(request, 422, f"{told}.", errors=errors)


@app.exception_handler(Exception)
async def failed(request: Request, _: Exception) -> Response:
    return problem(request, 500, "Something went wrong. The error was logged.")


async def caller(request: Request, authorization: Annotated[str, Header()] = "") -> UUID:
    """Whose token this is, if that person may sign in. Read anew in each request, as SprintSync does."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise not_signed_in()
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        subject = UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        raise not_signed_in() from None
    person = await request.app.state.pool.fetchrow(PERSON, subject)
    if person is None or person["disabled"]:
        raise not_signed_in()
    return subject


def task_id(id: str) -> UUID:
    try:
        read = UUID(id)
    except ValueError:
        raise not_found() from None
    if len(id) != 36 or read.version != 7:
        raise not_found()
    return read


def versions(name: str, header: str | None) -> list[int] | None:
    """The versions that a list of tags names; nothing, where any will do."""
    if header is None:
        return None
    header = header.strip()
    if not TAGS.fullmatch(header):
        raise HTTPException(400, f'The header {name} is not a list of entity tags like "7".')
    if header == "*":
        return None
    tags = TAG.findall(header)
    # A tag that was never given names no version: they begin at 1, and end at 64 bits.
    return [int(tag) if re.fullmatch("[1-9][0-9]{0,17}", tag) else 0 for tag in tags]


def signature(person: UUID, position: bytes) -> bytes:
    return hmac.digest(SECRET, b"tasks\0" + person.bytes + position, hashlib.sha256)[:16]


def seal_cursor(person: UUID, last: UUID) -> str:
    sealed = last.bytes + signature(person, last.bytes)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_cursor(person: UUID, cursor: str) -> UUID:
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        sealed = b""
    position, signed = sealed[:16], sealed[16:]
    if not hmac.compare_digest(signature(person, position), signed):
        raise HTTPException(400, "This cursor belongs to another list. Start again without it.")
    return UUID(bytes=position)


def shape(row: asyncpg.Record) -> Task:
    return Task(**row)


Person = Annotated[UUID, Depends(caller)]
Id = Annotated[UUID, Depends(task_id)]


@app.get("/tasks")
async def list_tasks(
    request: Request,
    response: Response,
    person: Person,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> list[Task]:
    pool = request.app.state.pool
    # One more than is answered tells whether there is a next page.
    if cursor is None:
        rows = await pool.fetch(FIRST_PAGE, person, limit + 1)
    else:
        rows = await pool.fetch(NEXT_PAGE, person, limit + 1, open_cursor(person, cursor))
    if len(rows) > limit:
        rows.pop()
        kept = f"limit={limit}&" if "limit" in request.query_params else ""
        response.headers["link"] = f'</tasks?{kept}cursor={seal_cursor(person, rows[-1]["id"])}>; rel="next"'
    return [shape(row) for row in rows]


@app.get("/tasks/{id}", response_model=Task)
async def read_task(
    request: Request,
    response: Response,
    person: Person,
    id: Id,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Task | Response:
    known = versions("if-none-match", if_none_match)
    row = await request.app.state.pool.fetchrow(ONE, id, person)
    if row is None:
        raise not_found()
    etag = f'"{row["version"]}"'
    if if_none_match is not None and (known is None or row["version"] in known):
        return Response(status_code=304, headers={"etag": etag})
    response.headers["etag"] = etag
    return shape(row)


@app.post("/tasks", status_code=201)
async def create_task(request: Request, response: Response, person: Person, new: NewTask) -> Task:
    row = await request.app.state.pool.fetchrow(
        CREATE, uuid7(), person, new.title, new.description, new.status, new.estimate_minutes, new.due_on
    )
    response.headers["location"] = f"/tasks/{row['id']}"
    response.headers["etag"] = f'"{row["version"]}"'
    return shape(row)


@app.post("/tasks/{id}/status")
async def set_status(
    request: Request,
    response: Response,
    person: Person,
    id: Id,
    move: Move,
    if_match: Annotated[str | None, Header()] = None,
) -> Task:
    expected = versions("if-match", if_match)
    row = await request.app.state.pool.fetchrow(MOVE, id, person, move.status, expected)
    if row is None:
        row = await unmoved(request.app.state.pool, id, person, expected)
    response.headers["etag"] = f'"{row["version"]}"'
    return shape(row)


async def unmoved(pool: asyncpg.Pool, id: UUID, person: UUID, expected: list[int] | None) -> asyncpg.Record:
    """The task as it is, where it has the status that was asked for; or why it was not moved."""
    row = await pool.fetchrow(ONE, id, person)
    if row is None:
        raise not_found()
    if expected is not None and row["version"] not in expected:
        raise HTTPException(412, "The task changed since you read it. Read it again, then retry.")
    return row
