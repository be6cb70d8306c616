"""What was found right in a run over several trees, so that an equal tree costs nothing more.

Nothing of a tree that differs from what the spec renders is taken from here, and nothing that had a finding:
each tree tells its own.
"""

from dataclasses import dataclass, field

from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Proven:
    """``tests`` holds the texts of each rule test that passed, with those of the rules it is about."""

    tests: set[tuple[str, ...]] = field(default_factory=set)
    _checks: list[tuple[Spec, frozenset[str]]] = field(default_factory=list)

    def remember(self, spec: Spec, checks: frozenset[str]) -> None:
        """That the named checks find nothing in the tree of ``spec`` as it renders."""
        self._checks.append((spec, checks))

    def of(self, spec: Spec) -> frozenset[str]:
        """The checks that found nothing in the tree of an equal spec."""
        return frozenset(name for known, names in self._checks if known == spec for name in names)
