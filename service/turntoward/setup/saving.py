"""Proves what was written in a folder of its own, and then puts it in its place in one stroke.

What was there before stays beside it under a dated name. Secrets are for the owner of the file alone.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from turntoward.rulebook import Loaded, load
from turntoward.settings import Settings, load_settings_and_document
from turntoward.setup.asking import Stopped
from turntoward.setup.former import Former, carried
from turntoward.setup.plan import Plan
from turntoward.setup.rituals import known
from turntoward.setup.writing import household

SECRETS = "secrets.yaml"


@dataclass(frozen=True, slots=True)
class Draft:
    """A household that reads well, in a folder that is about to vanish."""

    settings: Settings
    loaded: Loaded
    text: str
    secrets: str
    """The text of secrets.yaml as it is to be; empty: it is not touched."""


def check_place(config: Path) -> None:
    """Look whether anything could be written there at all. Raises Stopped."""
    folder = next(place for place in (config.parent, *config.absolute().parents) if place.is_dir())
    if config.name == SECRETS:
        raise Stopped(f"{config} is for passwords; name another file: --config {config.with_name('household.yaml')}")
    if config.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Stopped(f"{config} cannot be written; name a file in a folder of yours: --config my/household.yaml")
    if config.exists() and not os.access(config, os.R_OK):
        raise Stopped(f"{config} cannot be read, so no copy of it could be kept; ask as its owner, or move it away")
    _merged(config.parent / SECRETS, {})


@contextmanager
def drafted(plan: Plan, config: Path, environ: Mapping[str, str], former: Former | None = None) -> Iterator[Draft]:
    """Write the plan into a folder of its own, and read it as the service would. Raises Problems where that fails."""
    with tempfile.TemporaryDirectory(prefix="turntoward-setup-") as folder:
        text = household(plan)
        text = carried(text, former, known(), plan.lent) if former else text
        secrets = _merged(config.parent / SECRETS, plan.secrets)
        draft = Path(folder) / config.name
        draft.write_text(text, "utf-8")
        (Path(folder) / SECRETS).write_text(secrets, "utf-8")  # the folder is private
        settings, document = load_settings_and_document(draft, environ)
        settings = _with_rules_of(settings, Path(folder), config.parent)
        yield Draft(settings, load(settings, document), text, secrets if plan.secrets else "")


def _with_rules_of(settings: Settings, draft: Path, place: Path) -> Settings:
    """Take the rules from where they are: the file names their folder as seen from its own place."""
    rules = settings.rules_dir
    if rules is None or not rules.is_relative_to(draft):
        return settings
    return settings.model_copy(update={"rules_dir": place / rules.relative_to(draft)})


def save(draft: Draft, config: Path, now: datetime) -> list[Path]:
    """Put both files in their places; return the copies of what was there before.

    Raises OSError where there is no room: then both are as they were.
    """
    config.parent.mkdir(parents=True, exist_ok=True)
    secrets = config.parent / SECRETS
    wanted = {config: draft.text}
    if draft.secrets and not _says(secrets, draft.secrets):
        wanted[secrets] = draft.secrets
    with ExitStack() as stack:
        for file, text in wanted.items():
            stack.callback(_fresh(file).unlink, missing_ok=True)
            _write(file, text, private=file == secrets)
        copies = [_copied(file, now) for file in wanted]
        for file in reversed(wanted):  # the file that names a secret comes after it
            _fresh(file).replace(file.resolve())
    return [copy for copy in copies if copy is not None]


def _says(file: Path, text: str) -> bool:
    """Whether a private file says just that already."""
    return file.is_file() and file.read_text("utf-8") == text and file.stat().st_mode & 0o077 == 0


def _copied(file: Path, now: datetime) -> Path | None:
    """Keep what is there under a name with the day and the time."""
    if not file.exists():
        return None
    copy = file.with_name(f"{file.name}.bak-{now:%Y%m%d-%H%M%S}")
    while copy.exists():  # an earlier copy is not lost either
        copy = copy.with_name(f"{copy.name}-again")
    shutil.copy2(file, copy)
    if file.name == SECRETS:
        copy.chmod(0o600)
    return copy


def _fresh(file: Path) -> Path:
    """Where a file is written before it takes its place in one stroke; a link stays a link."""
    target = file.resolve()
    return target.with_name(f".{target.name}.new")


def _write(file: Path, text: str, private: bool = False) -> None:
    """Write what is to take a file's place, also where the power goes; its owner stays, or is that of the folder."""
    target, fresh = file.resolve(), _fresh(file)
    former = target.stat() if target.exists() else None
    fresh.unlink(missing_ok=True)
    mode = 0o600 if private else former.st_mode & 0o777 if former else 0o644
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    if os.geteuid() == 0:  # the service may run as somebody else, who has to read it
        owner = former or target.parent.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)


def _merged(file: Path, secrets: Mapping[str, SecretStr]) -> str:
    """Return secrets.yaml with new values, and all else in it as it was. Raises Stopped where it cannot be read."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    try:
        values = (yaml.load(file.read_text("utf-8")) if file.exists() else None) or yaml.map()
    except (YAMLError, OSError, UnicodeDecodeError) as problem:
        raise Stopped(f"{file} cannot be read ({type(problem).__name__}); correct it, or move it away") from None
    if not isinstance(values, dict):
        raise Stopped(f"{file} holds no 'name: value' lines; correct it, or move it away")
    for name, value in secrets.items():
        values[name] = value.get_secret_value()
    out = io.StringIO()
    yaml.dump(values, out)
    return out.getvalue()
