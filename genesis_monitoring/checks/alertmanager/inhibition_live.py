"""Inhibition on a real Alertmanager (GM611): each source alert fires, and what falls silent is compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from genesis_monitoring.checks.alertmanager.routes import RERENDER_HINT
from genesis_monitoring.checks.context import SPEC_HINT, CheckContext
from genesis_monitoring.clients.alertmanager_sessions import (
    AlertmanagerSession,
    Labels,
    PostedAlert,
    sorted_labels,
)
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.routing import InhibitRule, matches, planned_inhibit_rules, silenced_by

_OTHER = "genesis-mon-other"
_SHOWN = 3
_MOST_SCENES = 50

Silenced = Mapping[Labels, frozenset[Labels]]
"""Which alerts silence which: the silent one, and those that silence it."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """``source`` fires after all ``others``; ``rule`` is why something must fall silent."""

    rule: InhibitRule
    source: Labels
    others: tuple[Labels, ...]

    @property
    def alerts(self) -> tuple[Labels, ...]:
        """All of them, the source last: once it acts, the others are known, too."""
        return (*self.others, self.source)


def inhibition_findings(context: CheckContext, session: AlertmanagerSession) -> Iterator[Finding]:
    """GM611 for each rule of the spec, at most one."""
    cases = alert_cases(context.plan)
    rules = planned_inhibit_rules(context.plan.alertmanager)
    for rule in rules:
        place = context.source.locate_dotted(rule.origin)
        name = rule.name
        scenes = tuple(islice(_scenes(rule, rules, cases), _MOST_SCENES))
        if not scenes:
            message = (
                f"the inhibit rule {name} can never silence anything: no source and target agree in "
                f"{', '.join(rule.equal)}"
            )
            yield Finding("GM611", Severity.WARNING, place, message, SPEC_HINT)
        for scene in scenes:
            wrong = _play(session, rules, scene)
            if wrong:
                message = f"{_name(scene.source)} fires: {wrong} (inhibit rule {name})"
                seen = (context.locate(ALERTMANAGER_CONFIG),)
                yield Finding("GM611", Severity.ERROR, place, message, RERENDER_HINT, seen)
                break


def _scenes(rule: InhibitRule, rules: Sequence[InhibitRule], cases: Sequence[AlertCase]) -> Iterator[_Scene]:
    """For each source, with its free labels as the target needs them: its targets, and controls.

    In the first scene all alerts stand by that nothing may silence.
    """
    sources = [case for case in cases if matches(rule.source, case.label_map)]
    targets = [case for case in cases if matches(rule.target, case.label_map)]
    bystanders = [
        case.labels for case in cases if not any(matches(other.source, case.label_map) for other in rules)
    ]
    for source in sources:
        found: dict[Labels, list[Labels]] = {}
        for target in targets:
            pair = _agreeing(rule, source, target)
            if pair is not None and pair[0] != pair[1]:
                found.setdefault(pair[0], []).append(pair[1])
        for labels, silenced in found.items():
            others = dict.fromkeys([*silenced, *_controls(rule, silenced[0]), *bystanders])
            others.pop(labels, None)
            bystanders = []
            yield _Scene(rule, labels, tuple(others))


def _agreeing(rule: InhibitRule, source: AlertCase, target: AlertCase) -> tuple[Labels, Labels] | None:
    one, other = source.label_map, target.label_map
    for label in rule.equal:
        if one.get(label, "") == other.get(label, ""):
            continue
        if label in source.free and label in other:
            one[label] = other[label]
        elif label in target.free and label in one:
            other[label] = one[label]
        else:
            return None
    return sorted_labels(one), sorted_labels(other)


def _controls(rule: InhibitRule, target: Labels) -> Iterator[Labels]:
    """The target with one label of ``equal`` changed each time: it must not fall silent."""
    fixed = {matcher.label for matcher in rule.target}
    for label in rule.equal:
        if label not in fixed:
            yield sorted_labels({**dict(target), label: _OTHER})


def _play(session: AlertmanagerSession, rules: Sequence[InhibitRule], scene: _Scene) -> str:
    """What still differs from the spec's ``rules`` when nothing more happens; empty if nothing does."""
    alerts = scene.alerts
    wanted = _silenced(rules, alerts)
    posted = [PostedAlert(labels) for labels in alerts]
    session.fire(posted)
    session.settle(lambda: _agrees(_silent(session), wanted))
    silenced = _silent(session)
    session.resolve(posted)
    if _agrees(silenced, wanted):
        return ""
    loud, quiet = wanted.keys() - silenced.keys(), silenced.keys() - wanted.keys()
    parts = [f"{_names(loud)} should fall silent and does not"] if loud else []
    parts += [f"{_names(quiet)} falls silent and should not"] if quiet else []
    return "; ".join(parts) or f"{_names(wanted.keys())} is silenced by something else"


def _silent(session: AlertmanagerSession) -> Silenced:
    return {one.labels: frozenset(one.inhibited_by) for one in session.fire(()) if one.inhibited_by}


def _silenced(rules: Sequence[InhibitRule], alerts: Sequence[Labels]) -> dict[Labels, frozenset[Labels]]:
    by = silenced_by(rules, [dict(labels) for labels in alerts])
    return {alerts[number]: frozenset(alerts[one] for one in sources) for number, sources in by.items()}


def _agrees(silenced: Silenced, wanted: Silenced) -> bool:
    """The same alerts are silent, each by one that may silence it: Alertmanager names only the first."""
    return silenced.keys() == wanted.keys() and all(silenced[one] & wanted[one] for one in wanted)


def _names(alerts: Iterable[Labels]) -> str:
    names = sorted({_name(labels) for labels in alerts})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _name(labels: Labels) -> str:
    found = dict(labels)
    name = found.get("alertname", "an alert")
    changed = [label for label, value in labels if value == _OTHER]
    return f"{name} with another {changed[0]}" if changed else name
