"""Whether each alert reaches those whom the spec says, walked by hand in the plan and by amtool in the file.

GM602 (error): an alert with all its labels goes to other receivers than the spec says. Somebody is not told,
or is told for nothing. Run ``genesis-mon render``; if it stays, mend ``receivers`` of the severity.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from genesis_monitoring.checks.alertmanager.case_names import spell_names
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases, probe_cases
from genesis_monitoring.plan.routing import matches, planned_routes, walk

CODES = ("GM602",)

RERENDER_HINT = (
    "run genesis-mon render; if a template of your own makes this, correct it; if it is meant, write it into "
    "the spec"
)
"""What mends a file that says something else than the spec."""

Received = Mapping[tuple[tuple[str, str], ...], tuple[str, ...]]
"""Who gets each label set."""


def check_alertmanager_routes(context: CheckContext) -> Iterator[Finding]:
    """GM602."""
    plan = context.plan
    routes = planned_routes(plan.alertmanager)
    alerts = alert_cases(plan)
    cases = (*alerts, *probe_cases(plan, routes, alerts))
    walked = {case.labels: tuple(r.receiver for r in walk(routes, case.label_map)) for case in cases}
    yield from wrong_receivers(context, "by the routes of the plan", cases, walked)
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    for file in wanted.files:
        yield from _by_amtool(context, file, cases)


def wrong_receivers(
    context: CheckContext, by: str, cases: Sequence[AlertCase], received: Received
) -> Iterator[Finding]:
    """GM602 for each case that ``received`` has with other receivers than the spec; ``by`` is who walked."""
    wrong = [case for case in cases if received.get(case.labels, case.receivers) != case.receivers]
    ordered = sorted(wrong, key=lambda case: (*_key(case), received[case.labels]))
    for _, found in groupby(ordered, key=lambda case: (*_key(case), received[case.labels])):
        same = tuple(found)
        message = (
            f"{_spell_alerts(same)}: sent to {_spell(received[same[0].labels])} {by}; the spec says "
            f"{_spell(same[0].receivers)}"
        )
        place = context.source.locate_dotted(same[0].origin)
        seen = (context.locate(ALERTMANAGER_CONFIG),)
        yield Finding("GM602", Severity.ERROR, place, message, RERENDER_HINT, seen)


def _by_amtool(context: CheckContext, file: TreeFile, cases: Sequence[AlertCase]) -> Iterator[Finding]:
    """Of cases that no matcher tells apart one is asked for; that the file has others is told by GM209."""
    known = {matcher for route in context.plan.alertmanager.routes for matcher in route.matchers}
    distinct = {
        frozenset(matcher for matcher in known if matches((matcher,), case.label_map)): case
        for case in reversed(cases)
    }
    asked = tuple(distinct.values())
    runs = context.tools.amtool.test_routes(context.out, file.path, [case.label_map for case in asked])
    received: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = {}
    for case, run in zip(asked, runs, strict=True):
        said = run.stdout.strip()
        if run.exit_code or not said:
            error = " ".join(run.stderr.split())[-300:] or "nothing"
            yield context.unchecked(file.path, f"amtool could not tell who gets an alert; it said: {error}")
            return
        received[case.labels] = tuple(said.split(","))
    yield from wrong_receivers(context, "by amtool", asked, received)


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
