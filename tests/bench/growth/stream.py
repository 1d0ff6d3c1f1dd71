"""The stream: consumers that count events, and meet one another."""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass, field

from growth.limits import Bucket
from growth.ours import AT_ONCE, BATCH, BATCH_TRIES, BATCH_WINDOW, BUDGET, MOST_DOUBLINGS, MOST_PAUSE, PAUSE
from growth.taken import READING, TRANSACTION, WRITES


@dataclass(order=True)
class Batch:
    """What one shard's consumer is about to try."""

    at: float
    shard: int
    size: int = field(default=-1, compare=False)
    attempt: int = field(default=0, compare=False)
    until: float = field(default=0.0, compare=False)
    tries: int = field(default=0, compare=False)
    second: bool = field(default=False, compare=False)


class Stream:
    """Consumers, one for each shard, that all add to the same item (`homes` of them, were it cut up). A transaction
    that meets another is refused and comes again, as Store::transact does; a batch whose time is over is handed over
    again a second later, and given up after the fifth time, as the template says. While statistics are rebuilt
    (`rebuild`), each chunk is counted twice, and one worker more checks the same state, one transaction after the
    other."""

    def __init__(self, shards: int, seed: str, window: float = BATCH_WINDOW, homes: int = 1, rebuild: bool = False):
        self.chance, self.window, self.rebuild = random.Random(seed), window, rebuild
        self.queues: list[list[float]] = [[] for _ in range(shards)]
        self.heads = [0] * shards
        self.held = [0.0] * homes
        self.writes = [Bucket(WRITES, WRITES) for _ in range(homes)]
        self.agenda: list[Batch] = []
        self.ages: list[float] = []
        self.transactions = self.conflicts = self.given_up = 0

    def run(self, rate: float, seconds: float = 90.0) -> Stream:
        """Events at this rate for so many seconds, and half as long to count them."""
        at = 0.0
        while (at := at + self.chance.expovariate(rate)) < seconds:
            self.queues[self.chance.randrange(len(self.queues))].append(at)
        for shard in range(len(self.queues)):
            self.begin(shard, 0.0)
        if self.rebuild:
            heapq.heappush(self.agenda, Batch(0.0, -1))
        while self.agenda and (batch := heapq.heappop(self.agenda)).at < 1.5 * seconds:
            if batch.shard < 0:
                self.remake(batch.at)
            else:
                self.attempt(batch)
        # What is not counted by now is as old as it is.
        for queue, head in zip(self.queues, self.heads, strict=True):
            self.ages.extend(1.5 * seconds - when for when in queue[head:])
        return self

    def begin(self, shard: int, now: float) -> None:
        """A batch is handed over when it is full or its window is over; the shard is asked four times a second."""
        queue, head = self.queues[shard], self.heads[shard]
        if head < len(queue):
            full = queue[head + BATCH - 1] if head + BATCH - 1 < len(queue) else math.inf
            begins = max(now, min(queue[head] + self.window, full)) + self.chance.random() * 0.25
            heapq.heappush(self.agenda, Batch(begins + 3 * READING, shard))

    def pause(self, attempt: int) -> float:
        """Seconds until the next try."""
        return min(PAUSE * float(1 << min(attempt, MOST_DOUBLINGS)), MOST_PAUSE) * self.chance.random() + READING

    def remake(self, now: float) -> None:
        """The worker of a `rebuild`: its transactions follow one another."""
        held = now < self.held[0]
        if not held:
            self.held[0] = now + TRANSACTION
        heapq.heappush(self.agenda, Batch(now + (self.pause(1) if held else TRANSACTION + READING), -1))

    def attempt(self, batch: Batch) -> None:
        """Counts one chunk of a batch, or meets another who does."""
        now, queue, head = batch.at, self.queues[batch.shard], self.heads[batch.shard]
        if batch.size < 0:
            batch.size = sum(1 for when in queue[head : head + BATCH] if when <= now)
            batch.until = now + BUDGET
        chunk, home = min(AT_ONCE, batch.size), self.chance.randrange(len(self.held))
        # Each event of another person: two sums of theirs and a day, in a transaction.
        units = 2 + 6.0 * chunk
        if now < self.held[home] or not (batch.second or self.writes[home].has(int(now), units)):
            self.conflicts += 1
            self.again(batch)
            return
        self.transactions += 1
        self.held[home] = ended = now + TRANSACTION
        if not batch.second:
            self.writes[home].take(int(now), units)
        batch.at, batch.attempt, batch.until = ended + READING, 0, ended + BUDGET
        if self.rebuild and not batch.second:
            batch.second = True
            heapq.heappush(self.agenda, batch)
            return
        batch.second = False
        self.ages.extend(ended - when for when in queue[head : head + chunk])
        self.heads[batch.shard] += chunk
        batch.size -= chunk
        if batch.size > 0:
            heapq.heappush(self.agenda, batch)
        else:
            self.begin(batch.shard, ended)

    def again(self, batch: Batch) -> None:
        """After a try that met another: a pause, or the whole batch later, or never."""
        batch.attempt += 1
        if batch.at < batch.until:
            batch.at += self.pause(batch.attempt)
        elif batch.tries + 1 < BATCH_TRIES:
            batch.at += 1.0
            batch.attempt, batch.until, batch.tries = 0, batch.at + BUDGET, batch.tries + 1
        else:
            self.given_up += batch.size
            self.heads[batch.shard] += batch.size
            self.begin(batch.shard, batch.at)
            return
        heapq.heappush(self.agenda, batch)
