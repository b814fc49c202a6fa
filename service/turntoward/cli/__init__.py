"""The verbs people type. Nothing is decided here: each verb reads, asks the right part, and shows what came of it."""

from turntoward.cli.verbs import main

__all__ = ["main"]
