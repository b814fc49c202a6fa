"""Whether both clocks and both zones agree: windows, quiet hours and door openings are counted in minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok, problem

ORDER = 25
NEAR_ENOUGH = timedelta(seconds=2)
FAR_OFF = timedelta(seconds=30)


def look(facts: Facts) -> Iterator[Finding]:
    """Yield how far both clocks are apart, and a zone that differs."""
    home, settings = facts.known_home, facts.settings
    if home is None:
        return
    if home.zone and home.zone != settings.zone:
        yield problem(
            f"our zone is {settings.zone}, Home Assistant's is {home.zone}",
            f"write zone: {home.zone} into household.yaml, or correct Home Assistant's zone",
        )
    if home.ahead is not None and abs(home.ahead) > NEAR_ENOUGH:
        level = problem if abs(home.ahead) > FAR_OFF else notice
        way = "ahead of" if home.ahead > timedelta() else "behind"
        yield level(
            f"Home Assistant's clock is {abs(home.ahead).total_seconds():.0f} s {way} ours",
            "let both machines set their clocks by the network (NTP)",
        )
    elif home.ahead is not None:
        yield ok("both clocks agree")
