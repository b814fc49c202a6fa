"""Hypothesis without a stopwatch, and the same examples on each machine. Nothing else belongs here."""

from hypothesis import settings

settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")
