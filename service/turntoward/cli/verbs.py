"""The commands: run, check, simulate, rituals, journal, why.

Exit codes: 0 all is well; 1 what came out is not what was expected, or the service could not start; 2 something in a
file or on the command line is wrong.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from turntoward import __version__
from turntoward.adapters import supervisor
from turntoward.adapters.broker import BrokerNotStarted
from turntoward.adapters.journal import Entry, JournalNotOpened, read_entries
from turntoward.adapters.privileges import step_down
from turntoward.channels import ChannelNotLoaded
from turntoward.cli import as_app, listing, logs, showing
from turntoward.cli.frame import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    all_wrong,
    app,
    loaded_of,
    out,
    program,
    settings_of,
    wrong,
)
from turntoward.documents import Problems
from turntoward.rulebook import Library, Loaded, load_scenario, read_library, warnings
from turntoward.rulebook.playing import examples, failing_examples, play_scenario, problems_of_rules
from turntoward.settings import Settings, load_settings_and_document

log = logging.getLogger("turntoward")


@app.command()
def run(config: Config = DEFAULT_CONFIG) -> None:
    """Run the service until it is stopped (Ctrl-C)."""
    if supervisor.TOKEN in os.environ:
        as_app.run(config, lambda settings, loaded: _serve(settings, loaded, config))
        return
    settings, document = settings_of(config)
    loaded = loaded_of(settings, document)
    step_down(os.environ.get("TURNTOWARD_USER"), settings.data_dir)
    _serve(settings, loaded, config)


def _serve(settings: Settings, loaded: Loaded, config: Path) -> None:
    from turntoward import bootstrap  # its client libraries take a second that the other verbs need not wait

    clock = bootstrap.make_clock(settings)
    logs.set_up(settings.log_level, clock, settings.time_zone)
    _greet(settings, loaded)
    try:
        service = bootstrap.build(settings, loaded.rulebook, clock, config, why=f"{program()} why --config {config}")
    except (JournalNotOpened, ChannelNotLoaded, BrokerNotStarted) as problem:
        wrong(problem, code=1)
    service.run()
    log.info("stopped")


@app.command()
def check(config: Config = DEFAULT_CONFIG) -> None:
    """Look for mistakes in household.yaml and in all rules, and play the examples that the rules carry."""
    try:
        settings, document = load_settings_and_document(config, os.environ)
    except Problems as found:
        all_wrong([*found.problems, *problems_of_rules(config)])
    loaded = loaded_of(settings, document)
    if problems := [*loaded.problems, *failing_examples(loaded.library)]:
        all_wrong(problems)
    for advice in warnings(settings, loaded.rulebook):
        out().print(Text(f"! {advice}", style="yellow"))
    out().print(Text(f"✓ {config} is fine. {_on(loaded)}. {_counted(loaded.library)}", style="green"))


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="a scenario, see rules/README.md")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="play it in this household")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="a folder with rituals of your own")] = None,
    as_json: AsJson = False,
) -> None:
    """Play a scenario: show what would be said and why, and fail where that is not what `then:` says."""
    settings = settings_of(config)[0] if config else None
    try:
        scenario, document = load_scenario(file)
        library = read_library(rules or (settings.rules_dir if settings else None))
        if library.problems:
            raise Problems(library.problems)
        played = play_scenario(scenario, document, library, settings)
    except Problems as found:
        wrong(found)
    if as_json:
        print("\n".join(showing.emitted_as_json(played.emitted)), end="\n" if played.emitted else "")
        for difference in played.differences:
            print(difference, file=sys.stderr)
    else:
        showing.show_timeline(out(), played)
    if played.differences:
        raise typer.Exit(1)


@app.command()
def rituals(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List all rituals and rules there are, on or off: what each is about, when and where it is offered."""
    settings, document = settings_of(config)
    loaded = loaded_of(settings, document)
    listed = listing.rows(loaded.library, loaded.rulebook, settings.language)
    if as_json:
        print("\n".join(listing.as_json(listed)))
    else:
        listing.show(out(), listed)
    for problem in loaded.problems:
        print(problem, file=sys.stderr)


@app.command()
def journal(
    config: Config = DEFAULT_CONFIG,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="how many entries")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what happened, newest last."""
    settings, entries = _entries(config)
    entries = entries[-last:]
    if as_json:
        print("\n".join(showing.journal_as_json(entries, settings.time_zone)), end="\n" if entries else "")
    elif entries:
        showing.show_journal(out(), entries, settings)
    else:
        out().print("Nothing has happened yet.")


@app.command()
def why(
    which: Annotated[str | None, typer.Argument(help="an occasion, a ritual or a number; nothing: the latest")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Explain in plain words why something was offered, or why it stayed silent."""
    settings, entries = _entries(config)
    chosen = showing.about(entries, which)
    if chosen:
        showing.show_reasons(out(), chosen, settings)
    elif which is None:
        out().print("Nothing has been decided yet: no ritual had a reason to be looked at.")
    else:
        known = sorted({step.ritual for entry in entries for step in entry.trace})
        hint = f"the journal speaks of {', '.join(known)}" if known else "the journal is empty"
        wrong(f"nothing in the journal is called {which!r}; {hint}", code=1)


def _entries(config: Path) -> tuple[Settings, list[Entry]]:
    """Return what the journal may show. Counted afterwards: a number that is short of one would tell of it."""
    settings, _ = settings_of(config)
    try:
        return settings, showing.shared(read_entries(settings.journal_dir))
    except JournalNotOpened as problem:
        wrong(problem, code=1)


def _on(loaded: Loaded) -> str:
    rules = ", ".join(rule.rule for rule in loaded.rulebook.rules)
    return f"Rituals that are on: {', '.join(r.ritual for r in loaded.rulebook.rituals) or 'none'}" + (
        f"; rules: {rules}" if rules else ""
    )


def _counted(library: Library) -> str:
    """Say how much there is, on or off."""
    cards = sum(len(deck.cards) for deck in library.decks.values())
    read = [(len(library.entries), "ritual"), (len(library.rules), "rule"), (cards, "card")]
    said = ", ".join(f"{number} {what}{'' if number == 1 else 's'}" for number, what in read if number)
    count = sum(1 for _ in examples(library))
    return f"{said} can be read. {count} example{'' if count == 1 else 's'} came true."


def _greet(settings: Settings, loaded: Loaded) -> None:
    """Say what runs, and what will not work as it is."""
    couple = " and ".join(partner.name for partner in settings.partners)
    log.info("Turntoward %s for %s. %s", __version__, couple, _on(loaded))
    if settings.demo is not None:
        log.info(
            "this is the demo: an evening at %s times the speed of life, with a broker of its own", settings.demo.speed
        )
    for problem in loaded.problems:
        log.error("left out: %s", problem)
    for advice in () if settings.demo else warnings(settings, loaded.rulebook):
        log.warning("%s", advice)
