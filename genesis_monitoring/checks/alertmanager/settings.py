"""Whether grouping, timing, inhibition and receivers are what the spec says, and make sense.

GM606 (error): an inhibit rule without ``equal``: one alert silences others that have nothing to do with it.
Name the labels that must agree.

GM607 (error): an alert matches both sides of an inhibit rule, so it would silence its own kind. Narrow one.

GM610 (error or warning): timings or labels that defeat grouping: a repeat before the group is looked at
again, no grouping at all, everything in one group, or a first wait longer than the later ones.

GM613 (error): a receiver, a route, an inhibit rule or a global setting is not what the spec says. Render
again.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT, Alignment, align
from genesis_monitoring.checks.alertmanager.case_names import spell_names
from genesis_monitoring.checks.alertmanager.inhibit import inhibit_differences
from genesis_monitoring.checks.alertmanager.model import (
    AlertmanagerModel,
    UnreadableError,
    read_duration,
    read_model,
)
from genesis_monitoring.checks.alertmanager.receivers import receiver_differences
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.plain_secrets import plain_secrets
from genesis_monitoring.checks.positions import child, locate_path, read_nodes
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.alertmanager import Matcher
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.routing import RouteNode, all_routes, matches, planned_routes

CODES = ("GM606", "GM607", "GM609", "GM610", "GM613")


def check_alertmanager_settings(context: CheckContext) -> Iterator[Finding]:
    """GM606, GM607, GM609, GM610 and GM613."""
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    for file in wanted.files:
        yield from plain_secrets(context, file)
        if context.plan is None:
            yield context.unchecked(file.path, "there is no plan to compare with")
            continue
        try:
            model = read_model(file.text)
        except UnreadableError as error:
            yield context.unchecked(file.path, str(error), error.place)
            continue
        yield from _inhibition(context, file, model, alert_cases(context.plan))
        yield from _timings(context, file, model)
        yield from _globals(context, file, model, context.plan)
        alignment = align(planned_routes(context.plan.alertmanager), model.root)
        yield from _routes(context, file, alignment)
        yield from inhibit_differences(context, file, model.inhibit_rules, context.plan.alertmanager)
        yield from receiver_differences(context, file, model.receivers, context.plan.alertmanager)


def _inhibition(
    context: CheckContext, file: TreeFile, model: AlertmanagerModel, cases: Sequence[AlertCase]
) -> Iterator[Finding]:
    for rule in model.inhibit_rules:
        if not rule.equal:
            message = "this rule has no equal, so it silences alerts that have nothing to do with its source"
            place = locate_path(file.text, (*rule.path, "equal"))
            yield context.finding("GM606", file, place, message)
        both = [
            case
            for case in cases
            if matches(rule.source, case.label_map) and matches(rule.target, case.label_map)
        ]
        if both:
            message = (
                f"{spell_names(both)} matches the source and the target of this rule: it silences itself"
            )
            place = locate_path(file.text, (*rule.path, "target_matchers"))
            yield context.finding("GM607", file, place, message)


def _timings(context: CheckContext, file: TreeFile, model: AlertmanagerModel) -> Iterator[Finding]:
    document = read_nodes(file.text)
    for route in all_routes(model.root):
        node = document
        for step in route.path:
            node = child(node, step)
        for key, severity, message in _faults(route, top=route is model.root):
            if child(node, key) is not None or route is model.root:
                place = locate_path(file.text, (*route.path, key))
                yield context.finding("GM610", file, place, message, severity=severity)


def _faults(route: RouteNode, *, top: bool) -> Iterator[tuple[str, Severity, str]]:
    wait, interval, repeat = (
        _spell(seconds) for seconds in (route.group_wait, route.group_interval, route.repeat_interval)
    )
    if route.repeat_interval < route.group_interval:
        text = (
            f"it repeats every {repeat}, but a group is looked at only every {interval}: make it {interval}"
        )
        yield "repeat_interval", Severity.ERROR, f"{text} or longer"
    if route.group_wait > route.group_interval:
        text = (
            f"a new group waits {wait} for its first message, longer than the {interval} between later ones"
        )
        yield "group_wait", Severity.WARNING, text
    if "..." in route.group_by:
        yield "group_by", Severity.ERROR, "'...' groups by every label, so each alert is a message of its own"
    if not route.group_by and (top or route.path):
        yield "group_by", Severity.ERROR, "without a label to group by, all alerts are one message"


def _globals(
    context: CheckContext, file: TreeFile, model: AlertmanagerModel, plan: Plan
) -> Iterator[Finding]:
    planned = plan.alertmanager
    if model.resolve_timeout != read_duration(planned.resolve_timeout):
        message = (
            f"resolve_timeout is {_spell(model.resolve_timeout)}; the spec says {planned.resolve_timeout}"
        )
        place = locate_path(file.text, ("global", "resolve_timeout"))
        related = (context.source.locate_dotted("routing.resolve_timeout"),)
        yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
    loaded, wanted = (
        _templates(context, file, patterns) for patterns in (model.templates, planned.templates)
    )
    if loaded != wanted:
        message = f"templates loads {', '.join(loaded) or 'no file'}; it must load {', '.join(wanted)}"
        place = locate_path(file.text, ("templates",))
        related = (context.source.locate_dotted("routing"),)
        yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)


def _templates(context: CheckContext, file: TreeFile, patterns: Sequence[str]) -> tuple[str, ...]:
    """The generated files that ``patterns`` take in."""
    folder = PurePosixPath(file.path).parent
    return tuple(
        artifact.path
        for artifact in context.artifacts
        if any(PurePosixPath(artifact.path).match(str(folder / pattern)) for pattern in patterns)
    )


def _routes(context: CheckContext, file: TreeFile, alignment: Alignment) -> Iterator[Finding]:
    last: tuple[int, RouteNode] | None = None
    order = {route.path: number for number, route in enumerate(all_routes(alignment.root))}
    for planned, route in ((alignment.planned, alignment.root), *alignment.pairs):
        related = (context.source.locate_dotted(planned.origin),)
        if route is None:
            message = f"the route to {planned.receiver} for {_spell_matchers(planned.matchers)} is missing"
            place = locate_path(file.text, ("route", "routes"))
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
            continue
        for key, seen, wanted in _differences(planned, route):
            message = f"{key} of the route to {route.receiver} is {seen}; the spec says {wanted}"
            odd = (
                i for i, one in enumerate(route.matchers) if key == "matchers" and one not in planned.matchers
            )
            place = locate_path(file.text, (*route.path, key, *islice(odd, 1)))
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
        if last is not None and order[route.path] < last[0]:
            message = (
                f"this route to {route.receiver} stands before the one to {last[1].receiver} for "
                f"{_spell_matchers(last[1].matchers)}; in the spec it comes after: the first that takes an "
                f"alert decides"
            )
            place = locate_path(file.text, route.path)
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
        last = max(last or (-1, route), (order[route.path], route), key=lambda entry: entry[0])
    for route in alignment.surplus:
        if not route.children:
            message = f"the spec has no route to {route.receiver} for {_spell_matchers(route.matchers)}"
            place = locate_path(file.text, route.path)
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT)


def _differences(planned: RouteNode, route: RouteNode) -> Iterator[tuple[str, str, str]]:
    if planned.receiver != route.receiver:
        yield "receiver", route.receiver, planned.receiver
    if set(planned.matchers) != set(route.matchers):
        yield "matchers", _spell_matchers(route.matchers), _spell_matchers(planned.matchers)
    if set(planned.group_by) != set(route.group_by):
        yield "group_by", ", ".join(route.group_by) or "empty", ", ".join(planned.group_by)
    for key in ("group_wait", "group_interval", "repeat_interval"):
        seen, wanted = getattr(route, key), getattr(planned, key)
        if seen != wanted:
            yield key, _spell(seen), _spell(wanted)
    if planned.hands_on != route.hands_on:
        yield "continue", str(route.hands_on).lower(), str(planned.hands_on).lower()


def _spell_matchers(matchers: Sequence[Matcher]) -> str:
    return ", ".join(f'{m.label}{m.operator}"{m.value}"' for m in matchers) or "every alert"


def _spell(seconds: float) -> str:
    return format_duration(int(seconds)) if seconds == int(seconds) else f"{round(seconds * 1000)}ms"
