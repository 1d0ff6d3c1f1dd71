"""Where SprintSync breaks first as it grows: `tests/bench/scaling.py` prints it."""
