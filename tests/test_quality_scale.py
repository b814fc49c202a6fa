"""The table of the quality scale names every rule once, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs" / "quality-scale.md").read_text("utf-8")
RULES = {
    "Bronze": "action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow "
    "dependency-transparency docs-actions docs-triggers docs-conditions docs-high-level-description "
    "docs-installation-instructions docs-removal-instructions entity-event-setup entity-unique-id has-entity-name "
    "runtime-data test-before-configure test-before-setup unique-config-entry",
    "Silver": "action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters "
    "entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage",
    "Gold": "devices diagnostics discovery-update-info discovery docs-data-update docs-examples "
    "docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases "
    "dynamic-devices entity-category entity-device-class entity-disabled-by-default entity-translations "
    "exception-translations icon-translations reconfiguration-flow repair-issues stale-devices",
    "Platinum": "async-dependency inject-websession strict-typing",
}


def rows() -> list[tuple[str, str, str, str]]:
    found = []
    for section in re.split(r"(?m)^## ", PAGE)[1:]:
        tier = section.split("\n", 1)[0]
        found += [(tier, *row) for row in re.findall(r"(?m)^\| ([a-z-]{6,}) \| (\S.*?) \| (.+) \|$", section)]
    return found


def test_every_rule_is_there_once_in_its_tier() -> None:
    assert sum(len(names.split()) for names in RULES.values()) == 54
    told = {tier: " ".join(rule for at, rule, *_ in rows() if at == tier) for tier in RULES}
    assert told == RULES


def test_every_rule_is_judged_in_a_word_that_is_explained() -> None:
    assert {judged for _, _, judged, _ in rows()} == {"met", "partly", "not yet", "–"}
    assert all(f"**{word}**" in PAGE for word in ("met", "partly", "not yet", "–"))


def test_what_is_met_is_shown() -> None:
    shown = r"\]\(|`mypy|`turntoward"
    assert not [rule for _, rule, judged, how in rows() if judged == "met" and not re.search(shown, how)]
