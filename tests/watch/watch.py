"""Table, watch and front, each a process of its own; one request of every family through all three."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SPRINTSYNC_BIN", str(ROOT / "target/debug/sprintsync"))
BOUND = 120  # seconds that anything waited for may take
FORM = {"content-type": "application/x-www-form-urlencoded"}

passed, failed = 0, []


def check(what, good, seen=""):
    global passed
    if good:
        passed += 1
        print(f"ok      {what}", flush=True)
    else:
        failed.append(what)
        print(f"FAILED  {what}: {seen}", flush=True)


def until(what, look):
    """The first truth that `look` gives; it raises nothing while it is too early."""
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {BOUND} s")


def free_ports(count):
    """The first of `count` free ports in a row."""
    while True:
        taken = []
        try:
            with socket.create_server(("127.0.0.1", 0)) as first:
                port = first.getsockname()[1]
                for next_one in range(port + 1, port + count):
                    taken.append(socket.create_server(("127.0.0.1", next_one)))
            return port
        except (OSError, OverflowError):
            continue
        finally:
            for one in taken:
                one.close()


class Part:
    """A process and what it says."""

    def __init__(self, name, *command, folder):
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def words(self):
        return self.log.read_text(errors="replace")

    def says(self, pattern):
        def look():
            if self.process.poll() is not None:
                raise ChildProcessError(f"{self.name} ended with {self.process.returncode}")
            return re.search(pattern, self.words())

        return until(f"{self.name} says {pattern}", look)

    def family(self):
        """Its process, and every one that comes from it."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = dict(map(int, line.split()) for line in listed.splitlines())
        ours = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return ours

    def end(self, by=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            return self.process.wait(BOUND)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def call(base, method, path, body=None, headers=None):
    """The answer of one request: status, headers, text. Redirects are not followed."""
    url = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=BOUND)
    if isinstance(body, dict):
        body, headers = json.dumps(body), {"content-type": "application/json", **(headers or {})}
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def alive(pids):
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = dict(line.split(maxsplit=1) for line in listed.splitlines())
    return [pid for pid in pids if not states.get(str(pid), "Z").startswith("Z")]


def families(front, watch):
    """One request of every family at least."""
    account = {"username": "watch_ada", "password": "a quiet red lantern"}
    form = urllib.parse.urlencode(account)

    began = time.monotonic()
    status, _, text = call(front, "GET", "/health")
    check("ops: GET /health", status == 200, (status, text))
    print(f"        the first answer took {time.monotonic() - began:.1f} s")
    status, _, text = call(front, "GET", "/openapi.json")
    check("ops: GET /openapi.json", status == 200 and "/tasks" in json.loads(text)["paths"], (status, text[:200]))

    status, _, text = call(front, "POST", "/auth/signup", {**account, "time_zone": "Europe/London"})
    check("auth: POST /auth/signup", status == 201, (status, text))
    status, _, text = call(front, "POST", "/auth/login", form, FORM)
    check("auth: POST /auth/login", status == 200, (status, text))
    bearer = {"authorization": f"Bearer {json.loads(text)['access_token']}"}

    status, _, text = call(front, "POST", "/tasks", {"title": "Watch it reload"}, bearer)
    check("tasks: POST /tasks", status == 201, (status, text))
    status, _, text = call(front, "GET", "/tasks", headers=bearer)
    check("tasks: GET /tasks", status == 200 and "Watch it reload" in text, (status, text))

    status, _, text = call(front, "GET", "/stats/cycle-time", headers=bearer)
    check("admin: GET /stats/cycle-time, by nobody who may", status == 403 and "administrator" in text, (status, text))

    status, _, text = call(front, "POST", "/ai/suggest", {"mode": "plan"}, bearer)
    check("ai: POST /ai/suggest", status == 200 and "Watch it reload" in text, (status, text))

    status, headers, text = call(front, "GET", "/login")
    check("web: GET /login", status == 200 and headers.get_content_type() == "text/html", (status, text[:200]))
    static = re.search(r'href="(/static/[^"]+\.css)"', text)
    status, _, _ = call(front, "GET", static[1]) if static else (0, None, None)
    check("front: the stylesheet of the page", status == 200, (status, static))
    status, headers, _ = call(front, "GET", "/dashboard")
    check("web: GET /dashboard", status == 303 and headers["location"].startswith("/login"), (status, headers.items()))
    status, headers, text = call(front, "POST", "/web/login", form, {**FORM, "sec-fetch-site": "same-origin"})
    signed_in = status == 303 and "sprintsync=" in headers.get("set-cookie", "")
    check("web: POST /web/login", signed_in, (status, headers.items(), text[:200]))

    status, _, text = call(watch, "POST", "/2015-03-31/functions/activity/invocations", {"erase": True})
    check("activity: erase", status == 200 and json.loads(text) == {"erased": 0, "waiting": 0}, (status, text))
    return bearer


def day(folder, parts):
    environment, data = folder / "environment", folder / "data"
    table_port = free_ports(2)
    on_table = ["table", "--port", str(table_port), "--data", str(data), "--env-file", str(environment)]
    rules = ["--limit-factor", "1000"]

    def start(name, *command):
        parts.append(Part(name, *command, folder=folder))
        return parts[-1]

    table = start("table", PROGRAM, *on_table, *rules)
    table.says(r"Function environment: ")
    check("table: its file is for its owner alone", environment.stat().st_mode & 0o777 == 0o600)

    # The front may come before its API.
    watch_url = f"http://127.0.0.1:{free_ports(1)}"
    front = start("front", PROGRAM, "front", "--api", watch_url, "--port", "0", "--data", str(data))
    front_url = front.says(r"SprintSync is running at (\S+)")[1]
    status, _, text = call(front_url, "GET", "/health")
    check("front: 502 while there is no API", status == 502, (status, text))

    port = watch_url.rsplit(":", 1)[1]
    options = ["--offline", "-A", "127.0.0.1", "-P", port, "--env-file", str(environment)]
    watch = start("watch", "cargo", "lambda", "watch", *options, "--timeout", "60")

    def listens():
        if watch.process.poll() is not None:
            raise ChildProcessError(f"watch ended with {watch.process.returncode}")
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", int(port))) == 0

    until("watch listens", listens)
    bearer = families(front_url, watch_url)

    grant = subprocess.run(
        [PROGRAM, "grant-admin", "watch_ada", "--data", str(data)], capture_output=True, text=True, check=False
    )
    check("table: grant-admin goes through it", grant.returncode == 0, grant.stderr)

    table.end(signal.SIGKILL)
    status, _, text = call(front_url, "GET", "/tasks", headers=bearer)
    check("tasks: 503 while the table is gone", status == 503, (status, text))
    table = start("table-again", PROGRAM, *on_table, *rules)
    table.says(r"Function environment: ")
    until("tasks come back", lambda: call(front_url, "GET", "/tasks", headers=bearer)[0] == 200)
    check("tasks: back with the table", True)

    pids = {pid for part in parts if part.process.poll() is None for pid in part.family()}
    codes = {part.name: part.end() for part in (front, watch, table)}
    check("front and table end well", codes["front"] == 0 and codes["table-again"] == 0, codes)
    with contextlib.suppress(TimeoutError):
        until("all are gone", lambda: not alive(pids))
    check("no process is left", len(pids) > 3 and not alive(pids), alive(pids))


def main():
    # So that the parts are ended by `finally` then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            day(Path(folder), parts)
        except Exception as error:  # whatever it is, the logs are wanted
            check("the day", False, f"{type(error).__name__}: {error}")
        finally:
            for part in reversed(parts):
                part.end()
        if failed:
            for part in parts:
                print(f"--- {part.name}\n{part.words()}", flush=True)
    print(f"watch: {passed} passed, {len(failed)} failed")
    return 1 if failed else 0


sys.exit(main())
