"""The verbs people type. Nothing is decided here: each verb reads, asks the right part, and shows what came of it.

A file of this folder that has a verb is imported here, so that it is one.
"""

from turntoward.cli import backup, dashboard, doctor, setting_up, verbs
from turntoward.cli.frame import app, main

__all__ = ["app", "backup", "dashboard", "doctor", "main", "setting_up", "verbs"]
