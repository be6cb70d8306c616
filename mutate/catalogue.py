"""All kinds of faults, and the mutants that are made of them."""

import hashlib
from collections.abc import Mapping, Sequence

from mutate.gate import Base
from mutate.kinds import (
    alertmanager,
    compose,
    compose_parts,
    dashboard_looks,
    dashboards,
    files,
    instrumentation,
    messages,
    prometheus,
    provisioning,
    rule_tests,
    rules,
    spec_edits,
    spec_form,
    spec_meaning,
    spec_stack_edits,
    templates,
)
from mutate.mutant import SPEC, Files, Kind, Mutant, Site, Target

KINDS: tuple[Kind, ...] = (
    *rules.KINDS,
    *rule_tests.KINDS,
    *prometheus.KINDS,
    *alertmanager.KINDS,
    *messages.KINDS,
    *dashboards.KINDS,
    *dashboard_looks.KINDS,
    *provisioning.KINDS,
    *compose.KINDS,
    *compose_parts.KINDS,
    *instrumentation.KINDS,
    *files.KINDS,
    *templates.KINDS,
    *spec_form.KINDS,
    *spec_meaning.KINDS,
    *spec_edits.KINDS,
    *spec_stack_edits.KINDS,
)


def mutants_of(base: Base, seed: str) -> tuple[Mutant, ...]:
    """The mutants of all kinds, always the same for the same project and seed."""
    trees: Mapping[Target, Files] = {
        Target.GENERATED: base.files,
        Target.TEMPLATE: base.templates,
        Target.SPEC: {SPEC: base.spec_text},
    }
    mutants: list[Mutant] = []
    for kind in KINDS:
        tree = trees[kind.target]
        sites = {f"{site.path} {site.change}": site for site in kind.sites(tree)}
        for site in _chosen(sites, f"{seed} {kind.name}", kind.most):
            mutants.append(
                Mutant(
                    kind.name,
                    kind.target,
                    kind.expect,
                    site.path,
                    site.change,
                    site.build(),
                    kind.whole,
                )
            )
    return tuple(mutants)


def sample_of(mutants: Sequence[Mutant], count: int, seed: str) -> tuple[Mutant, ...]:
    """``count`` of the mutants, spread over all kinds: one of each kind before a second of any."""
    turns: dict[str, int] = {}
    ranked: list[tuple[int, str, Mutant]] = []
    for mutant in sorted(mutants, key=lambda mutant: _rank(mutant.name, seed)):
        turn = turns.get(mutant.kind, 0)
        turns[mutant.kind] = turn + 1
        ranked.append((turn, _rank(mutant.kind, seed), mutant))
    return tuple(mutant for _, _, mutant in sorted(ranked, key=lambda entry: entry[:2])[:count])


def _chosen(sites: Mapping[str, Site], seed: str, most: int) -> list[Site]:
    """Which sites is as good as drawn by lot, but the same in each run, and steady when others come or go."""
    return [sites[name] for name in sorted(sites, key=lambda name: _rank(name, seed))[:most]]


def _rank(name: str, seed: str) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
