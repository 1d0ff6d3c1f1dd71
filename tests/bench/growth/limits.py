"""DynamoDB's limits: units that come by the second, and partitions that are split where they are hot."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from growth.taken import HEATED, READS, SAVED, WRITES


@dataclass
class Bucket:
    """Tokens that come by the second and are saved up to a limit."""

    rate: float
    most: float
    tokens: float = field(init=False)
    at: int = -1

    def __post_init__(self) -> None:
        self.tokens = self.most

    def has(self, second: int, wanted: float) -> bool:
        """Whether all of it would be given."""
        if self.at >= 0:
            self.tokens = min(self.most, self.tokens + self.rate * (second - self.at))
        self.at = second
        return self.tokens >= wanted

    def take(self, second: int, wanted: float) -> float:
        """What of it is refused."""
        self.has(second, wanted)
        refused = max(0.0, wanted - self.tokens)
        self.tokens -= wanted - refused
        return refused


@dataclass
class Load:
    """What one key or one partition was asked for."""

    read: float = 0.0
    written: float = 0.0
    most_read: float = 0.0
    most_written: float = 0.0
    refused_flat: float = 0.0
    refused_burst: float = 0.0
    hot: int = 0
    reads: Bucket = field(default_factory=lambda: Bucket(READS, READS * SAVED))
    writes: Bucket = field(default_factory=lambda: Bucket(WRITES, WRITES * SAVED))

    def add(self, second: int, read: float, written: float, calls: int) -> tuple[float, float]:
        """One second's demand. Gives the shares that are refused with nothing saved up, and with 300 s of it."""
        self.read += read
        self.written += written
        self.most_read = max(self.most_read, read)
        self.most_written = max(self.most_written, written)
        over = max(0.0, 1 - READS / read if read else 0.0, 1 - WRITES / written if written else 0.0)
        self.hot += over > 0
        self.refused_flat += calls * over
        refused = self.reads.take(second, read) / read if read else 0.0
        refused = max(refused, self.writes.take(second, written) / written if written else 0.0)
        self.refused_burst += calls * refused
        return over, refused


class Partitions:
    """Physical partitions: keys lie where their hash says, until heat moves them. lsi1 keeps a key's items together."""

    def __init__(self, count: int):
        self.count = count
        self.loads: dict[int, Load] = defaultdict(Load)
        self.place: dict[str, int] = {}
        self.heat: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.refused: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.splits = 0

    def of(self, key: str) -> int:
        """The partition that a key lies on."""
        if key not in self.place:
            digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
            # An index has partitions of its own.
            self.place[key] = int.from_bytes(digest[:8], "big") * self.count >> 64 | (key.startswith("gsi1") << 20)
        return self.place[key]

    def add(self, second: int, asked: dict[str, list[float]]) -> None:
        """One second's demand: read and written units, and calls, by key."""
        sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for key, (read, written, calls) in asked.items():
            place = self.of(key)
            of = sums[place]
            of[0] += read
            of[1] += written
            of[2] += calls
            self.heat[place][key] += read / READS + written / WRITES
        for place, (read, written, calls) in sums.items():
            flat, burst = self.loads[place].add(second, read, written, int(calls))
            if flat or burst:
                for key in (key for key in asked if self.place[key] == place):
                    self.refused[key][0] += flat * asked[key][2]
                    self.refused[key][1] += burst * asked[key][2]
            if self.loads[place].hot >= HEATED:
                self.split(place)

    def split(self, place: int) -> None:
        """The hottest keys, up to half of the heat, go elsewhere; one key alone is as far as it goes."""
        keys = self.heat[place]
        self.loads[place].hot = 0
        if len(keys) < 2:
            return
        new, moved, half = (1 << 21) + self.splits, 0.0, sum(keys.values()) / 2
        self.splits += 1
        # Nothing is saved up there yet.
        self.loads[new].reads.tokens = READS
        self.loads[new].writes.tokens = WRITES
        for key in sorted(keys, key=keys.__getitem__, reverse=True)[:-1]:
            self.place[key] = new
            moved += keys[key]
            if moved >= half:
                break
        for here in (new, place):
            self.heat[here] = defaultdict(float, {key: heat for key, heat in keys.items() if self.place[key] == here})
