"""Alertmanager: receivers, the routing tree, and what silences what.

Each severity has one route for each of its receivers; all but the last hand on (``continue``), so a
page and a channel message are sent side by side. Teams with receivers of their own come before. While
Slack is switched off, a receiver that would have nothing left hands over to its fallback, so every alert
still reaches somebody.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL, TEAM_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.receivers.base import Kind, PlannedIntegration
from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.inhibition import inhibitions
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.nights import TimeInterval
from genesis_monitoring.spec.told import effective_receiver, told_at, told_of


@dataclass(frozen=True, slots=True)
class Matcher:
    """``label operator value``, as in ``severity="P0"``. ``example`` is a text that a pattern matches."""

    label: str
    operator: str
    value: str
    example: str = ""


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
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()


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

    name: str
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
    time_intervals: Mapping[str, tuple[TimeInterval, ...]]

    @property
    def kinds(self) -> tuple[Kind[Any], ...]:
        """What messages are sent by, each once."""
        return tuple(dict.fromkeys(one.kind for receiver in self.receivers for one in receiver.integrations))


def compile_alertmanager(spec: Spec) -> AlertmanagerPlan:
    """The routing tree with what the spec has switched on."""
    watchdog = spec.meta_alerts.watchdog
    watched = told_at(spec, watchdog.receiver)
    routes = [
        Route(
            receiver=watched.receiver,
            matchers=(Matcher("alertname", "=", watchdog.name),),
            group_by=("alertname",),
            group_wait="0s",
            group_interval="1m",
            repeat_interval=format_duration(watchdog.repeat_interval),
            hands_on=False,
            origin="meta_alerts.watchdog",
            mute=watched.mute,
            active=watched.active,
        )
    ]
    # A value of a series chooses a team before the label team does, and that before the severity alone.
    for name, team in spec.teams.items():
        if team.series:
            named = tuple(Matcher(label, *_one_of(values)) for label, values in team.series.items())
            for severity in spec.severities:
                own = f"receivers.{severity}" if severity in team.receivers else "series"
                routes.extend(_routes(spec, name, severity, named, f"teams.{name}.{own}"))
    for name, team in spec.teams.items():
        for severity in spec.severities:
            if severity in team.receivers:
                known = (Matcher(TEAM_LABEL, "=", name),)
                routes.extend(_routes(spec, name, severity, known, f"teams.{name}.receivers.{severity}"))
    for severity in spec.severities:
        routes.extend(_routes(spec, "", severity, (), f"severities.{severity}"))
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
                name=one.name,
                source=_matchers(one.rule.source),
                target=_matchers(one.rule.target),
                equal=one.rule.equal,
                reason=one.rule.reason,
                origin=one.origin,
            )
            for one in inhibitions(spec)
        ),
        time_intervals=spec.time_intervals,
    )


def zones_of(plan: AlertmanagerPlan) -> tuple[str, ...]:
    """The locations that the generated file names."""
    parts = (part for own in plan.time_intervals.values() for part in own)
    return tuple(dict.fromkeys(part.zone for part in parts))


def _routes(
    spec: Spec, team: str, severity: str, matchers: tuple[Matcher, ...], origin: str
) -> Iterator[Route]:
    """One for each receiver of a severity, of the alerts of a team that ``matchers`` take."""
    known, every = spec.severities[severity], told_of(spec, team, severity)
    for told in every:
        yield Route(
            receiver=told.receiver,
            matchers=(*matchers, Matcher(SEVERITY_LABEL, "=", severity)),
            group_by=known.group_by,
            group_wait=format_duration(known.group_wait),
            group_interval=format_duration(known.group_interval),
            repeat_interval=format_duration(known.repeat_interval),
            hands_on=told is not every[-1],
            origin=origin,
            mute=told.mute,
            active=told.active,
        )


def _one_of(values: tuple[str, ...]) -> tuple[str, str, str]:
    """Operator, value and an example."""
    if len(values) == 1:
        return "=", values[0], values[0]
    return "=~", "|".join(re.escape(value) for value in values), values[0]


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
