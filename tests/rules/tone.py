"""What our words are held to: who is told what, how long a breath is, and what is never said to a couple.

Works on the plain data of a ritual or a deck, so that it also reads words whose place in the grammar is new.
Nothing here knows which files there are, or which cards a deck has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any, NamedTuple

Keys = tuple[str | int, ...]
LANGUAGES = frozenset({"en", "de"})
WORDS = frozenset({"say", "show", "text", "title", "about"})
"""What stands below these keys is said or shown to somebody."""
UNHEARD = frozenset({"examples"})
NAMES = frozenset({"couple", "turn", "other", "card", "until", "ritual"})
BREATH = {"line": 90, "card": 110}
PAGE = 140
ALIKE = 0.9

SPOKEN = re.compile(r"(?:[^\W\d_]|[ .,:?'’;-])*")
"""What a voice can read without stumbling: letters and the pauses between them; numbers are words."""

FORBIDDEN = re.compile(
    # the house rule of tone: no guilt, no counting, no duty, no grading, nobody spoken of as absent ...
    r"%|\b(?:missed|streaks?|ignor(?:ed?|es|ing)|scor(?:es?|ed|ing)|should(?:n[’']t)?|must(?:n[’']t)?|finally|guilty?"
    r"|your partner|why don[’']t you|why do you never|rate[ds]?|on a scale|therap(?:y|ist)s?"
    r"|verpasst|versäumt|ignorier(?:t|te|ten|en)|sollte(?:n|t|st)?|m[uü]sst(?:e|en|est|et)?"
    r"|endlich|schon wieder|wieder nicht|schuld(?:ig)?|bewerte[nt]?|auf einer skala|therapie|therapeut(?:in)?"
    r"|de(?:in|ine|inem|inen) partner(?:in)?|warum (?:hast|machst|bist) du nicht"
    # ... and nothing that research does not bear out: no hormones, no proofs, no percentages
    r"|per ?cents?|percentages?|hormon(?:es?|al)|oxytocin|cortisol|dopamine?|proven|stud(?:y|ies)|releas(?:es?|ed|ing)"
    r"|prozent|hormone?|oxyto[cz]in|kortisol|dopamin|bewiesen|erwiesen|nachweislich|studien?|ausschütte[nt])\b",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|sixty|hundred"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|fünfzehn|zwanzig|dreißig|sechzig|hundert)"
)
_CAUSES = (
    r"(?:(?:make|lower|calm|boost|strengthen|trigger|activate|keep|bring|lead|cause|improve|heal|help|reduce|raise)s?"
    r"|machen|senken|beruhigen|stärken|lösen|aktivieren|halten|bringen|führen|bewirken|verbessern|helfen|fördern|heilen)"
)
CLAIM = re.compile(
    # where the evidence is weak, or nobody has looked: no number is a cause, and nothing is promised
    rf"\b{_NUMBER}[\s-]+(?:(?!to\b|and\b|und\b|zu\b|you\b)\w+\s+){{1,3}}{_CAUSES}\s+(?!wir\b|ihr\b)\w"
    r"|\b(?:bring|make)s? you (?:closer|happier|healthier|stronger)\b|\bgood for your\b|\b(?:research|scien)\w*"
    r"|\b(?:known to|healthy|predict(?:s|ed|ors?)|divorce)\b"
    r"|\b(?:bring|mach)(?:t|en) euch (?:näher|enger|glücklicher|gesünder|stärker)\b"
    r"|\b(?:forsch(?:ung|er)|wissenschaft)\w*|\b(?:gesund|scheidung)\b",
    re.IGNORECASE,
)
_ONE = r"(?:\{(?:other|turn)\}|\b(?i:one of you|eine[rs]? von euch))"
TELLS = re.compile(
    # what the other one did, wants or where they are is theirs to tell
    rf"{_ONE}\s+(?:(?:has|had)\s+(?!the\b|an?\b|this\b)|(?:did|was|said|left|came|went|forgot|wants?|paused|lifted)\b"
    r"|(?!need)\w{3,}ed\b|is\s+(?:home|back|away|gone|asleep|tired)\b|(?:war|hatte|wollte|will|sagte|kam|ging|möchte)\b"
    r"|ist\s+(?:zu\s+Hause|daheim|wieder|da|weg|gegangen|gekommen|unterwegs|müde)\b"
    r"|hat\b[^.?]*\b(?:\w*ge\w+(?:t|en)|(?:ver|be|er|ent|zer)\w+(?:t|en))(?=[.?,]|$))",
    re.MULTILINE,
)
FORMAL = re.compile(r"\b(?:Sie|Ihnen)\b|(?<=[\w,;] )Ihre?[nmrs]?\b")
"""German that keeps its distance. `Ihr` at the beginning of a sentence may be the two of you."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text as it is heard or read, and where it stands."""

    keys: Keys
    kind: str
    language: str
    spoken: bool
    text: str


class Fault(NamedTuple):
    """A rule of tone, and the words that break it."""

    rule: str
    where: str
    text: str


def faults(document: dict[str, Any]) -> list[Fault]:
    """Return everything in a ritual or a deck that we would not say to a couple."""
    words = list(words_of(document))
    claiming = document.get("evidence", "none") not in ("weak", "none")
    rules = [rule for rule in RULES.items() if not (claiming and rule[0] == "claim")]
    each = [Fault(name, place(w.keys), w.text) for w in words for name, broken in rules if broken(w)]
    return list(dict.fromkeys((*each, *untranslated(words), *repeated(words))))  # a plain text is heard and read


def place(keys: Keys) -> str:
    """Return a place as people write it."""
    return ".".join(map(str, keys))


def words_of(value: object, keys: Keys = ()) -> Iterator[Words]:
    """Yield every text that somebody hears or reads, once for each form it has."""
    for key, inner in _items(value):
        if key in WORDS:
            yield from _told(inner, (*keys, key))
        elif key not in UNHEARD:
            yield from words_of(inner, (*keys, key))


def _items(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _told(value: object, keys: Keys) -> Iterator[Words]:
    if isinstance(value, dict) and not value.keys() & {"say", "read"}:
        for language, inner in value.items():
            yield from _forms(inner, (*keys, language), language)
    elif not (keys[-1] == "show" and isinstance(value, str) and value.isidentifier()):  # the name of a deck
        yield from _forms(value, keys, "")


def _forms(value: object, keys: Keys, language: str) -> Iterator[Words]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _forms(inner, (*keys, index), language)
        return
    kind = next(str(key) for key in reversed(keys) if key in WORDS)
    say, read = (value.get("say"), value.get("read")) if isinstance(value, dict) else (value, value)
    if kind in ("say", "text") and isinstance(say, str):
        yield Words(keys, kind, language, True, say)
    if isinstance(read, str):
        yield Words(keys, kind, language, False, read)


def _stumbles(words: Words) -> bool:
    return words.spoken and not SPOKEN.fullmatch(_without_names(words.text))


def _open_end(words: Words) -> bool:
    return words.kind in ("say", "text") and not words.text.endswith((".", "?", "{card}"))  # a card has its own end


def _out_of_breath(words: Words) -> bool:
    longest = BREATH["card" if words.keys[0] == "cards" else "line"] if words.spoken else PAGE
    return not 0 < len(words.text.strip()) <= longest


def _unknown_name(words: Words) -> bool:
    return bool(re.search(r"[{}]", _without_names(words.text)))


def _without_names(text: str) -> str:
    return re.sub("|".join(rf"\{{{name}\}}" for name in sorted(NAMES)), "", text)


def _formal(words: Words) -> bool:
    return words.language == "de" and bool(FORMAL.search(words.text))


RULES: dict[str, Callable[[Words], bool]] = {
    "alphabet": _stumbles,
    "ending": _open_end,
    "length": _out_of_breath,
    "name": _unknown_name,
    "formal": _formal,
    "forbidden": lambda words: bool(FORBIDDEN.search(words.text)),
    "claim": lambda words: bool(CLAIM.search(words.text)),
    "tells": lambda words: bool(TELLS.search(words.text)),
}


def untranslated(words: list[Words]) -> Iterator[Fault]:
    """Yield the texts that are not there in each of our languages, and in no other."""
    languages: dict[Keys, set[str]] = {}
    for each in words:
        at = each.keys[: each.keys.index(each.language)] if each.language in each.keys else each.keys
        languages.setdefault(at, set()).add(each.language)
    for at, found in languages.items():
        if found != LANGUAGES:
            yield Fault("languages", place(at), ", ".join(sorted(found)))


def repeated(words: list[Words]) -> Iterator[Fault]:
    """Yield lines a couple would take for one another. A short form may repeat its long form, a title anything."""
    groups: dict[tuple[object, ...], list[Words]] = {}
    for each in words:
        if each.kind not in ("title", "about") and _plain(_without_names(each.text)):  # {card} is another each time
            groups.setdefault((each.kind, each.language, each.spoken, _season(each.keys)), []).append(each)
    for group in groups.values():
        for one, other in combinations([(each, _plain(each.text)) for each in group], 2):
            if alike(one[1], other[1]):
                yield Fault("repeated", f"{place(one[0].keys)}, {place(other[0].keys)}", other[0].text)


def _season(keys: Keys) -> object:
    return keys[0] if keys[0] in ("short", "apart") else None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def alike(one: str, other: str) -> bool:
    """Say whether two plain texts are the same, or nearly."""
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return pair.real_quick_ratio() > ALIKE and pair.quick_ratio() > ALIKE and pair.ratio() > ALIKE
