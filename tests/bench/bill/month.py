"""A team's month: the lines of its bill, and their sums in US$."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bill.inputs import Habit, Inputs, Team

GB = 1_000_000_000
DAYS_IN_MONTH = 30
MINUTES_IN_MONTH = DAYS_IN_MONTH * 24 * 60


@dataclass(frozen=True)
class Line:
    """One line of the bill; `part` is what the bar of the product calls it."""

    name: str
    amount: float
    price: str
    part: str


@dataclass
class Bill:
    """What is to be paid, before and after what is free in an account."""

    inputs: Inputs
    left: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = self.left or {name: free["amount"] for name, free in self.inputs.data["free"].items()}

    def usd(self, line: Line) -> float:
        price = self.inputs.data["prices"][line.price]
        return float(line.amount * price["usd"] / price["per"])

    def usd_after_free(self, line: Line) -> float:
        """Uses up what is free, so each line must come once."""
        used = min(line.amount, self.left.get(line.price, 0))
        if line.price in self.left:
            self.left[line.price] -= used
        return self.usd(replace(line, amount=line.amount - used))


def sum_of(bill: Bill, lines: Iterable[Line], parts: set[str] | None = None) -> float:
    """US$ of these lines, or of those of some parts, with nothing free."""
    return sum(bill.usd(line) for line in lines if parts is None or line.part in parts)


def duration_ms(inputs: Inputs, habit: Habit) -> float:
    """What is billed: own CPU at the share that the memory brings, and the wait for the table, the last for a write."""
    units, memory = inputs.units[habit.route], inputs.template.memory[inputs.template.function(habit.path)]
    own = inputs.figure("own_ms", habit.path) / min(1, memory / inputs.assumed("cpu_of_mb"))
    writes = 1 if units.written else 0
    waits = (units.sequence - writes) * inputs.assumed("table_read_ms") + writes * inputs.assumed("table_write_ms")
    return float(own + waits)


def gigabytes(inputs: Inputs, function: str) -> float:
    """Memory of a function, as its time is billed."""
    return inputs.template.memory[function] / 1024


def of_function(inputs: Inputs, name: str) -> str:
    """The function of the template that a part of the system is called by."""
    return next(function for function in inputs.template.memory if function.lower() == f"{name}function")


@dataclass(frozen=True)
class Day:
    """What one person's day comes to."""

    requests: float
    read: float
    written: float
    events: float
    gb_seconds: float
    bytes_out: float


def day_of(inputs: Inputs) -> Day:
    """All habits together."""
    requests = read = written = events = gb_seconds = bytes_out = 0.0
    for habit in inputs.habits:
        units = inputs.units[habit.route]
        requests += habit.times
        read += habit.times * units.read
        written += habit.times * units.written
        events += habit.times * habit.events
        memory = gigabytes(inputs, inputs.template.function(habit.path))
        gb_seconds += habit.times * duration_ms(inputs, habit) / 1000 * memory
        bytes_out += habit.times * inputs.figure("bytes", habit.path)
    return Day(requests, read, written, events, gb_seconds, bytes_out)


def use_lines(inputs: Inputs, team: Team) -> list[Line]:
    """What grows with what people do."""
    assumed, day, days = inputs.assumed, day_of(inputs), inputs.data["days"]
    person_days = team.people * days
    requests, events = person_days * day.requests, person_days * day.events
    starts, visits = days * team.starts_a_day, team.people * assumed("first_visits")
    static = visits * assumed("first_visit_requests")
    calls = requests + events
    gb_seconds = person_days * day.gb_seconds
    stream = events * assumed("stream_ms") / 1000 * gigabytes(inputs, of_function(inputs, "activity"))
    start = starts * assumed("start_ms") / 1000 * gigabytes(inputs, of_function(inputs, "web"))
    log = calls * assumed("log_bytes") / GB
    counts = days * team.hours * 60 * team.environments * assumed("counts_units")
    kept = events * assumed("kept_months") * assumed("kept_bytes") / GB
    hours = days * team.hours * team.environments
    secret_reads = starts * assumed("secret_reads_a_start") + hours * assumed("secret_reads_an_hour")
    out = (person_days * day.bytes_out + visits * assumed("first_visit_bytes")) / GB
    return [
        Line("API", requests, "api_requests", "gateway"),
        Line("functions, calls: requests, and events that are counted", calls, "function_calls", "compute"),
        Line("functions, time of requests", gb_seconds, "function_gb_seconds", "compute"),
        Line("functions, time of events and starts", stream + start, "function_gb_seconds", "compute"),
        Line("table, read", person_days * day.read, "read_units", "table"),
        Line("table, written by requests", person_days * day.written, "write_units", "table"),
        Line("table, written by statistics", events * assumed("statistics_units"), "write_units", "table"),
        Line("table, written by counts for `/metrics`", counts, "write_units", "table"),
        Line("table, kept after a year", kept, "table_gb", "table"),
        Line("table, kept to go back in time", kept, "table_backup_gb", "table"),
        Line("CloudFront, requests", requests + static, "front_requests", "front"),
        Line("CloudFront, its function", requests, "front_calls", "front"),
        Line("CloudFront, sent to browsers", out, "front_gb", "front"),
        Line("S3, styles and scripts, were none in CloudFront's cache", static, "static_requests", "front"),
        Line("log, written", log, "log_gb", "log"),
        Line("log, kept", log * assumed("log_months") * assumed("log_compressed"), "log_kept_gb", "log"),
        Line("secrets, read by starts, and again every five minutes", secret_reads, "secret_reads", "secrets"),
    ]


def fixed_lines(inputs: Inputs) -> list[Line]:
    """What is paid though nobody works."""
    template, assumed = inputs.template, inputs.assumed
    calls = {name: sum(MINUTES_IN_MONTH / every for every in all_of) for name, all_of in template.schedules.items()}
    all_calls = sum(calls.values())
    seconds = sum(n * gigabytes(inputs, name) for name, n in calls.items()) * assumed("check_ms") / 1000
    checks = calls[of_function(inputs, "ops")]
    # Of what is behind requests, one schedule in two is the beat, which comes back through the stream as a call.
    behind = of_function(inputs, "activity")
    beats = calls[behind] / max(1, len(template.schedules[behind]))
    all_calls += beats
    log = all_calls * assumed("log_bytes") / GB
    return [
        Line("secrets", template.secrets, "secrets", "secrets"),
        Line("alarms", template.alarms, "alarms", "watching"),
        Line("numbers of our own", template.metrics, "metrics", "watching"),
        Line(f"dashboard, of {template.shown} numbers", template.dashboards, "dashboards", "watching"),
        Line("schedules, calls", all_calls - beats, "scheduled_calls", "schedules"),
        Line("functions, calls by schedules and by the beat", all_calls, "function_calls", "schedules"),
        Line("functions, time of these", seconds, "function_gb_seconds", "schedules"),
        # The check is one reading of the key and one unit, as /health; looking for who has left is one unit, and so is
        # each item of the beat, with the call that brings it back.
        Line("table, read by these", all_calls * inputs.units["GET /health"].read, "read_units", "schedules"),
        Line("table, written by the beat", beats * assumed("beat_units"), "write_units", "schedules"),
        Line("the signing key, read by the check", checks, "secret_reads", "schedules"),
        Line("log of these", log, "log_gb", "schedules"),
    ]


BAR = {"gateway", "compute", "table"}


@dataclass(frozen=True)
class Sums:
    """A team's month, in US$."""

    use: float
    use_after_free: float
    fixed: float
    fixed_without_free: float
    bar: float


def sums_of(inputs: Inputs, team: Team) -> Sums:
    """What a team pays, once all is added up."""
    bill, fixed, use = Bill(inputs), fixed_lines(inputs), use_lines(inputs, team)
    # What is free goes to what is there anyway first.
    fixed_after_free = sum(bill.usd_after_free(line) for line in fixed)
    use_after_free = sum(bill.usd_after_free(line) for line in use)
    return Sums(sum_of(bill, use), use_after_free, fixed_after_free, sum_of(bill, fixed), sum_of(bill, use, BAR))
