"""The household that is there already: what it says is suggested, and what nobody is asked about is carried over.

Nothing is asked or written here. No value of a secret gets into a text, only its name in secrets.yaml.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from turntoward.core.household import partner_id
from turntoward.documents import Problems
from turntoward.settings import Settings, load_settings
from turntoward.setup.plan import ChosenSignal, ChosenSpeaker

Raw = Mapping[str, Any]

ASKED = ("partners", "agreed", "homeassistant", "speakers", "signals", "rituals", "zone", "language", "mqtt")
"""The sections that setup asks about; of any other nothing is changed."""
EXAMPLE = ("Alex", "Sam")
_CONNECTIONS = {
    "homeassistant": ("url", "token"),
    "mqtt": ("host", "port", "tls", "username", "password"),
}
"""What is asked of a connection; the rest of its section stays."""
_OF_A_PARTNER = ("name", "presence", "phone")
"""What is asked of a partner; the rest stays."""


@dataclass(frozen=True, slots=True)
class Former:
    """A household that reads well, and its file as it was written."""

    settings: Settings
    raw: Raw

    @property
    def presences(self) -> tuple[str | None, str | None]:
        """Where each of the two is told of: an entity or a topic; None: the usual topic."""
        first, second = (partner.presence.entity or partner.presence.topic for partner in self.settings.partners)
        return first, second

    @property
    def speakers(self) -> tuple[ChosenSpeaker, ...]:
        """What speaks now, in its rooms."""
        rooms = self.settings.speakers.items()
        return tuple(ChosenSpeaker(room, one.entity, one.tts) for room, several in rooms for one in several)

    @property
    def signals(self) -> tuple[ChosenSignal, ...]:
        """What the home tells now through Home Assistant."""
        told = self.settings.signals.items()
        return tuple(ChosenSignal(name, one.entity, tuple(one.on or ())) for name, one in told if one.entity)

    @property
    def rituals(self) -> tuple[str, ...]:
        """Which rituals are on; `false` switches one off."""
        return tuple(name for name, value in self.settings.rituals.items() if value is not False)

    def agreed(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return who of these two has agreed; nobody where they are not the ones who are named there."""
        same = {partner_id(name) for name in names} == set(self.settings.partner_ids)
        return self.settings.agreed if same else ()


def read(config: Path, environ: Mapping[str, str]) -> Former | None:
    """Return the household that is there; None where it is as it came, or cannot be used."""
    try:
        settings = load_settings(config, environ)
    except Problems:
        return None
    return None if _as_it_came(settings) else Former(settings, _yaml().load(config.read_text("utf-8-sig")))


def _as_it_came(settings: Settings) -> bool:
    """Whether these are still the example's two: what it names is nobody's, and their home knows better."""
    is_bare = not (settings.agreed or settings.speakers or settings.signals)
    return is_bare and tuple(partner.name for partner in settings.partners) == EXAMPLE


def carried(text: str, former: Former, known_rituals: Iterable[str], lent: Iterable[str]) -> str:
    """Return the text of a household with all that the former one says and nobody was asked about."""
    yaml = _yaml()
    new = yaml.load(text)
    for key, value in former.raw.items():
        if key not in ASKED:
            new[key] = _bare(value)
    for section, asked in _CONNECTIONS.items():
        kept = {key: value for key, value in _mapping(former.raw.get(section)).items() if key not in asked}
        if kept and (section in new or section in lent):
            _put(new.setdefault(section, CommentedMap()), kept, 0)
    _keep_partners(new["partners"], former.raw["partners"])
    _keep_speakers(new.get("speakers", CommentedMap()), _mapping(former.raw.get("speakers")))
    _keep_signals(new, _mapping(former.raw.get("signals")))
    _keep_rituals(new, _mapping(former.raw.get("rituals")), frozenset(known_rituals))
    out = io.StringIO()
    yaml.dump(new, out)
    return out.getvalue()


def _keep_partners(new: Iterable[CommentedMap], former: Iterable[Raw]) -> None:
    for now, before in zip(new, former, strict=True):
        if "presence" in now and _place(now["presence"]) == _place(before.get("presence")):
            now["presence"] = _bare(before["presence"])
        _put(now, {key: one for key, one in before.items() if key not in _OF_A_PARTNER}, min(1, len(now) - 1))


def _keep_speakers(new: CommentedMap, former: Raw) -> None:
    """Keep how loud a speaker is, and whatever else is said of it."""
    before = {(str(room), _place(one)): one for room, several in former.items() for one in _several(several)}
    for room, several in new.items():
        kept = [_bare(before.get((str(room), _place(one)), one)) for one in _several(several)]
        new[room] = kept if len(kept) > 1 else kept[0]


def _keep_signals(new: CommentedMap, former: Raw) -> None:
    """Keep how a signal is told; those that MQTT tells were not asked about."""
    chosen = new.get("signals", {})
    same = {name: one for name, one in former.items() if name in chosen and _place(chosen[name]) == _place(one)}
    by_mqtt = {name: one for name, one in former.items() if name not in chosen and "/" in _place(one)}
    if kept := same | by_mqtt:
        _put(new.setdefault("signals", CommentedMap()), kept, 0)


def _keep_rituals(new: CommentedMap, former: Raw, known: frozenset[str]) -> None:
    """Keep what was changed in rituals that stay on, and those that were not offered to be chosen."""
    chosen = {name: value for name, value in former.items() if name in new["rituals"] and value is not False}
    kept = {name: value for name, value in former.items() if name not in known} | chosen
    if kept:
        new["rituals"] = new["rituals"] or CommentedMap()
        _put(new["rituals"], kept, 0)


def _put(section: CommentedMap, kept: Raw, at: int) -> None:
    """Put in what is kept: in its place, or at the front, as a comment on the last line belongs to what follows."""
    for key, value in reversed(list(kept.items())):
        if key in section:
            section[key] = _bare(value)
        else:
            section.insert(at, key, _bare(value))


def _place(value: Any) -> str:
    """Return the entity or the topic of something, as short or as long as it is written."""
    return str(value.get("entity") or value.get("topic") or "") if isinstance(value, Mapping) else str(value or "")


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _mapping(value: Any) -> Raw:
    """Take a list of names for a mapping without values; what is not there is empty."""
    return dict.fromkeys(value) if isinstance(value, list) else value or {}


def _bare(value: Any) -> Any:
    """Return it without comments: those of the next section hang on the last line of the one before."""
    bare: CommentedMap | CommentedSeq
    if isinstance(value, CommentedMap):
        bare = CommentedMap((key, _bare(inner)) for key, inner in value.items())
    elif isinstance(value, CommentedSeq):
        bare = CommentedSeq(_bare(inner) for inner in value)
    else:
        return value
    if value.fa.flow_style():
        bare.fa.set_flow_style()
    return bare


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
