"""Makes the people of the first pass, who are named in people.json."""

from common import sign_up

for name in ("ada", "ben", "grace"):
    sign_up(name)
