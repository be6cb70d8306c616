"""Which route of the file is which route of the spec, and which is to blame for an alert gone wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.positions import Path
from genesis_monitoring.plan.routing import Labels, RouteNode, all_routes, matches, walk

_ALIKE = 4

RERENDER_HINT = (
    "run genesis-mon render; if a template of your own makes this, correct it; if it is meant, write it into "
    "the spec"
)
"""What mends a file that says something else than the spec."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """``pairs`` are the planned routes below the top, each with that of the file, None if it has none.

    ``surplus`` are the file's routes that no planned one is like.
    """

    planned: RouteNode
    root: RouteNode
    pairs: tuple[tuple[RouteNode, RouteNode | None], ...]
    surplus: tuple[RouteNode, ...]

    @property
    def by_path(self) -> Mapping[Path, RouteNode]:
        """The planned route of each of the file's that has one."""
        pairs = {inner.path: planned for planned, inner in self.pairs if inner is not None}
        return {self.root.path: self.planned, **pairs}

    def partner(self, planned: RouteNode) -> RouteNode | None:
        """The file's route for a planned one."""
        if planned == self.planned:
            return self.root
        return next((inner for other, inner in self.pairs if other == planned), None)


def align(planned: RouteNode, root: RouteNode) -> Alignment:
    """Equal routes first, then those most alike; what is left has no partner."""
    left = [route for route in all_routes(root) if route is not root]
    partners: dict[int, RouteNode] = {}
    scores = sorted(
        (
            (-_likeness(one, other), abs(number - index), number, index)
            for number, one in enumerate(planned.children)
            for index, other in enumerate(left)
        ),
    )
    taken: set[int] = set()
    for score, _, number, index in scores:
        if -score >= _ALIKE and number not in partners and index not in taken:
            partners[number] = left[index]
            taken.add(index)
    return Alignment(
        planned,
        root,
        tuple((route, partners.get(number)) for number, route in enumerate(planned.children)),
        tuple(route for index, route in enumerate(left) if index not in taken),
    )


def culprit(alignment: Alignment, labels: Labels) -> Path:
    """Where the file sends an alert wrong: at a key, a route, or the list in which a route is missing."""
    leaves, wanted = walk(alignment.root, labels), walk(alignment.planned, labels)
    known = alignment.by_path
    for leaf in leaves:
        planned = known.get(leaf.path)
        if planned in wanted and planned is not None and planned.receiver != leaf.receiver:
            return (*leaf.path, "receiver")
    for leaf in leaves:
        if leaf.path != alignment.root.path and known.get(leaf.path) not in wanted:
            return leaf.path
    for planned in wanted:
        partner = alignment.partner(planned)
        if partner is None:
            return ("route", "routes")
        if partner not in leaves:
            return leaves[-1].path if leaves and matches(partner.matchers, labels) else partner.path
    return leaves[-1].path if leaves else alignment.root.path


def _likeness(planned: RouteNode, other: RouteNode) -> int:
    shared = len(set(planned.matchers) & set(other.matchers))
    return (
        3 * (set(planned.matchers) == set(other.matchers))
        + 2 * (planned.receiver == other.receiver)
        + 2 * (shared > 0)
        + (set(planned.group_by) == set(other.group_by))
        + (planned.group_wait == other.group_wait)
        + (planned.group_interval == other.group_interval)
        + (planned.repeat_interval == other.repeat_interval)
        + (planned.hands_on == other.hands_on)
    )
