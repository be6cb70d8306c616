"""What a drill posts, and what is to become of it by the spec: alert cases in, waves of them out.

A message goes out at once only if it is the first of its group, so a wave has one alert a group; and none
that silences another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from genesis_monitoring.clients.alertmanager_sessions import PostedAlert
from genesis_monitoring.plan.alert_cases import AlertCase
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.routing import planned_inhibit_rules, planned_routes, silenced_by, walk
from genesis_monitoring.spec.nights import patterns
from genesis_monitoring.stack.drill_report import Labels, RouteTaken

_MARKED = ("summary", "description", "runbook_url")


@dataclass(frozen=True, slots=True)
class Subject:
    """One alert of the drill. ``mark`` is in what its messages show.

    ``due`` are the messages that are to come, as receiver and kind; ``muted`` are receivers that get none.
    """

    case: AlertCase
    mark: str
    routes: tuple[RouteTaken, ...]
    due: tuple[tuple[str, str], ...]
    muted: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The alert's name, with what tells it from others of that name."""
        about = ", ".join(f"{k}={v}" for k, v in self.case.labels if k in ("sli", "job") and self._shared)
        return f"{self.case.name} ({about})" if about else self.case.name

    @property
    def _shared(self) -> bool:
        return self.case.rule is not None and self.case.rule.condition is None

    @property
    def annotations(self) -> dict[str, str]:
        """As Prometheus would send them, with the mark."""
        texts = self.case.annotations
        return {**texts, **{name: f"{texts.get(name, '')} {self.mark}" for name in _MARKED}}

    @property
    def posted(self) -> PostedAlert:
        """As it is posted."""
        return PostedAlert(self.case.labels, tuple(self.annotations.items()))


def subjects(
    plan: Plan, cases: Sequence[AlertCase], holds: frozenset[str] = frozenset(), word: str = "drill"
) -> tuple[Subject, ...]:
    """One for each case, while the time intervals ``holds`` hold."""
    cases = tuple(_agreeing(case, cases) for case in cases)
    root = planned_routes(plan.alertmanager)
    kinds = {receiver.name: receiver.kinds for receiver in plan.alertmanager.receivers}
    found = []
    for number, case in enumerate(cases, 1):
        routes = tuple(
            RouteTaken(route.receiver, route.origin, route.group_by, _group(case.labels, route.group_by))
            for route in walk(root, case.label_map)
        )
        told = dict.fromkeys(one.receiver for one in case.told if one.hears(holds))
        due = tuple((name, kind) for name in told for kind in kinds.get(name, ()))
        muted = dict.fromkeys(one.receiver for one in case.told if one.receiver not in told)
        found.append(Subject(case, f"({word} {number})", routes, due, tuple(muted)))
    return tuple(found)


def loudest(plan: Plan, cases: Sequence[AlertCase]) -> tuple[frozenset[str], datetime | None]:
    """The time intervals that hold when most is told, and such a moment; None where no time matters."""
    if not plan.spec.time_intervals:
        return frozenset(), None
    return max(
        patterns(plan.spec.time_intervals).items(),
        key=lambda one: sum(told.hears(one[0]) for case in cases for told in case.told),
    )


def waves(plan: Plan, wanted: Sequence[Subject]) -> tuple[tuple[Subject, ...], ...]:
    """Those that can be sent together, in as few waves as a simple choice gives."""
    rules = planned_inhibit_rules(plan.alertmanager)
    found: list[list[Subject]] = []
    for one in wanted:
        for wave in found:
            together = [other.case.label_map for other in (*wave, one)]
            if not _groups(one) & {g for other in wave for g in _groups(other)} and not silenced_by(
                rules, together
            ):
                wave.append(one)
                break
        else:
            found.append([one])
    return tuple(tuple(wave) for wave in found)


def silencers(plan: Plan, wanted: Sequence[Subject]) -> dict[Labels, frozenset[Labels]]:
    """By the spec: which alerts fall silent when all fire at once, and which ones may silence them."""
    rules = planned_inhibit_rules(plan.alertmanager)
    found = silenced_by(rules, [one.case.label_map for one in wanted])
    return {
        wanted[number].case.labels: frozenset(wanted[other].case.labels for other in sources)
        for number, sources in found.items()
    }


@dataclass(frozen=True, slots=True)
class Scene:
    """One inhibit rule at work: ``control`` is an alert that stays loud; there may be none."""

    rule: str
    reason: str
    source: Subject | None
    targets: tuple[Subject, ...]
    control: Subject | None


def scenes(plan: Plan, wanted: Sequence[Subject]) -> Iterator[Scene]:
    """One for each inhibit rule, with the first source that silences anything."""
    for planned, rule in zip(
        plan.alertmanager.inhibit_rules, planned_inhibit_rules(plan.alertmanager), strict=True
    ):
        source: Subject | None = None
        targets: tuple[Subject, ...] = ()
        for one in wanted:
            silent = tuple(
                other
                for other in wanted
                if other is not one and 1 in silenced_by([rule], [one.case.label_map, other.case.label_map])
            )
            if len(silent) > len(targets):
                source, targets = one, silent
        control = next((one for one in wanted if source and _is_control(plan, one, source, targets)), None)
        name = planned.name
        yield Scene(
            name,
            planned.reason,
            _of_scene(source, name) if source else None,
            tuple(_of_scene(target, name) for target in targets),
            _of_scene(control, name) if control else None,
        )


def _of_scene(one: Subject, name: str) -> Subject:
    """With a mark of its own: what is silent in one scene may be loud in another."""
    return replace(one, mark=f"({one.mark.strip('()')} in {name})")


def _is_control(plan: Plan, one: Subject, source: Subject, targets: Sequence[Subject]) -> bool:
    used = _groups(source).union(*(_groups(target) for target in targets))
    rules = planned_inhibit_rules(plan.alertmanager)
    together = [source.case.label_map, *(target.case.label_map for target in targets), one.case.label_map]
    return bool(one.due) and not _groups(one) & used and len(together) - 1 not in silenced_by(rules, together)


def _agreeing(case: AlertCase, cases: Sequence[AlertCase]) -> AlertCase:
    """With the values that other alerts have for labels that only its series decide: so they can meet."""
    values = {
        label: other.label_map[label]
        for label in case.free
        for other in reversed(cases)
        if label in other.label_map and label not in other.free
    }
    return replace(case, labels=tuple(sorted({**case.label_map, **values}.items())))


def _groups(one: Subject) -> set[tuple[str, str, Labels]]:
    return {(route.receiver, route.origin, route.group) for route in one.routes}


def _group(labels: Labels, group_by: Sequence[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in group_by)
