"""A question that may be answered aloud: a satellite asks, listens, and tells which of the answers it heard.

The satellite's microphone is Home Assistant's, and so is the listening: what comes back is the name of one of the
answers that were offered. The words that were spoken are let go of here, unread; they are nobody's business.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from typing import Any

from turntoward.core.actions import Announce, Button
from turntoward.core.events import NoticeAnswered
from turntoward.ports import EntityState, HomeAssistant, Impossible, Inbox, NotNow, Refused
from turntoward.settings import Speaker

log = logging.getLogger(__name__)

LISTENING_SECONDS = 30.0
"""How long a question may take, asked and answered; Home Assistant itself would wait for ever."""
_BEGUN_SECONDS = 3.0
"""What goes wrong before a question is spoken goes wrong within this."""
_CAN_CONVERSE = 2
"""The bit of `supported_features` of a satellite that can listen without its wake word."""

_NO_ANSWER = "no answer"
"""What Home Assistant says when a question was asked and nobody answered: that is no failure."""

_WORDS: dict[str, dict[str, list[str]]] = {
    "en": {
        "start": ["start", "(let's|lets|let us) (start|begin|go|do it)", "go ahead"],
        "done": ["done", "[we are|we're|already] done", "[we] did (it|that)"],
        "accept": ["(fine|agreed|deal)", "that (works|suits us)"],
        "later": ["[a bit|a little] later", "not (now|yet)", "in a (moment|minute|while)"],
        "not_today": ["not (today|tonight)", "another (day|time)"],
        "skip": ["skip (it|this|this one)", "skip"],
        "another": ["another one", "(a|something) different [one]", "next"],
        "other_slot": ["another (date|slot)", "some other time"],
        "swap": ["swap [turns]"],
        "enough": ["[that is|that's] enough", "stop"],
        "keep": ["keep it", "keep"],
        "change": ["change it", "change"],
        "drop": ["drop it", "drop"],
    },
    "de": {
        "start": ["(start|los)", "(fangen wir|lass uns) an[fangen]", "los geht's", "los gehts"],
        "done": ["[schon] (erledigt|gemacht|fertig)", "(haben wir|schon) gemacht"],
        "accept": ["(passt|abgemacht|einverstanden)", "das passt [uns]"],
        "later": ["[etwas|ein bisschen] später [bitte]", "nachher", "noch nicht", "(gleich|jetzt nicht)"],
        "not_today": ["[bitte] heute (nicht|nicht mehr)", "ein (andermal|anderes mal)"],
        "skip": ["(überspringen|auslassen)", "lassen wir [das] aus"],
        "another": ["(eine andere|ein anderes|was anderes)", "(die|das|der) nächste"],
        "other_slot": ["(ein anderer|einen anderen) (tag|termin)"],
        "swap": ["(tauschen|tausch)"],
        "enough": ["(genug|das reicht|aufhören)"],
        "keep": ["(behalten|so lassen)"],
        "change": ["(ändern|anders)"],
        "drop": ["(weglassen|streichen)"],
    },
}
_YES = {
    "en": ["(yes|yeah|yep|sure|okay|ok|gladly) [please|gladly|let's|lets]", "(I'd|we'd) love to", "why not"],
    "de": ["(ja|jo|klar|okay|ok|gern|gerne) [bitte|gern|gerne|klar]", "(sehr|ja sehr) (gern|gerne)", "warum nicht"],
}
_NO = {"en": ["(no|nope) [thanks|thank you]"], "de": ["(nein|nö) [danke]"]}
_MEANS_YES = ("accept", "start", "keep", "done")
_MEANS_NO = ("not_today", "skip", "drop", "enough")
"""The first of them that is offered is what a plain yes or no means."""


class Asking:
    """Asks, and hands on what was answered."""

    def __init__(self, homeassistant: HomeAssistant, inbox: Inbox) -> None:
        self._homeassistant, self._inbox = homeassistant, inbox
        self._cannot: set[str] = set()

    def is_possible(self, speaker: Speaker, state: EntityState | None, action: Announce) -> bool:
        """Whether an announcement has answers, and its speaker may and can listen for one."""
        able = state is not None and int(state.attributes.get("supported_features") or 0) & _CAN_CONVERSE
        asked = bool(answers_to(action.buttons, action.language)) and not action.chime
        return bool(speaker.listens and able and asked) and speaker.entity not in self._cannot

    def ask(self, speaker: Speaker, action: Announce) -> bool:
        """Ask; return once it is being asked, and listen on in a thread of its own, for others have things to say.

        False where Home Assistant cannot do that (before 2025.7): it is remembered, and nothing was heard. Raises
        NotNow or Impossible where it went wrong at once.
        """
        begun: queue.Queue[Exception | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(speaker, action, begun), name="speaker-asks", daemon=True).start()
        try:
            problem = begun.get(timeout=_BEGUN_SECONDS)
        except queue.Empty:
            return True
        if isinstance(problem, Refused):
            log.info("%s cannot be asked and listened to, so it only speaks: %s", speaker.entity, problem)
            self._cannot.add(speaker.entity)
            return False
        if problem is not None and _NO_ANSWER not in str(problem).casefold():
            raise problem
        return True

    def _listen(self, speaker: Speaker, action: Announce, begun: queue.Queue[Exception | None]) -> None:
        choices = answers_to(action.buttons, action.language)
        question = {"entity_id": speaker.entity, "question": action.text, "answers": choices}
        try:
            heard = self._homeassistant.ask("assist_satellite", "ask_question", question, timeout=LISTENING_SECONDS)
        except (NotNow, Impossible) as problem:  # nobody answered, too: the offer stays where it is shown
            begun.put(problem)
            return
        except Exception as problem:
            begun.put(Impossible(f"it may have been asked: {type(problem).__name__}"))
            return
        begun.put(None)
        token = next((button.token for button in action.buttons if button.answer == heard.get("id")), "")
        if token:
            self._inbox(NoticeAnswered(token))


def answers_to(buttons: Sequence[Button], language: str) -> list[dict[str, Any]]:
    """Return what may be answered in a language, as Home Assistant takes it: an id and sentences without punctuation.

    A plain yes takes up what is offered, a plain no lets it go.
    """
    words = _WORDS.get(language, _WORDS["en"])
    there = [button.answer for button in buttons if button.answer in words]
    sentences = {answer: list(words[answer]) for answer in there}
    for plain, meanings in ((_YES, _MEANS_YES), (_NO, _MEANS_NO)):
        meant = next((answer for answer in meanings if answer in sentences), None)
        if meant:
            sentences[meant] = [*plain.get(language, plain["en"]), *sentences[meant]]
    return [{"id": answer, "sentences": said} for answer, said in sentences.items()]
