"""Files of this repository, as the reckonings of costs and of scale read and fill them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read(file: str) -> str:
    """The text of a file, by its path from the root."""
    return (ROOT / file).read_text(encoding="utf-8")


def one(pattern: str, text: str) -> str | None:
    """What the first match has in its first group, if there is a match."""
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else None


def only(pattern: str, file: str) -> tuple[int, ...]:
    """The whole numbers in the groups of the one place of a file that fits; it ends the program where none does, or
    more than one, since the file then says something that is not known here."""
    found = list(re.finditer(pattern, read(file), re.MULTILINE))
    if len(found) != 1:
        raise SystemExit(f"{file}: {len(found)} places in place of one fit {pattern}")
    return tuple(int(number.replace("_", "")) for number in found[0].groups())


def filled(page: str, parts: dict[str, str], program: str, file: str) -> str:
    """The page with each part between the marks of this program."""
    for name, text in parts.items():
        begin, end = f"<!-- {program}: {name} -->", f"<!-- {program}: end -->"
        assert page.count(begin) == 1, f"{file} has no place for {name}: {begin} … {end}"
        before, rest = page.split(begin)
        assert end in rest, f"{file}: nothing ends {begin}"
        page = f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end, 1)[1]}"
    return page
