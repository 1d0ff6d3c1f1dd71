"""What is paid where something that is assumed is otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from bill.inputs import Habit, Inputs


def with_habits(inputs: Inputs, change: Callable[[Habit], Habit]) -> Inputs:
    return replace(inputs, habits=tuple(change(habit) for habit in inputs.habits))


def twice_the_reads(inputs: Inputs) -> Inputs:
    def twice(habit: Habit) -> Habit:
        return replace(habit, times=habit.times * 2) if habit.path.startswith("GET") else habit

    return with_habits(inputs, twice)


def left_open(inputs: Inputs) -> Inputs:
    times = inputs.assumed("page_open_times")
    return with_habits(inputs, lambda habit: replace(habit, times=times) if habit.kind == "poll" else habit)


def nothing_asked(inputs: Inputs) -> Inputs:
    return with_habits(inputs, lambda habit: replace(habit, times=0) if habit.kind == "poll" else habit)


def long_descriptions(inputs: Inputs) -> Inputs:
    more = inputs.assumed("long_descriptions")
    units = dict(inputs.units)
    for habit in inputs.habits:
        now, kind = inputs.units[habit.route], "list" if habit.kind == "poll" else habit.kind
        read, written = more.get(f"{kind}_read", 0), more.get(f"{kind}_write", 0)
        units[habit.route] = replace(now, read=now.read + read, written=now.written + written)
    return replace(inputs, units=units)


def large_plans(inputs: Inputs) -> Inputs:
    units = dict(inputs.units)
    for habit in inputs.habits:
        if "with a plan" in habit.route:
            now = inputs.units[habit.route]
            units[habit.route] = replace(now, read=now.read + inputs.assumed("plan_units"))
    return replace(inputs, units=units)


def slower(inputs: Inputs) -> Inputs:
    data = json.loads(json.dumps(inputs.data))
    # The wait for the table is what a function is billed for but does not work in.
    for habit in inputs.habits:
        memory = inputs.template.memory[inputs.template.function(habit.path)]
        more = inputs.assumed("slower_ms") * min(1, memory / inputs.assumed("cpu_of_mb"))
        data["measured"]["own_ms"][habit.path] = inputs.figure("own_ms", habit.path) + more
    return replace(inputs, data=data)


CASES: dict[str, tuple[str, Callable[[Inputs], Inputs]]] = {
    "as_taken": ("as taken above", lambda inputs: inputs),
    "twice_the_reads": ("twice as many pages are looked at, and asked for again", twice_the_reads),
    "left_open": ("a page is in use for eight hours in place of three", left_open),
    "nothing_asked": ("no page asks by itself", nothing_asked),
    "large_plans": ("everybody has 200 open tasks of a KB, and a plan of them", large_plans),
    "long_descriptions": ("each task has 4 KB of description", long_descriptions),
    "slower": ("each request takes 100 ms longer", slower),
}
