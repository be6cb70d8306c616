"""``genesis-mon route``: who is told of an alert, at any time or at one moment."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.commands.rollout_inputs import read_time_option
from genesis_monitoring.conventions import TEAM_LABEL
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases, told_of_rule
from genesis_monitoring.plan.alertmanager import zones_of
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.route import (
    Addressed,
    LabelValue,
    ReceiverTold,
    RouteDocument,
    RouteReport,
    route_text,
)
from genesis_monitoring.spec.hours import holding, next_change
from genesis_monitoring.spec.told import Told, team_by_series
from genesis_monitoring.words import suggest

NOW = "now"
_LABEL = "write it as NAME=VALUE, as in tenant=acme"


@dataclass(frozen=True, slots=True)
class Asked:
    """As the user wrote it: a moment (any if None), labels, and who is to be told (unsaid if None)."""

    alert: str
    labels: tuple[str, ...]
    at: str | None
    expected: str | None


def run_route(inputs: Inputs, asked: Asked, console: Console, *, as_json: bool) -> ExitCode:
    """Print it. FINDINGS if others are told than ``asked.expected``.

    Raises SpecError, and UsageError for an alert, a label or a receiver that there is not.
    """
    labels = _labels(asked.labels)
    at = _moment(asked.at)
    plan = load_project(inputs).plan
    rows = [row for row in plan.alert_rows if row.alert == asked.alert]
    if not rows:
        names = tuple(dict.fromkeys(row.alert for row in plan.alert_rows))
        raise UsageError(
            f"there is no alert {asked.alert!r}{suggest(asked.alert, names)}",
            f"use one of: {', '.join(names)}",
        )
    expected = _expected(plan, asked.expected)
    cases = [case for case in alert_cases(plan) if case.name == asked.alert]
    holds = holding(plan.spec.time_intervals, _dated(at)) if at is not None else frozenset()
    zones = zones_of(plan.alertmanager)
    report = RouteReport(
        asked.alert,
        inputs.environment,
        not cases,
        at,
        tuple(name for name in plan.spec.time_intervals if name in holds),
        tuple(_addressed(plan, _with(plan, cases, labels), at)) if cases else (),
        zones[0] if zones else "UTC",
    )
    if as_json:
        console.data(document_json(RouteDocument, report))
    else:
        console.write(route_text(report, width=console.width))
    if expected is None or expected == set(report.told):
        return ExitCode.OK
    told = ", ".join(report.told) or "nobody"
    console.err(f"route: told: {told}; --verify-receivers says: {', '.join(sorted(expected))}")
    return ExitCode.FINDINGS


def _labels(written: Sequence[str]) -> Mapping[str, str]:
    for one in written:
        if not one.partition("=")[0] or "=" not in one:
            raise UsageError(f"{one[:100]!r} is no label", _LABEL)
    return {name: value for name, _, value in (one.partition("=") for one in written)}


def _moment(text: str | None) -> float | None:
    if text == NOW:
        return float(int(time.time()))
    return None if text is None else read_time_option(text, "--at")


def _dated(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _expected(plan: Plan, text: str | None) -> set[str] | None:
    if text is None:
        return None
    names = {name.strip() for name in text.split(",")} - {""}
    known = [one.name for one in plan.alertmanager.receivers]
    for name in sorted(names):
        if name not in known:
            raise UsageError(
                f"there is no receiver {name!r}{suggest(name, known)}", f"use one of: {', '.join(known)}"
            )
    return names


def _with(
    plan: Plan, cases: Sequence[AlertCase], wanted: Mapping[str, str]
) -> Iterator[tuple[AlertCase, Mapping[str, str], tuple[Told, ...]]]:
    """Those that can have these labels, which are of their series or of their rule, and who gets them."""
    known = {name for case in cases for name in case.label_map}
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"{cases[0].name} has no label {name!r}{suggest(name, known)}",
                f"use one of: {', '.join(sorted(known))}",
            )
    found = False
    for case in cases:
        rule, labels = case.rule, {**case.label_map, **wanted}
        if rule is None or not labels.keys() <= case.label_map.keys():
            continue
        fixed = case.label_map.keys() - set(rule.series_labels)
        if all(case.label_map[name] == labels[name] for name in fixed):
            found = True
            yield case, labels, told_of_rule(plan, rule, labels)
    if not found:
        said = ", ".join(f"{name}={value}" for name, value in wanted.items())
        raise UsageError(f"{cases[0].name} never has {said}", "leave out a label, or correct its value")


def _addressed(
    plan: Plan, cases: Iterator[tuple[AlertCase, Mapping[str, str], tuple[Told, ...]]], at: float | None
) -> Iterator[Addressed]:
    ways = {receiver.name: receiver.integrations for receiver in plan.alertmanager.receivers}
    seen = set()
    for case, labels, told in cases:
        team = team_by_series(plan.spec, labels) or labels[TEAM_LABEL]
        key = (case.severity, team, told)
        if key in seen:
            continue
        seen.add(key)
        yield Addressed(
            case.severity,
            team,
            tuple(LabelValue(name, value) for name, value in sorted(labels.items())),
            tuple(
                _hearing(plan, one, tuple(way.says for way in ways.get(one.receiver, ())), at) for one in told
            ),
        )


def _hearing(plan: Plan, one: Told, sends: tuple[str, ...], at: float | None) -> ReceiverTold:
    if at is None:
        return ReceiverTold(one.receiver, sends, one.mute, one.active)
    intervals, moment = plan.spec.time_intervals, _dated(at)
    holds = holding(intervals, moment)
    told = one.hears(holds)
    muted = tuple(name for name in one.mute if name in holds)
    change = next_change(intervals, moment, one.hears)
    return ReceiverTold(
        one.receiver,
        sends,
        one.mute,
        one.active,
        told,
        () if told else muted or one.active,
        None if change is None else change.timestamp(),
    )
