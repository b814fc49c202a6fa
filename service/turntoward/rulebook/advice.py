"""What is allowed but probably not meant: advice for `turntoward check`, in whole sentences.

Here for the household as a whole; what each ritual lacks is in `needs`. Nothing is an error, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turntoward.core.household import signal_role
from turntoward.core.rules import Rulebook
from turntoward.core.signals import CALL_ROLES, ENTRY_DOOR, FILM, OCCUPIED, words_for
from turntoward.documents import nearest
from turntoward.rulebook.languages import in_another_language
from turntoward.rulebook.needs import signals_read, unmet
from turntoward.settings import Settings

EASY_TO_KEEP = 3
READ_BY_GATES = (ENTRY_DOOR, "guests", "asleep", *CALL_ROLES, FILM, OCCUPIED)
"""What a signal may be about without any rule that names it."""


def warnings(settings: Settings, rulebook: Rulebook) -> tuple[str, ...]:
    """Return advice, most important first; empty when there is none."""
    return (
        *_not_agreed(settings),
        *_no_token(settings),
        *_too_many(rulebook),
        *_not_read(settings, rulebook),
        *_nobodys_calls(settings),
        *_no_rooms_with_a_speaker(settings),
        *unmet(settings, rulebook),
        *in_another_language(settings.language, rulebook),
    )


def _not_agreed(settings: Settings) -> Iterator[str]:
    if not settings.both_agreed:  # who has not is nobody else's business
        yield "nothing will be offered until both have agreed: when both want it, list both names under agreed:"


def _no_token(settings: Settings) -> Iterator[str]:
    if settings.homeassistant is not None and not settings.homeassistant.token:
        yield (
            'homeassistant: it lets nobody in without a token; write ha_token: "..." into secrets.yaml and below '
            "homeassistant: token: !secret ha_token, or set TURNTOWARD_HA_TOKEN"
        )


def _too_many(rulebook: Rulebook) -> Iterator[str]:
    if len(rulebook.rituals) > EASY_TO_KEEP:
        count = len(rulebook.rituals)
        yield f"{count} rituals are switched on; two or three are easier to keep in the first two weeks"


def _not_read(settings: Settings, rulebook: Rulebook) -> Iterator[str]:
    named = signals_read(rulebook)
    for name in settings.signals:
        if signal_role(name) not in READ_BY_GATES and not named & set(words_for(name)):
            hint = _meant(name, named) or "no ritual that is on names it"
            yield f"the signal '{name}' is read by nothing; {hint}"


def _meant(name: str, named: Iterable[str]) -> str:
    role, dot, who = name.partition(".")
    near = nearest(name, named) or nearest(role, READ_BY_GATES)
    return f"did you mean '{near + dot + who if near in READ_BY_GATES else near}'?" if near else ""


def _nobodys_calls(settings: Settings) -> Iterator[str]:
    """A baby may be asleep, but whose call it is matters: it has to be one of the two."""
    known = settings.partner_ids
    for name in settings.signals:
        role, _, who = name.partition(".")
        if role in CALL_ROLES and who and who not in known:
            near = nearest(who, known)
            hint = f"did you mean '{role}.{near}'?" if near else f"they are {' and '.join(known)}"
            yield f"the signal '{name}' is about '{who}', who is none of the partners; {hint}"


def _no_rooms_with_a_speaker(settings: Settings) -> Iterator[str]:
    """Who is in a room matters for where a line is said, so the room has to be one with a speaker."""
    rooms = settings.speaker_rooms()
    for name in settings.signals_of(OCCUPIED) if rooms else ():
        room = name.partition(".")[2]
        if room not in rooms:
            near = nearest(room, rooms)
            hint = f"did you mean '{OCCUPIED}.{near}'?" if near else f"rooms with one are {', '.join(rooms)}"
            yield f"the signal '{name}' is about no room with a speaker, so it does nothing; {hint}"
