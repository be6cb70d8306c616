"""Every alert that can come to Alertmanager, with all its labels, and who is to get it: plan in, cases out.

Labels are those of the rule, those that its series bring (with test values) and Prometheus' external labels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from genesis_monitoring.conventions import TEAM_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.routing import RouteNode, walk
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import Told, team_by_series, teams_by_series, told_at, told_of

_PROBE = "GenesisMonProbe"
_VALUES = 8


@dataclass(frozen=True, slots=True)
class AlertCase:
    """``labels`` are sorted. ``free`` are labels whose values only the series decide.

    ``told`` has the receivers with their times.
    ``rule`` is None for a label set that is made up, for a route that no alert of the spec takes today;
    ``value`` is one for which the rule's alert fires.
    """

    labels: tuple[tuple[str, str], ...]
    receivers: tuple[str, ...]
    origin: str
    severity: str
    free: tuple[str, ...] = ()
    rule: AlertingRule | None = None
    value: float = 1.0
    told: tuple[Told, ...] = ()

    @property
    def annotations(self) -> dict[str, str]:
        """What Prometheus would send with it, for a value that fires it."""
        rule = self.rule
        return {a.name: a.expand(self.value, self.label_map) for a in rule.annotations} if rule else {}

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.rule.alert if self.rule else "an alert of no rule"

    @property
    def label_map(self) -> dict[str, str]:
        """The labels by name."""
        return dict(self.labels)


def alert_cases(plan: Plan, variants: int = 1) -> tuple[AlertCase, ...]:
    """A case for each label set, none twice and none in shadow.

    Alerts with free labels come in several ``variants``.
    """
    cases = [
        case
        for group in plan.rule_groups
        for rule in group.alerting
        if not rule.shadow
        for case in _cases(plan, rule, variants if rule.series_labels else 1)
    ]
    return tuple({case.labels: case for case in cases}.values())


def probe_cases(plan: Plan, routes: RouteNode, cases: Sequence[AlertCase]) -> tuple[AlertCase, ...]:
    """A made-up case for each planned route that none of ``cases`` takes, and one for the default route."""
    covered = {id(route) for case in cases for route in walk(routes, case.label_map)}
    base = {"alertname": _PROBE, **dict(plan.prometheus.external_labels)}
    found = [AlertCase(_sorted(base), (routes.receiver,), "routing.default_receiver", "")]
    for route in routes.children:
        if id(route) not in covered:
            labels = {**base, **{m.label: m.example or m.value for m in route.matchers}}
            taken = tuple(r.receiver for r in routes.children if r.matchers == route.matchers)
            found.append(AlertCase(_sorted(labels), taken, route.origin, labels.get("severity", "")))
    return tuple({case.labels: case for case in found}.values())


def _cases(plan: Plan, rule: AlertingRule, variants: int) -> Iterator[AlertCase]:
    own = dict(rule.labels)
    brought = tuple(label for label in rule.series_labels if label not in own)
    choosing = {label for team in plan.spec.teams.values() for label in team.series}
    external = dict(plan.prometheus.external_labels)
    value = rule.fires_at
    if rule.condition is not None and rule.sli is not None:
        value = plan.slis[rule.sli].sli.probes(plan.spec, rule.condition).bad
    found = [{label: f"{label}-{number}" for label in brought} for number in range(1, variants + 1)]
    found += [found[0] | chosen for chosen in _chosen(plan.spec, brought)]
    for series in found:
        labels = series | own | {"alertname": rule.alert}
        told = told_of_rule(plan, rule, labels)
        yield AlertCase(
            labels=_sorted(external | labels),
            receivers=tuple(dict.fromkeys(one.receiver for one in told)),
            origin=_route_origin(plan, rule, labels),
            severity=rule.severity,
            # What a value decides for the routes is not to be changed.
            free=tuple(label for label in brought if label not in choosing),
            rule=rule,
            value=value,
            told=told,
        )


def _chosen(spec: Spec, labels: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Values of ``labels`` with which an alert is a team's, whoever it is of otherwise: the first of them."""
    for name in teams_by_series(spec, labels):
        named = spec.teams[name].series
        for values in islice(product(*named.values()), _VALUES):
            yield dict(zip(named, values, strict=True))


def told_of_rule(plan: Plan, rule: AlertingRule, labels: Mapping[str, str]) -> tuple[Told, ...]:
    """Who gets an alert with these labels, by the spec itself, not by the routes that were made of it."""
    spec = plan.spec
    watchdog = spec.meta_alerts.watchdog
    if rule.alert == watchdog.name:
        return (told_at(spec, watchdog.receiver),)
    return told_of(spec, team_by_series(spec, labels) or labels[TEAM_LABEL], rule.severity)


def _route_origin(plan: Plan, rule: AlertingRule, labels: dict[str, str]) -> str:
    spec, severity = plan.spec, rule.severity
    if rule.alert == spec.meta_alerts.watchdog.name:
        return "meta_alerts.watchdog"
    chosen = team_by_series(spec, labels)
    team = chosen or labels[TEAM_LABEL]
    if team in spec.teams and severity in spec.teams[team].receivers:
        return f"teams.{team}.receivers.{severity}"
    return f"teams.{team}.series" if chosen else f"severities.{severity}"


def _sorted(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))
