"""What an instance costs a month: `tests/bench/money.py` prints it."""
