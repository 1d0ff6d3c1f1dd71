#!/usr/bin/env python3
"""What an instance costs a month, for teams of three sizes, from what was measured and from list prices.

    tests/bench/money.py [--out FILE] [--measured DIR]   prints the tables, writes the figures
    tests/bench/money.py --update [--measured DIR]       writes the tables into docs/costs.md, keeps what was measured
    tests/bench/money.py --check                         fails where docs/costs.md says something else

Prices, habits and what is assumed stand in prices.json. Units of a route are those of docs/data-model.md; memory,
routes, schedules, secrets, alarms and numbers are those of infra/template.yaml. Neither is written down here again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from bill.inputs import PRICES, Inputs, read_inputs, take_measured
from bill.tables import figures_of, sections
from repository import ROOT, filled

PAGE = ROOT / "docs/costs.md"


def dashboard_differs(inputs: Inputs) -> list[str]:
    """Prices that the dashboard's own reckoning does not use."""
    text = (ROOT / "infra/template.yaml").read_text()
    formulas = " ".join(re.findall(r'"id": "usd_\w+".*?"expression": "(.*?)"', text))
    used = {float(price) for price in re.findall(r"\* (\d+\.\d+)(?![\d.])", formulas)}
    names = ["api_requests", "function_calls", "function_gb_seconds", "read_units", "write_units", "log_gb"]
    return [name for name in names if inputs.data["prices"][name]["usd"] not in used]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What an instance costs a month.")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the figures, as JSON")
    parser.add_argument("--measured", type=Path, metavar="DIR", help="figures that were measured, in files *.json")
    parser.add_argument("--update", action="store_true", help="write the tables into docs/costs.md")
    parser.add_argument("--check", action="store_true", help="fail where docs/costs.md says something else")
    return parser.parse_args()


def main() -> int:
    given, inputs = arguments(), read_inputs()
    # What is kept is what the page was made from.
    if given.measured and not given.check:
        take_measured(inputs, given.measured)
    parts = sections(inputs)
    if given.check:
        page = PAGE.read_text()
        wrong = [f"the dashboard reckons without the price of {name}" for name in dashboard_differs(inputs)]
        if filled(page, parts, "money", "docs/costs.md") != page:
            wrong.append("docs/costs.md says something else: tests/bench/money.py --update")
        print("\n".join(wrong) or "docs/costs.md says what is reckoned", file=sys.stderr if wrong else sys.stdout)
        return 1 if wrong else 0
    if given.update:
        PAGE.write_text(filled(PAGE.read_text(), parts, "money", "docs/costs.md"))
        if given.measured:
            PRICES.write_text(json.dumps(inputs.data, indent=2, ensure_ascii=False) + "\n")
    if given.out:
        given.out.write_text(json.dumps(figures_of(inputs), indent=1) + "\n")
    for name, text in parts.items():
        print(f"### {name}\n\n{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
