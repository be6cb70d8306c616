"""How a stack is: its services, the targets and rules of its Prometheus, and the alerts that fire.

``green`` is all of it. What could not be learnt is in ``unknown``, and then nothing is green.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from genesis_monitoring.clients.http_errors import ServerError
from genesis_monitoring.clients.loopback_prometheus import loopback_prometheus
from genesis_monitoring.clients.samples import ActiveAlert, LoadedRule
from genesis_monitoring.conventions import ALERT_LABELS, SHADOW_LABEL, SLI_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.health import is_ready, unit_state
from genesis_monitoring.stack.launch import TornError, Unit, UnitState
from genesis_monitoring.stack.values import ValueStatus, records_query, values_of

Mode = Literal["native", "docker", "none"]
Health = Literal["healthy", "running", "starting", "unhealthy", "unknown"]
"""``running`` is the best that can be known of a service without a healthcheck."""
WELL: frozenset[Health] = frozenset({"healthy", "running"})
_FIRST_SECONDS = 15.0
"""For so long after its start a service that does not answer yet is still starting."""
_COMMON = tuple(label for label in ALERT_LABELS if label != SLI_LABEL)
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service: ``status`` in Docker's words; ``ports`` are those of this machine."""

    name: str
    status: str
    health: Health
    ports: tuple[str, ...]
    restarts: int
    link: str


@dataclass(frozen=True, slots=True)
class AbsentService:
    """A service of the spec that does not run in this mode, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """A target: ``health`` is up, down, or unknown before its first scrape.

    ``planned``: nothing of its job is exposed yet, so that it is not up is no fault.
    """

    job: str
    address: str
    health: str
    error: str
    planned: bool

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.planned or self.health == "up"


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """A rule group: how many of its rules are healthy, failing, and not evaluated yet; the failures."""

    name: str
    healthy: int
    failing: int
    waiting: int
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """An alert that fires or is pending. ``since`` is in seconds since 1970.

    ``value`` is that of its SLI, and ``limit`` what fires it, both in words and empty for other alerts.
    ``about`` are the labels that tell it from others of its name, as ``sli=...``.
    """

    name: str
    severity: str
    component: str
    about: str
    state: str
    since: float
    summary: str
    value: str
    limit: str


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The whole. ``synthetic`` is the scenario that is played, if any. ``watchdog`` is None if unknown.

    ``planned`` is a line on what is planned, empty if nothing is.
    """

    version: Literal[1]
    mode: Mode
    synthetic: str
    services: tuple[ServiceStatus, ...]
    absent: tuple[AbsentService, ...]
    targets: tuple[TargetStatus, ...]
    groups: tuple[GroupStatus, ...]
    alerts: tuple[AlertStatus, ...]
    watchdog: bool | None
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    values: tuple[ValueStatus, ...] = ()
    planned: str = ""

    @property
    def green(self) -> bool:
        """Nothing is wrong, and nothing is unknown. The Watchdog must fire, and nothing else may."""
        return (
            bool(self.services)
            and not self.unknown
            and all(service.health in WELL for service in self.services)
            and all(target.well for target in self.targets)
            and all(not group.failing and not group.waiting for group in self.groups)
            and not any(alert.state == "firing" for alert in self.alerts)
            and self.watchdog is True
        )


VERSION: Final = 1


def native_status(folder: StateFolder, plan: Plan | None = None) -> StackStatus:
    """Of the native stack in ``folder``; mode ``none`` if there is none.

    Without a ``plan`` it is not known what is planned, and what the values of SLIs mean.
    """
    empty = StackStatus(VERSION, "none", "", (), (), (), (), (), None, (), ())
    pid = folder.supervisor()
    try:
        launch, state = folder.read_launch(), folder.read_state()
    except TornError as error:
        torn = f"the account in {folder.path} cannot be read: {error}"
        hint = "run: genesis-mon stack down, then up"
        return replace(empty, mode="native" if pid else "none", unknown=(torn,), notes=(hint,))
    if pid is None:
        stale = state is not None
        notes = ("the supervisor was killed; what it kept has ended with it",) if stale else ()
        return replace(empty, notes=notes)
    if launch is None:
        return replace(empty, mode="native", unknown=("a supervisor runs, but there is no launch.json",))
    services = tuple(_service(unit, unit_state(state, unit.name)) for unit in launch.units)
    absent = tuple(AbsentService(one.name, one.why) for one in launch.left_out)
    base = replace(empty, mode="native", synthetic=launch.synthetic, services=services, absent=absent)
    notes = ("notifications go to a catcher on this machine: logs/caught.jsonl",) if launch.catching else ()
    watching = launch.unit(launch.prometheus)
    port = watching.port if watching else None
    return with_prometheus(replace(base, notes=notes), port, launch.watchdog, plan)


def with_prometheus(
    status: StackStatus, port: int | None, watchdog: str, plan: Plan | None = None
) -> StackStatus:
    """``status`` with what the Prometheus on ``port`` says; None if it has no port on this machine."""
    if port is None:
        return replace(status, unknown=(*status.unknown, "Prometheus is not reached from this machine"))
    api = loopback_prometheus(port)
    try:
        targets, rules, alerts = api.targets(), api.rules(), api.alerts()
        series = api.instant(records_query(plan), time.time()).series if plan else ()
    except ServerError as error:
        return replace(status, unknown=(*status.unknown, error.message))
    firing = [alert for alert in alerts if dict(alert.labels).get("alertname") == watchdog]
    planned = plan.planned.jobs if plan else ()
    # Of probes the exporter's address tells nothing: one of them is like the other.
    probes = {job.job for job in plan.prometheus.scrape_configs if job.prober} if plan else set()
    return replace(
        status,
        targets=tuple(
            TargetStatus(
                one.job,
                one.instance if one.job in probes else one.address,
                one.health,
                one.error,
                one.health != "up" and one.job in planned,
            )
            for one in sorted(targets, key=lambda target: (target.job, target.address, target.instance))
        ),
        groups=_groups(rules),
        alerts=tuple(_alert(alert, plan) for alert in alerts if alert not in firing),
        watchdog=any(alert.state == "firing" for alert in firing),
        values=values_of(plan, series) if plan else (),
        planned=plan.planned.line if plan else "",
    )


def spell_age(seconds: float) -> str:
    """As Docker does: ``22 hours``."""
    for size, name in _UNITS:
        count = int(seconds // size)
        if count:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "Less than a second"


def _service(unit: Unit, state: UnitState | None) -> ServiceStatus:
    ports = tuple(f"127.0.0.1:{port}" for port in unit.published)
    if state is None:
        return ServiceStatus(unit.name, "Created", "starting", ports, 0, unit.link)
    age = max(0.0, time.time() - state.since)
    if state.identity is None or not state.identity.alive:
        status = f"Restarting ({state.last_exit}) {spell_age(age)} ago"
        return ServiceStatus(unit.name, status, "unhealthy", ports, state.restarts, unit.link)
    health: Health = "healthy"
    if not is_ready(unit, state):
        health = "starting" if age < _FIRST_SECONDS else "unhealthy"
    return ServiceStatus(unit.name, f"Up {spell_age(age)}", health, ports, state.restarts, unit.link)


def _groups(rules: Sequence[LoadedRule]) -> tuple[GroupStatus, ...]:
    found = []
    for name in dict.fromkeys(rule.group for rule in rules):
        own = [rule for rule in rules if rule.group == name]
        failing = [rule for rule in own if rule.health == "err"]
        healthy = sum(rule.health == "ok" for rule in own)
        errors = tuple(f"{rule.name}: {rule.error}" for rule in failing)
        found.append(GroupStatus(name, healthy, len(failing), len(own) - healthy - len(failing), errors))
    return tuple(found)


def _alert(alert: ActiveAlert, plan: Plan | None) -> AlertStatus:
    labels, annotations = dict(alert.labels), dict(alert.annotations)
    rule = plan.spec.alerts.get(labels.get("alertname", "")) if plan else None
    sli = plan.spec.slis.get(rule.sli) if plan and rule else None
    condition = sli.beyond(rule.level) if sli and rule else None
    return AlertStatus(
        labels.get("alertname", ""),
        labels.get("severity", "") or ("shadow" if SHADOW_LABEL in labels else ""),
        labels.get("component", ""),
        ", ".join(f"{name}={value}" for name, value in alert.labels if name not in _COMMON),
        alert.state,
        alert.since,
        annotations.get("summary", ""),
        condition.show(alert.value) if condition and not math.isnan(alert.value) else "",
        str(condition) if condition else "",
    )
