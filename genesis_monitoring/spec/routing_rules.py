"""Whether every alert reaches somebody in time, and whether what silences alerts makes sense.

What has a dangling reference is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.conventions import ALERT_LABELS, JOB_LABEL, SEVERITY_LABEL, SLI_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.spec.alerts import MatchedAlerts, Receiver, Severity
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter

_OF_ONE_ALERT = frozenset({"alertname", SEVERITY_LABEL, SLI_LABEL})
"""Labels that a source and a target seldom share."""


@dataclass(frozen=True, slots=True)
class _Labelled:
    """An alert with the labels that inhibit rules match."""

    name: str
    severity: str
    component: str
    labels: frozenset[str]


def check_routing(spec: Spec, reporter: Reporter) -> None:
    """Severities, receivers and inhibit rules against each other."""
    for name, severity in spec.severities.items():
        _timings(reporter, ("severities", name), severity)
        if ("severities", name) not in reporter.dangling:
            _reached(spec, reporter, name, severity)
    for name, receiver in spec.receivers.items():
        _fallback(reporter, ("receivers", name), receiver)
    default = spec.routing.default_receiver
    if integrations(spec, default) == ():
        reporter.contradiction(
            ("routing", "default_receiver"),
            f"what no route takes is sent to {default} and reaches nobody: {_why(spec, default)}",
            "name a receiver that reaches somebody",
            ("receivers", default),
        )
    _inhibit(spec, reporter)


def integrations(spec: Spec, name: str) -> tuple[Kind[Any], ...] | None:
    """What an alert sent to a receiver is sent by in the end; None if a receiver on the way is unknown."""
    receiver = spec.receivers.get(effective_receiver(spec, name))
    return None if receiver is None else tuple(kind for kind, _ in receiver.in_force(spec))


def effective_receiver(spec: Spec, name: str) -> str:
    """Who really gets what is sent to ``name``: the fallback, if all that it has is switched off."""
    seen: set[str] = set()
    while name in spec.receivers and name not in seen:
        seen.add(name)
        receiver = spec.receivers[name]
        if receiver.in_force(spec) or not receiver.integrations or receiver.fallback is None:
            break
        name = receiver.fallback
    return name


def _why(spec: Spec, name: str) -> str:
    receiver = spec.receivers[name]
    off = [kind.title for kind, _ in receiver.integrations]
    if not off:
        return "it has no integration"
    lead = "nor does its fallback lead anywhere" if receiver.fallback else "and it has no fallback"
    return f"{' and '.join(off)} is switched off, {lead}"


def _timings(reporter: Reporter, path: Path, severity: Severity) -> None:
    after = severity.escalate_after
    if after is not None and after <= severity.acknowledge_within:
        reporter.contradiction(
            (*path, "escalate_after"),
            f"it escalates after {format_duration(after)}, and there are "
            f"{format_duration(severity.acknowledge_within)} to acknowledge it",
            "escalate later, or acknowledge sooner",
            (*path, "acknowledge_within"),
        )
    if severity.repeat_interval < severity.group_interval:
        reporter.contradiction(
            (*path, "repeat_interval"),
            f"a group is looked at every {format_duration(severity.group_interval)}, so it cannot repeat "
            f"every {format_duration(severity.repeat_interval)}",
            f"make it {format_duration(severity.group_interval)} or longer",
            (*path, "group_interval"),
        )


def _reached(spec: Spec, reporter: Reporter, name: str, severity: Severity) -> None:
    reached = [integrations(spec, receiver) for receiver in severity.receivers]
    for index, (receiver, kinds) in enumerate(zip(severity.receivers, reached, strict=True)):
        if kinds == ():
            reporter.contradiction(
                ("severities", name, "receivers", index),
                f"{name} alerts sent to {receiver} reach nobody: {_why(spec, receiver)}",
                "give the receiver a fallback or an integration, or send to another",
                ("receivers", receiver),
            )
    if severity.page and not any(kinds is None or any(kind.pages for kind in kinds) for kinds in reached):
        reporter.contradiction(
            ("severities", name, "page"),
            f"{name} pages, and none of its receivers has a pager",
            f"add a receiver with {' or '.join(kind.key for kind in RECEIVERS if kind.pages)}, "
            "or set page to false",
            ("severities", name, "receivers"),
        )


def _fallback(reporter: Reporter, path: Path, receiver: Receiver) -> None:
    if receiver.fallback is not None and not any(kind.switchable for kind, _ in receiver.integrations):
        names = " or ".join(kind.title for kind in RECEIVERS if kind.switchable)
        keys = " or ".join(kind.key for kind in RECEIVERS if kind.switchable)
        reporter.contradiction(
            (*path, "fallback"),
            f"a fallback stands in for {names}, and this receiver has no {names} channel",
            f"remove fallback, or give the receiver {keys}",
        )


def _inhibit(spec: Spec, reporter: Reporter) -> None:
    alerts = tuple(_labelled(spec))
    for name, rule in spec.routing.inhibit.items():
        path: Path = ("routing", "inhibit", name)
        source, target = _matching(alerts, rule.source), _matching(alerts, rule.target)
        if source & target:
            both = sorted({alert.name for alert in source & target})
            reporter.contradiction(
                (*path, "target"),
                f"{', '.join(both)} matches source and target, so it can silence itself",
                "narrow one of the two",
                (*path, "source"),
            )
        if reporter.incomplete:
            continue
        for side, matched in (("source", source), ("target", target)):
            if not matched:
                reporter.contradiction(
                    (*path, side),
                    f"no alert matches this {side}, so the rule does nothing",
                    "correct it, or remove the rule",
                )
        if source and target:
            _equal(reporter, (*path, "equal"), rule.equal, source, target)


def _equal(
    reporter: Reporter,
    path: Path,
    equal: tuple[str, ...],
    source: frozenset[_Labelled],
    target: frozenset[_Labelled],
) -> None:
    """To Alertmanager a label that an alert does not have is empty, and two empty ones are equal."""
    labels = [frozenset(label for one in side for label in one.labels) for side in (source, target)]
    shared = sorted(frozenset.intersection(*labels) - _OF_ONE_ALERT)
    for index, label in enumerate(equal):
        sides = [side for side, there in zip(("source", "target"), labels, strict=True) if label in there]
        if not sides:
            reporter.contradiction(
                (*path, index),
                f"no alert of source or target has the label {label}, and Alertmanager takes labels that are "
                "not there for equal, so this parts nothing",
                f"leave {label} out, or use one that both have: {', '.join(shared)}",
            )
        elif len(sides) == 1:
            reporter.contradiction(
                (*path, index),
                f"only alerts of {sides[0]} have the label {label}, so no two are ever equal in it, and the "
                "rule does nothing",
                f"leave {label} out, or use one that both have: {', '.join(shared)}",
            )


def _labelled(spec: Spec) -> Iterator[_Labelled]:
    own = frozenset((*ALERT_LABELS, *spec.prometheus.external_labels)) - {SLI_LABEL}
    for name, alert in spec.alerts.items():
        if alert.sli in spec.slis:
            sli = spec.slis[alert.sli]
            yield _Labelled(name, alert.severity, sli.component, own.union((SLI_LABEL, *sli.by)))
    meta = spec.meta_alerts
    yield _Labelled(meta.watchdog.name, meta.watchdog.severity, meta.component, own)
    for component in dict.fromkeys(sli.component for sli in spec.slis.values()):
        grouped = (label for sli in spec.slis.values() if sli.component == component for label in sli.by)
        labels = own.union((SLI_LABEL, JOB_LABEL, *grouped))
        yield _Labelled(meta.missing_data.name, meta.missing_data.severity, component, labels)


def _matching(alerts: tuple[_Labelled, ...], matched: MatchedAlerts) -> frozenset[_Labelled]:
    names = None if matched.alerts is None else frozenset(matched.alerts)
    return frozenset(
        alert
        for alert in alerts
        if (names is None or alert.name in names)
        and matched.severity in (None, alert.severity)
        and matched.component in (None, alert.component)
    )
