"""Whether each alert reaches those whom the spec says, walked by hand and by amtool.

GM602 (error): an alert with all its labels goes to other receivers than the spec says, or amtool walks the
routes in another way than we do. Somebody is not told, or is told for nothing. Correct the route.

GM603 (error): no route takes an alert that has one in the spec, so it falls to the default route. It may even
reach the right receiver, but grouped and repeated as the default has it. Put the route back, or correct its
matchers.

GM604 (error): a route can never take an alert, for one before it takes all it matches and does not hand on.
Move it up, or set ``continue`` on the one before.

GM605 (error): a receiver that no route names: nobody is told through it. Route to it, or remove it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT, Alignment, align, culprit
from genesis_monitoring.checks.alertmanager.case_names import spell_names
from genesis_monitoring.checks.alertmanager.model import AlertmanagerModel, UnreadableError, read_model
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Finding, Location
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases, probe_cases
from genesis_monitoring.plan.routing import (
    RouteNode,
    all_routes,
    entered,
    implies,
    matches,
    planned_routes,
    walk,
)

CODES = ("GM602", "GM603", "GM604", "GM605")

Received = Mapping[tuple[tuple[str, str], ...], tuple[str, ...]]
"""Who gets each label set."""


def check_alertmanager_routes(context: CheckContext) -> Iterator[Finding]:
    """GM602 to GM605."""
    plan = context.plan
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    for file in wanted.files:
        try:
            model = read_model(file.text)
        except UnreadableError as error:
            yield context.unchecked(file.path, str(error), error.place)
            continue
        alignment = align(planned_routes(plan.alertmanager), model.root)
        alerts = alert_cases(plan)
        cases = (*alerts, *probe_cases(plan, alignment.planned, alerts))
        walked = {case.labels: _receivers(walk(model.root, case.label_map)) for case in cases}
        yield from _fallen(context, file, alignment, cases)
        yield from wrong_receivers(context, file, alignment, cases, walked)
        yield from _by_amtool(context, file, model, cases, walked)
        yield from _shadowed(context, file, model, cases)
        yield from _unused(context, file, model)


def wrong_receivers(
    context: CheckContext,
    file: TreeFile,
    alignment: Alignment,
    cases: Sequence[AlertCase],
    received: Received,
) -> Iterator[Finding]:
    """GM602 for each case that ``received`` has with other receivers than the spec; GM603 has the others."""
    wrong = [
        case
        for case in cases
        if received.get(case.labels, case.receivers) != case.receivers and not _has_fallen(alignment, case)
    ]
    ordered = sorted(wrong, key=lambda case: (*_key(case), received[case.labels]))
    for _, found in groupby(ordered, key=lambda case: (*_key(case), received[case.labels])):
        same = tuple(found)
        message = (
            f"{_spell_alerts(same)}: sent to {_spell(received[same[0].labels])}; the spec says "
            f"{_spell(same[0].receivers)}"
        )
        place = locate_path(file.text, culprit(alignment, same[0].label_map))
        yield context.finding(
            "GM602", file, place, message, hint=RERENDER_HINT, related=_related(context, same[0])
        )


def _fallen(
    context: CheckContext, file: TreeFile, alignment: Alignment, cases: Sequence[AlertCase]
) -> Iterator[Finding]:
    fallen = sorted((case for case in cases if _has_fallen(alignment, case)), key=_key)
    for _, found in groupby(fallen, key=_key):
        same = tuple(found)
        message = (
            f"{_spell_alerts(same)}: taken by no route, so sent to the default, {alignment.root.receiver}; "
            f"the spec has a route to {_spell(same[0].receivers)}"
        )
        place = locate_path(file.text, culprit(alignment, same[0].label_map))
        yield context.finding(
            "GM603", file, place, message, hint=RERENDER_HINT, related=_related(context, same[0])
        )


def _by_amtool(
    context: CheckContext,
    file: TreeFile,
    model: AlertmanagerModel,
    cases: Sequence[AlertCase],
    walked: Received,
) -> Iterator[Finding]:
    """amtool's walk against ours: where they differ, ours proves nothing.

    Labels that no route looks at cannot matter, nor which value it is of those that no route names, where no
    pattern searches it. So of the cases that differ in that only, one is asked for.
    """
    matchers = [matcher for route in all_routes(model.root) for matcher in route.matchers]
    looked_at = {matcher.label for matcher in matchers}
    searched = {matcher.label for matcher in matchers if matcher.operator not in ("=", "!=")}
    named = {(matcher.label, matcher.value) for matcher in matchers}
    distinct = {
        tuple(
            (label, value if label in searched or (label, value) in named else None)
            for label, value in case.labels
            if label in looked_at
        ): case
        for case in reversed(cases)
    }
    asked = tuple(distinct.values())
    runs = context.tools.amtool.test_routes(context.out, file.path, [case.label_map for case in asked])
    for case, run in zip(asked, runs, strict=True):
        said = run.stdout.strip()
        if run.exit_code or not said:
            error = " ".join(run.stderr.split())[-300:] or "nothing"
            yield context.unchecked(file.path, f"amtool could not tell who gets an alert; it said: {error}")
            return
        if said != ",".join(walked[case.labels]):
            place = _place(file, walk(model.root, case.label_map)[-1])
            message = (
                f"{case.name}: sent to {said} by amtool, and to {_spell(walked[case.labels])} by the routes "
                f"as we read them"
            )
            yield context.finding("GM602", file, place, message, related=_related(context, case))


def _shadowed(
    context: CheckContext, file: TreeFile, model: AlertmanagerModel, cases: Sequence[AlertCase]
) -> Iterator[Finding]:
    reached = {route.path for case in cases for route in entered(model.root, case.label_map)}
    for parent in all_routes(model.root):
        for index, route in enumerate(parent.children):
            before = [r for r in parent.children[:index] if not r.hands_on]
            by = next((r for r in before if all(implies(route.matchers, m) for m in r.matchers)), None)
            if by is None and route.path not in reached and parent.path in reached:
                takers = (
                    walk(parent, case.label_map) for case in cases if matches(route.matchers, case.label_map)
                )
                by = next((taken[-1] for taken in takers if taken), None)
            if by is not None:
                line = _place(file, by)[0]
                message = (
                    f"this route to {route.receiver} never takes an alert: the one to {by.receiver} on line "
                    f"{line} takes all that it matches, and does not hand on"
                )
                yield context.finding("GM604", file, _place(file, route), message)


def _unused(context: CheckContext, file: TreeFile, model: AlertmanagerModel) -> Iterator[Finding]:
    used = {route.receiver for route in all_routes(model.root)}
    for receiver in model.receivers:
        if receiver.name not in used:
            place = locate_path(file.text, (*receiver.path, "name"))
            message = f"no route names the receiver {receiver.name}, so nobody is told through it"
            yield context.finding("GM605", file, place, message)


def _has_fallen(alignment: Alignment, case: AlertCase) -> bool:
    """Whether only the default route takes it, and in the spec another one does."""
    labels = case.label_map
    return walk(alignment.root, labels) == (alignment.root,) and (
        walk(alignment.planned, labels) != (alignment.planned,)
    )


def _receivers(routes: tuple[RouteNode, ...]) -> tuple[str, ...]:
    return tuple(route.receiver for route in routes)


def _key(case: AlertCase) -> tuple[str, tuple[str, ...], str]:
    return case.origin, case.receivers, case.severity


def _spell_alerts(cases: Sequence[AlertCase]) -> str:
    real = tuple(case for case in cases if case.rule)
    if real:
        return f"{real[0].severity} {spell_names(real)}"
    severity = cases[0].severity
    return f"any alert of severity {severity}" if severity else "any alert that no route is made for"


def _spell(receivers: tuple[str, ...]) -> str:
    return ", ".join(receivers) or "nobody"


def _place(file: TreeFile, route: RouteNode) -> tuple[int, int]:
    return locate_path(file.text, route.path)


def _related(context: CheckContext, case: AlertCase) -> tuple[Location, ...]:
    return (context.source.locate_dotted(case.origin),)
