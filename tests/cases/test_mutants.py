"""Whatever a spec says: it is refused with findings that have places, or everything renders."""

import json

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import LoadedSpec, parse_spec
from genesis_monitoring.spec.source import SpecError, load_source

from .mutants import Tree, base_tree, mutant, thaw
from .reading import BASE

CHUNK = 40
SEEDS = [
    pytest.param(
        first,
        id=f"seeds {first} to {first + CHUNK - 1}",
        marks=(pytest.mark.live,) if first >= 200 else (),
    )
    for first in range(0, 2000, CHUNK)
]


def read(tree: Tree) -> tuple[LoadedSpec | None, tuple[Finding, ...]]:
    """The spec, or why it is refused."""
    try:
        return parse_spec(json.dumps(tree, ensure_ascii=False), "slo.yaml"), ()
    except SpecError as error:
        return None, error.findings


@pytest.mark.parametrize("first", SEEDS)
def test_a_mutant_is_refused_with_places_or_renders(first: int) -> None:
    tree = base_tree()
    templates = Templates(default_folder())
    for seed in range(first, first + CHUNK):
        changed = mutant(tree, seed)
        loaded, findings = read(changed)
        assert (loaded is None) == bool(findings), seed
        assert all(finding.location.line == 1 and finding.hint for finding in findings), seed
        if loaded is not None:
            plan = compile_plan(loaded.spec, loaded.spec.profile_in_force)
            assert render_plan(plan, templates), seed


def test_the_mutants_are_neither_all_refused_nor_all_accepted() -> None:
    tree = base_tree()
    accepted = sum(read(mutant(tree, seed))[0] is not None for seed in range(60))
    assert 6 < accepted < 54


def test_mutants_of_the_committed_spec_are_refused_or_compile() -> None:
    tree = thaw(load_source(ROLLOUT_SPEC).value)
    for seed in range(30):
        loaded, findings = read(mutant(tree, seed))
        assert (loaded is None) == bool(findings), seed
        if loaded is not None:
            compile_plan(loaded.spec, loaded.spec.profile_in_force)


CHAIN = 3000


def test_a_chain_of_thousands_of_fallbacks_is_followed() -> None:
    """Slack is off, so the first receiver's alerts go down the whole chain."""
    hops = "".join(
        f"  hop-{number}: {{description: D, slack: critical, fallback: hop-{number + 1}}}\n"
        for number in range(CHAIN)
    )
    last = f"  hop-{CHAIN}: {{description: D, pagerduty: {{routing_key_secret: pager_key}}}}\n"
    text = BASE.replace("  enabled: true\n", "  enabled: false\n")
    text = text.replace("\nreceivers:\n", f"\nreceivers:\n{hops}{last}")
    text = text.replace("receivers: [pager, critical]", "receivers: [pager, hop-0]")
    loaded = parse_spec(text, "slo.yaml")
    plan = compile_plan(loaded.spec, "rollout")
    sent = [route.receiver for route in plan.alertmanager.routes if route.origin == "severities.P1"]
    assert sent == ["pager", f"hop-{CHAIN}"]


def test_a_circle_of_thousands_of_services_is_told_in_few_words() -> None:
    service = BASE[BASE.index("    shop:\n") : BASE.index("  networks:\n    inside:")]
    circle = "".join(
        service.replace("    shop:\n", f"    shop-{number}:\n      depends_on: [shop-{(number + 1) % 500}]\n")
        for number in range(500)
    )
    with pytest.raises(SpecError) as caught:
        parse_spec(BASE.replace("    shop:\n", f"{circle}    shop:\n"), "slo.yaml")
    (finding,) = caught.value.findings
    assert "…" in finding.message
    assert len(finding.message) < 300
