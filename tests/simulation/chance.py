"""Dice for made-up lives: a seeded generator that draws spans of time. The same seed, the same draws."""

from __future__ import annotations

import math
import random
from datetime import timedelta

_Z95 = 1.645


class Dice(random.Random):
    """A generator of its own for each purpose, so that one more draw here changes nothing there."""

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def minutes(self, least: float, most: float) -> timedelta:
        return timedelta(minutes=self.uniform(least, most))

    def seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.uniform(least, most))

    def around(self, minutes: float) -> timedelta:
        """More or less nothing, with this standard deviation."""
        return timedelta(minutes=self.gauss(0, minutes))

    def lognormal(self, median: timedelta, p95: float) -> timedelta:
        """Mostly about the median; one in twenty is more than `p95` times as long."""
        return median * self.lognormvariate(0, math.log(p95) / _Z95)

    def poisson(self, mean: float) -> int:
        count, left = 0, self.expovariate(1)
        while left < mean:
            count, left = count + 1, left + self.expovariate(1)
        return count
