"""Looks whether a home works as its household.yaml says, also while the service runs beside it.

What is looked at is gathered once (`gathering`); then each file in `checks` judges one thing of it, without asking
anybody. A check is found by its file's name: it has `ORDER`, and `look(facts)` that yields findings. Nothing is
changed, and no finding tells when somebody came or went.
"""

from turntoward.doctor.findings import Finding, Level

__all__ = ["Finding", "Level"]
