"""Alertmanager: receivers, the routing tree, and what silences what.

Each severity has one route for each of its receivers; all but the last hand on (``continue``), so a
page and a channel message are sent side by side. While Slack is switched off, a receiver that would
have nothing left hands over to its fallback, so every alert still reaches somebody.
"""

from dataclasses import dataclass
from typing import Any

from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.receivers.base import Kind, PlannedIntegration
from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.routing_rules import effective_receiver


@dataclass(frozen=True, slots=True)
class Matcher:
    """``label operator value``, as in ``severity="P0"``."""

    label: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route below the root. Durations are in Prometheus notation."""

    receiver: str
    matchers: tuple[Matcher, ...]
    group_by: tuple[str, ...]
    group_wait: str
    group_interval: str
    repeat_interval: str
    hands_on: bool
    origin: str


@dataclass(frozen=True, slots=True)
class ReceiverPlan:
    """A receiver with what it is told by; nothing for one that is silent on purpose."""

    name: str
    integrations: tuple[PlannedIntegration, ...]
    origin: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of message that it gets."""
        return tuple(one.kind.key for one in self.integrations)


@dataclass(frozen=True, slots=True)
class InhibitRulePlan:
    """While ``source`` fires, ``target`` with equal labels is silenced."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    reason: str
    origin: str


@dataclass(frozen=True, slots=True)
class AlertmanagerPlan:
    """``alertmanager.yml``. The root route takes what no other route does."""

    resolve_timeout: str
    templates: tuple[str, ...]
    default_receiver: str
    group_by: tuple[str, ...]
    routes: tuple[Route, ...]
    receivers: tuple[ReceiverPlan, ...]
    inhibit_rules: tuple[InhibitRulePlan, ...]

    @property
    def kinds(self) -> tuple[Kind[Any], ...]:
        """What messages are sent by, each once."""
        return tuple(dict.fromkeys(one.kind for receiver in self.receivers for one in receiver.integrations))


def compile_alertmanager(spec: Spec) -> AlertmanagerPlan:
    """The routing tree with what the spec has switched on."""
    watchdog = spec.meta_alerts.watchdog
    routes = [
        Route(
            receiver=effective_receiver(spec, watchdog.receiver),
            matchers=(Matcher("alertname", "=", watchdog.name),),
            group_by=("alertname",),
            group_wait="0s",
            group_interval="1m",
            repeat_interval=format_duration(watchdog.repeat_interval),
            hands_on=False,
            origin="meta_alerts.watchdog",
        )
    ]
    for name, severity in spec.severities.items():
        receivers = tuple(dict.fromkeys(effective_receiver(spec, r) for r in severity.receivers))
        routes.extend(
            Route(
                receiver=receiver,
                matchers=(Matcher(SEVERITY_LABEL, "=", name),),
                group_by=severity.group_by,
                group_wait=format_duration(severity.group_wait),
                group_interval=format_duration(severity.group_interval),
                repeat_interval=format_duration(severity.repeat_interval),
                hands_on=receiver != receivers[-1],
                origin=f"severities.{name}",
            )
            for receiver in receivers
        )
    default = effective_receiver(spec, spec.routing.default_receiver)
    used = {default, *(route.receiver for route in routes)}
    return AlertmanagerPlan(
        resolve_timeout=format_duration(spec.routing.resolve_timeout),
        templates=("templates/*.tmpl",),
        default_receiver=default,
        group_by=("alertname", COMPONENT_LABEL),
        routes=tuple(routes),
        receivers=tuple(
            ReceiverPlan(
                name,
                tuple(kind.plan(name, settings, spec) for kind, settings in receiver.in_force(spec)),
                f"receivers.{name}",
            )
            for name, receiver in spec.receivers.items()
            if name in used
        ),
        inhibit_rules=tuple(
            InhibitRulePlan(
                source=_matchers(rule.source),
                target=_matchers(rule.target),
                equal=rule.equal,
                reason=rule.reason,
                origin=f"routing.inhibit.{name}",
            )
            for name, rule in spec.routing.inhibit.items()
        ),
    )


def _matchers(matched: MatchedAlerts) -> tuple[Matcher, ...]:
    matchers: list[Matcher] = []
    if matched.alerts is not None:
        operator = "=" if len(matched.alerts) == 1 else "=~"
        matchers.append(Matcher("alertname", operator, "|".join(matched.alerts)))
    if matched.severity is not None:
        matchers.append(Matcher(SEVERITY_LABEL, "=", matched.severity))
    if matched.component is not None:
        matchers.append(Matcher(COMPONENT_LABEL, "=", matched.component))
    return tuple(matchers)
