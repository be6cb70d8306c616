"""Plays a scenario the whole way: application, exporter, Prometheus, rules, Alertmanager, and what arrives.

A stack of its own runs on free ports, from a tree whose profile shortens ``for``, with a past. Notifications
are caught, and wait for no others of their group; else a P3 would take five minutes.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from genesis_monitoring.clients.http_errors import ServerError
from genesis_monitoring.clients.loopback_prometheus import loopback_prometheus
from genesis_monitoring.conventions import SHADOW_LABEL
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.services.registry import stock_of
from genesis_monitoring.stack.caught import Caught, read_caught
from genesis_monitoring.stack.down import stop_stack
from genesis_monitoring.stack.ground import Ground, Wanted
from genesis_monitoring.stack.scenario import Scenario, load_scenario
from genesis_monitoring.stack.up import Manner, bring_up

VERSION: Final = 1
_POLL_SECONDS = 1.0
_STARTING_SECONDS = 90.0
_PATIENCE_SECONDS = 150.0
_SETTLING_SECONDS = 20.0
_QUIET_SECONDS = 70.0
"""For so long after its last phase a scenario without alerts is watched: four evaluations and a minute."""


@dataclass(frozen=True, slots=True)
class AlertPlayed:
    """An alert that was expected or that fired; seconds are from when all was healthy, None if never.

    ``messages`` are receiver and kind of each that came. ``ambient``: it is about this machine, which is
    measured for real, so the scenario neither makes it nor excludes it.
    """

    name: str
    expected: bool
    inhibited: bool
    ambient: bool
    fired_after: float | None
    notified_after: float | None
    messages: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndToEndReport:
    """The whole way of one scenario."""

    version: Literal[1]
    scenario: str
    title: str
    profile: str
    seconds: float
    ok: bool
    alerts: tuple[AlertPlayed, ...]


def play_scenario(
    plan: Plan, profile: str, ground: Ground, name: str, tell: Callable[[str], None]
) -> EndToEndReport:
    """Whatever happens, the stack is gone afterwards. Raises as ``bring_up``."""
    scenario = load_scenario(name)
    wanted = Wanted(name, catch=True, hurried=True)
    manner = Manner(free_ports=True, timeout=_STARTING_SECONDS, hanging=True)
    try:
        bring_up(plan, profile, ground, wanted, manner, tell)
        begun = time.time()
        fired = _watch(plan, scenario, ground, begun, tell)
        caught = read_caught(ground.folder.logs / "caught.jsonl")
        seconds = time.time() - begun
    finally:
        stop_stack(ground.folder)
    alerts = tuple(_judge(plan, scenario, fired, caught, begun))
    ok = not any(alert.problems for alert in alerts)
    return EndToEndReport(VERSION, name, scenario.title, profile, round(seconds, 1), ok, alerts)


def _watch(
    plan: Plan, scenario: Scenario, ground: Ground, begun: float, tell: Callable[[str], None]
) -> dict[str, float]:
    """When each alert was first seen firing; until all that is due has come, and a while longer."""
    launch = ground.folder.read_launch()
    prometheus = launch.unit(launch.prometheus) if launch else None
    if prometheus is None:
        return {}
    api = loopback_prometheus(prometheus.port)
    watchdog = plan.spec.meta_alerts.watchdog.name
    last = max((phase.after for phase in scenario.phases), default=0)
    quiet = last + _QUIET_SECONDS if not scenario.expect.alerts else 0.0
    loud = set(scenario.expect.alerts) - set(scenario.expect.inhibited)
    fired: dict[str, float] = {}
    complete: float | None = None
    tell(f"playing {scenario.title!r}; expecting {', '.join(scenario.expect.alerts) or 'no alert'}")
    while time.time() < begun + last + _PATIENCE_SECONDS:
        with suppress(ServerError):
            for alert in api.alerts():
                labels = dict(alert.labels)
                name = labels.get("alertname", "")
                if SHADOW_LABEL in labels:
                    continue
                if alert.state == "firing" and name not in (watchdog, *fired):
                    fired[name] = time.time() - begun
                    tell(f"{name} fires after {fired[name]:.0f} s")
        told = _names(plan, read_caught(ground.folder.logs / "caught.jsonl"))
        if complete is None and set(scenario.expect.alerts) <= fired.keys() and loud <= told.keys():
            complete = time.time()
        if complete is not None and time.time() >= max(complete + _SETTLING_SECONDS, begun + quiet):
            break
        time.sleep(_POLL_SECONDS)
    return fired


def _names(plan: Plan, caught: Sequence[Caught]) -> Mapping[str, tuple[Caught, ...]]:
    """The messages of each alert: those with a line or an entry that begins with its name.

    Its name in an address is no mention, nor is that another alert keeps it quiet.
    """
    known = dict.fromkeys(rule.alert for group in plan.rule_groups for rule in group.alerting)
    found = {}
    for name in known:
        mention = re.compile(rf"(?:^|>)(?:- )?{re.escape(name)}(?:$|<|:| \()", re.MULTILINE)
        own = tuple(one for one in caught if any(mention.search(text) for text in one.message.texts))
        if own:
            found[name] = own
    return found


def _judge(
    plan: Plan, scenario: Scenario, fired: Mapping[str, float], caught: Sequence[Caught], begun: float
) -> Iterator[AlertPlayed]:
    kinds = {receiver.name: receiver.kinds for receiver in plan.alertmanager.receivers}
    receivers = {case.name: case.receivers for case in alert_cases(plan)}
    told = _names(plan, caught)
    real = _ambient(plan)
    for name in dict.fromkeys((*scenario.expect.alerts, *fired, *told)):
        expected, inhibited = name in scenario.expect.alerts, name in scenario.expect.inhibited
        own = told.get(name, ())
        came = tuple(dict.fromkeys(one.message.path.strip("/") for one in own))
        due = {
            f"{receiver}/{kind}" for receiver in receivers.get(name, ()) for kind in kinds.get(receiver, ())
        }
        problems = []
        if expected and name not in fired:
            problems.append("it did not fire")
        ambient = name in real and not expected
        if not expected and not ambient and name in fired:
            problems.append("it fired, and the scenario does not expect it")
        if inhibited and own:
            problems.append(f"it is inhibited, and a message came all the same: {', '.join(came)}")
        if expected and not inhibited and set(came) != due:
            problems.append(
                f"messages came to {', '.join(came) or 'nobody'}, not to {', '.join(sorted(due))}"
            )
        if not expected and not ambient and own and name not in fired:
            problems.append(f"a message came of it: {', '.join(came)}")
        first = round(min(one.time for one in own) - begun, 1) if own else None
        when = round(fired[name], 1) if name in fired else None
        yield AlertPlayed(name, expected, inhibited, ambient, when, first, came, tuple(problems))


def _ambient(plan: Plan) -> frozenset[str]:
    """The alerts on what the node exporter tells of this machine."""
    stock = {name: stock_of(plan.spec, name) for name in plan.spec.stack.services}
    jobs = {name for name, one in stock.items() if one is not None and one.about_this_machine}
    return frozenset(
        rule.alert
        for group in plan.rule_groups
        for rule in group.alerting
        if rule.condition is not None and rule.sli is not None and plan.slis[rule.sli].job in jobs
    )
