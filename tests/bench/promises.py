#!/usr/bin/env python3
"""Holds measured figures against what docs/performance.md promises.

    promises.py DOCUMENT FOLDER PART ...

The document's table of promises has a row for each: a figure's name in backquotes, or two with `÷` between them, then
`at most N` or `at least N`, then why. A name begins with its part; the figures are the numbers in FOLDER/PART.json.
Prints every promise of these parts with what was measured; exits with 1 where one does not hold or was not measured.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

PARTS = {"cold", "warm", "load", "units", "money", "scaling", "page"}
ROW = re.compile(
    r"^\| `(?P<name>[^`]+)`(?: ÷ `(?P<base>[^`]+)`)? \| at (?P<side>most|least) (?P<bound>[\d,.]+)[^|]*\|", re.MULTILINE
)


@dataclass(frozen=True)
class Promise:
    name: str
    base: str | None
    side: str
    bound: float

    def measured(self, figures: dict[str, float]) -> float | None:
        value = figures.get(self.name)
        if value is None or self.base is None:
            return value
        base = figures.get(self.base)
        return value / base if base else None

    def holds(self, value: float | None) -> bool:
        if value is None:
            return False
        return value <= self.bound if self.side == "most" else value >= self.bound

    def parts(self) -> set[str]:
        return {name.split(".")[0] for name in (self.name, self.base) if name}


def promises(document: str) -> list[Promise]:
    return [
        Promise(row["name"], row["base"], row["side"], float(row["bound"].replace(",", "")))
        for row in ROW.finditer(document)
    ]


def figures(folder: Path, part: str) -> dict[str, float]:
    path = folder / f"{part}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def main(document: str, folder: str, *parts: str) -> int:
    text = Path(document).read_text()
    section = text.partition("\n## Promises\n")[2].partition("\n## ")[0]
    rows = sum(line.startswith("| `") for line in section.splitlines())
    if rows != len(promises(section)):
        print(f"{document}: {rows - len(promises(section))} rows of promises cannot be read", file=sys.stderr)
        return 1
    if strange := {part for promise in promises(section) for part in promise.parts()} - PARTS:
        print(f"{document} promises figures of {', '.join(sorted(strange))}, which nothing measures", file=sys.stderr)
        return 1
    promised = [promise for promise in promises(section) if promise.parts() <= set(parts)]
    if not promised:
        print(f"{document} promises nothing of {', '.join(parts)}", file=sys.stderr)
        return 1
    known = {name: value for part in parts for name, value in figures(Path(folder), part).items()}
    broken = 0
    print("\n### Promises\n\n| figure | promised | measured | |\n|---|---|---|---|")
    for promise in promised:
        value = promise.measured(known)
        kept = promise.holds(value)
        broken += not kept
        name = f"`{promise.name}`" + (f" ÷ `{promise.base}`" if promise.base else "")
        shown = "not measured" if value is None else f"{value:.3g}"
        print(f"| {name} | at {promise.side} {promise.bound:g} | {shown} | {'' if kept else '**broken**'} |")
    print(f"\n{len(promised) - broken} promises hold, {broken} do not")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
