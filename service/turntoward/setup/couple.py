"""The steps about the two: their names, their language and zone, and whether both want this."""

from __future__ import annotations

from pydantic import TypeAdapter

from turntoward.core.household import PartnerName, Zone, partner_id
from turntoward.setup.asking import Asker, ask_for, yes
from turntoward.setup.former import EXAMPLE, Former
from turntoward.setup.found import Found
from turntoward.setup.plan import Language

_NAME: TypeAdapter[str] = TypeAdapter(PartnerName)
_ZONE: TypeAdapter[str] = TypeAdapter(Zone)


def names(asker: Asker, former: Former | None = None) -> tuple[str, str]:
    """Ask for both names, as they may be spoken."""
    one, other = (partner.name for partner in former.settings.partners) if former else EXAMPLE
    first = ask_for(asker, "first_name", "What is the first of you called?", one, _NAME.validate_python)

    def another(said: str) -> str:
        second = _NAME.validate_python(said)
        if partner_id(second) == partner_id(first):
            raise ValueError(f"both are called {first}; write one of them so that both can be told apart")
        return second

    return first, ask_for(asker, "second_name", "And the other?", other, another)


def language(asker: Asker, found: Found | None, former: Former | None = None) -> Language:
    """Ask in which language lines are spoken and shown."""
    default: Language = "de" if found and found.language.casefold().startswith("de") else "en"
    default = former.settings.language if former else default
    return ask_for(asker, "language", "Spoken and shown in which language? (en, de)", default, _language)


def _language(said: str) -> Language:
    word = said.casefold()
    if word in ("en", "english", "englisch"):
        return "en"
    if word in ("de", "german", "deutsch"):
        return "de"
    raise ValueError("write en or de; there are no others yet")


def zone(asker: Asker, found: Found | None, former: Former | None = None) -> str:
    """Ask for the time zone of the home."""
    default = found.zone if found and found.zone else "Europe/Berlin"
    default = former.settings.zone if former else default
    return ask_for(asker, "zone", "The time zone of your home", default, _ZONE.validate_python)


def agreed(asker: Asker, names: tuple[str, str], before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Ask both, where both are here; return who has agreed. Who said no is neither kept nor told.

    `before`: who had agreed already, which only they themselves change.
    """
    if len(before) == len(names):
        asker.say("You have both agreed, and that stays. Whoever takes their own name out of agreed: ends it for both.")
        return before
    asker.say("Nothing is offered until both of you want it, and each says so in person. That can wait: later each")
    asker.say("of you adds their own name under agreed: in household.yaml. Whoever takes theirs out ends it for both.")
    if not yes(asker, "both_here", "Are both of you here now?"):
        return before
    answers = [
        yes(asker, key, f"{name}, do you want this?")
        for key, name in zip(("first_agrees", "second_agrees"), names, strict=True)
    ]
    if not all(answers):
        asker.say("  Then it waits until both of you want it; nothing of this is kept.")
    return names if all(answers) else ()
