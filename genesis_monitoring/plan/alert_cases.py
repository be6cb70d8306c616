"""Every alert that can come to Alertmanager, with all its labels, and who is to get it: plan in, cases out.

Labels are those of the rule, those that its series bring (with test values) and Prometheus' external labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.routing import RouteNode
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.spec.routing_rules import effective_receiver

_PROBE = "GenesisMonProbe"


@dataclass(frozen=True, slots=True)
class AlertCase:
    """``labels`` are sorted. ``free`` are labels whose values only the series decide.

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
    """A case for each label set, none twice; alerts with free labels come in several ``variants``."""
    cases = [
        case
        for group in plan.rule_groups
        for rule in group.alerting
        for case in _cases(plan, rule, variants if rule.series_labels else 1)
    ]
    return tuple({case.labels: case for case in cases}.values())


def probe_cases(plan: Plan, routes: RouteNode, cases: Sequence[AlertCase]) -> tuple[AlertCase, ...]:
    """A made-up case for each planned route that none of ``cases`` takes, and one for the default route."""
    covered = {case.origin for case in cases}
    base = {"alertname": _PROBE, **dict(plan.prometheus.external_labels)}
    found = [AlertCase(_sorted(base), (routes.receiver,), "routing.default_receiver", "")]
    for route in routes.children:
        if route.origin not in covered:
            labels = {**base, **{m.label: m.value for m in route.matchers if m.operator == "="}}
            taken = tuple(r.receiver for r in routes.children if r.matchers == route.matchers)
            found.append(AlertCase(_sorted(labels), taken, route.origin, labels.get("severity", "")))
    return tuple({case.labels: case for case in found}.values())


def _cases(plan: Plan, rule: AlertingRule, variants: int) -> Iterator[AlertCase]:
    own = dict(rule.labels)
    free = tuple(label for label in rule.series_labels if label not in own)
    external = dict(plan.prometheus.external_labels)
    value = 1.0
    if rule.condition is not None and rule.sli is not None:
        value = plan.slis[rule.sli].sli.probes(plan.spec, rule.condition).bad
    for number in range(1, variants + 1):
        labels = {label: f"{label}-{number}" for label in free} | own | {"alertname": rule.alert}
        yield AlertCase(
            labels=_sorted(external | labels),
            receivers=_receivers(plan, rule),
            origin=_route_origin(plan, rule),
            severity=rule.severity,
            free=free,
            rule=rule,
            value=value,
        )


def _receivers(plan: Plan, rule: AlertingRule) -> tuple[str, ...]:
    """By the spec itself, not by the routes that were made of it."""
    spec = plan.spec
    watchdog = spec.meta_alerts.watchdog
    if rule.alert == watchdog.name:
        return (effective_receiver(spec, watchdog.receiver),)
    named = spec.severities[rule.severity].receivers
    return tuple(dict.fromkeys(effective_receiver(spec, name) for name in named))


def _route_origin(plan: Plan, rule: AlertingRule) -> str:
    if rule.alert == plan.spec.meta_alerts.watchdog.name:
        return "meta_alerts.watchdog"
    return f"severities.{rule.severity}"


def _sorted(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))
