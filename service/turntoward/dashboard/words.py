"""The dashboard's own words, in English and German. What rituals and their answers are called is said elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from turntoward.core.household import Season


@dataclass(frozen=True, slots=True)
class Words:
    """What is written on the dashboard in one language."""

    morning: str
    day: str
    evening: str
    next: str
    nothing_planned: str
    today: str
    tomorrow: str
    on: str
    """Before a weekday."""
    at: str
    """Before a time of day."""
    minute: str
    minutes: str
    """`{left}` is how many."""
    card: str
    today_at_home: str
    quiet: str
    weeks: str
    break_: str
    start: str
    turns: str
    both_back: str
    away: str
    off: str
    seasons: dict[Season, str]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    """A day further away: `{month}` and `{day}`."""


ENGLISH = Words(
    morning="Good morning",
    day="Hello",
    evening="Good evening",
    next="Next",
    nothing_planned="Nothing is planned. Whatever you feel like is fine.",
    today="today",
    tomorrow="tomorrow",
    on="on",
    at="at",
    minute="one minute left",
    minutes="{left} minutes left",
    card="A question for today",
    today_at_home="At home today",
    quiet="Quiet tonight",
    weeks="These weeks",
    break_="When it gets too much",
    start="Whenever you like",
    turns="Whose turn",
    both_back="We are both back",
    away="Turntoward is not there at the moment. As soon as it is back, you will find everything here.",
    off="Rituals are off for both of you. They begin when both of you have agreed.",
    seasons={"normal": "As usual", "simplified": "Simpler", "apart": "Apart"},
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    date="{day} {month}",
)  # fmt: skip
GERMAN = Words(
    morning="Guten Morgen",
    day="Hallo",
    evening="Guten Abend",
    next="Als Nächstes",
    nothing_planned="Nichts ist geplant. Macht, wonach euch ist.",
    today="heute",
    tomorrow="morgen",
    on="am",
    at="um",
    minute="noch eine Minute",
    minutes="noch {left} Minuten",
    card="Eine Frage für heute",
    today_at_home="Heute zu Hause",
    quiet="Ruhiger Abend",
    weeks="Diese Wochen",
    break_="Wenn es zu viel wird",
    start="Wann immer ihr mögt",
    turns="Wer ist dran?",
    both_back="Wir sind beide zurück",
    away="Turntoward ist gerade nicht da. Sobald es zurück ist, findet ihr hier wieder alles.",
    off="Die Rituale sind für euch beide aus. Sie beginnen, wenn ihr beide zugestimmt habt.",
    seasons={"normal": "Wie immer", "simplified": "Einfacher", "apart": "Zwei Orte"},
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    date="{day}. {month}",
)  # fmt: skip


def words_in(language: str) -> Words:
    """Return the words of a language; English where we have none."""
    return GERMAN if language.partition("-")[0] == "de" else ENGLISH
