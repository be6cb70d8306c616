"""Whether every alert reaches somebody in time, and whether what silences alerts makes sense.

What has a dangling reference is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.conventions import ALERT_LABELS, BUDGET_LABELS, JOB_LABEL, SEVERITY_LABEL, SLI_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.slis.burn import EXHAUSTED
from genesis_monitoring.spec.alerts import MatchedAlerts, Receiver, Severity
from genesis_monitoring.spec.budget_rules import told_tiers
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.night_rules import check_nights
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.team_rules import check_teams
from genesis_monitoring.spec.told import effective_receiver

_OF_ONE_ALERT = frozenset({"alertname", SEVERITY_LABEL, SLI_LABEL})
"""Labels that a source and a target seldom share."""


@dataclass(frozen=True, slots=True)
class Labelled:
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
            _reached(spec, reporter, ("severities", name, "receivers"), name, severity.receivers)
    for team, one in spec.teams.items():
        if ("teams", team) not in reporter.dangling:
            for name, named in one.receivers.items():
                _reached(spec, reporter, ("teams", team, "receivers", name), name, named)
    check_teams(spec, reporter)
    check_nights(spec, reporter)
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


def _reached(spec: Spec, reporter: Reporter, path: Path, name: str, receivers: tuple[str, ...]) -> None:
    """Whether alerts of the severity ``name`` reach somebody; ``receivers`` stand at ``path``."""
    reached = [integrations(spec, receiver) for receiver in receivers]
    whose = f" of team {path[1]}" if path[0] == "teams" else ""
    for index, (receiver, kinds) in enumerate(zip(receivers, reached, strict=True)):
        if kinds == ():
            reporter.contradiction(
                (*path, index),
                f"{name} alerts{whose} sent to {receiver} reach nobody: {_why(spec, receiver)}",
                "give the receiver a fallback or an integration, or send to another",
                ("receivers", receiver),
            )
    if spec.severities[name].page and not any(
        kinds is None or any(kind.pages for kind in kinds) for kinds in reached
    ):
        at: Path = ("severities", name, "page")
        reporter.contradiction(
            path if whose else at,
            f"{name} pages, and none of its receivers{whose} has a pager",
            f"add a receiver with {' or '.join(kind.key for kind in RECEIVERS if kind.pages)}, "
            "or set page to false",
            at if whose else path,
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
    alerts = tuple(labelled_alerts(spec))
    for name, rule in spec.routing.inhibit.items():
        path: Path = ("routing", "inhibit", name)
        source, target = matching(alerts, rule.source), matching(alerts, rule.target)
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
    source: frozenset[Labelled],
    target: frozenset[Labelled],
) -> None:
    """To Alertmanager a label that an alert does not have is empty, and two empty ones are equal."""
    labels = [frozenset(label for one in side for label in one.labels) for side in (source, target)]
    shared = sorted(frozenset.intersection(*labels) - _OF_ONE_ALERT)
    for index, label in enumerate(equal):
        left = [one for one in shared if one not in equal]
        mend = f"use one that both have: {', '.join(left)}"
        if len(equal) > 1:
            mend = f"leave {label} out, or {mend}" if left else f"leave {label} out"
        sides = [side for side, there in zip(("source", "target"), labels, strict=True) if label in there]
        if not sides:
            reporter.contradiction(
                (*path, index),
                f"no alert of source or target has the label {label}, and Alertmanager takes labels that are "
                "not there for equal, so this parts nothing",
                mend,
            )
        elif len(sides) == 1:
            reporter.contradiction(
                (*path, index),
                f"only alerts of {sides[0]} have the label {label}, so no two are ever equal in it, and the "
                "rule does nothing",
                mend,
            )


def labelled_alerts(spec: Spec) -> Iterator[Labelled]:
    """Every alert of the spec that is told; that on missing data once for each component."""
    own = frozenset((*ALERT_LABELS, *spec.prometheus.external_labels)) - {SLI_LABEL}
    for name, alert in spec.alerts.items():
        if alert.sli in spec.slis:
            sli = spec.slis[alert.sli]
            yield Labelled(name, alert.severity, sli.component, own.union((SLI_LABEL, *sli.by)))
    for _, sli, budget, tiers in told_tiers(spec):
        labels = own.union((SLI_LABEL, *BUDGET_LABELS, *budget.labels, *sli.by))
        alerts = [(tier.alert, tier.severity) for tier in tiers]
        if budget.exhausted is not None:
            alerts.append((EXHAUSTED, budget.exhausted))
        for name, severity in alerts:
            yield Labelled(name, severity, sli.component, labels)
    meta = spec.meta_alerts
    yield Labelled(meta.watchdog.name, meta.watchdog.severity, meta.component, own)
    for component in dict.fromkeys(sli.component for sli in spec.slis.values()):
        grouped = (label for sli in spec.slis.values() if sli.component == component for label in sli.by)
        labels = own.union((SLI_LABEL, JOB_LABEL, *grouped))
        yield Labelled(meta.missing_data.name, meta.missing_data.severity, component, labels)


def matching(alerts: tuple[Labelled, ...], matched: MatchedAlerts) -> frozenset[Labelled]:
    """Those that one side of an inhibit rule takes."""
    names = None if matched.alerts is None else frozenset(matched.alerts)
    return frozenset(
        alert
        for alert in alerts
        if (names is None or alert.name in names)
        and matched.severity in (None, alert.severity)
        and matched.component in (None, alert.component)
    )
