"""Every PromQL expression of rules and dashboards, parsed: the plan in, findings at lines of the spec out.

GM401 (error): an expression cannot be parsed. The rule would not load, or the panel would show an error
instead of data. Correct the SLI or the panel there. Warning: promtool accepts it and our parser does not know
it, so that nobody looked at what it means.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from genesis_monitoring.checks.context import SPEC_HINT, CheckContext
from genesis_monitoring.checks.promql.promtool_opinion import Opinion, ask_about_expressions
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql.grafana_times import in_seconds
from genesis_monitoring.promql.syntax import fault_of

_TIME = 300
"""Seconds for each of Grafana's variables of time."""
_SHOWN = 160

NOT_READ = (
    "promtool accepts it, but genesis-mon cannot read it: nobody looked whether its metrics, ranges, labels "
    "and units are right"
)
"""What is said of PromQL that is right, as far as is known, and that our parser does not know."""
NOT_READ_HINT = "look at them yourself; then suppress GM401 for it, with the reason"


@dataclass(frozen=True, slots=True)
class _Expression:
    """Whose it is, and the path in the spec that it comes from."""

    owner: str
    text: str
    origin: str


def check_promql(context: CheckContext) -> Iterator[Finding]:
    """GM401."""
    faults = {one: fault for one in _expressions(context.plan) if (fault := fault_of(one.text))}
    opinions = ask_about_expressions(context.tools.promtool, [one.text for one in faults])
    for (one, fault), opinion in zip(faults.items(), opinions, strict=True):
        yield _judged(context, one, fault, opinion)


def _judged(context: CheckContext, one: _Expression, fault: str, opinion: Opinion) -> Finding:
    shown = " ".join(one.text.split())
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    place = context.source.locate_dotted(one.origin)
    found = Finding("GM401", Severity.ERROR, place, f"{one.owner}: {fault}, in: {shown}", SPEC_HINT)
    if opinion.missing is not None:
        message = f"{found.message}: it may be newer PromQL, and {opinion.missing.message}"
        severity = Severity.ERROR if context.strict else Severity.WARNING
        return replace(found, code="GM001", severity=severity, message=message, hint=opinion.missing.hint)
    if not opinion.fault:
        message = f"{one.owner}: {NOT_READ}"
        return replace(found, severity=Severity.WARNING, message=message, hint=NOT_READ_HINT)
    return found


def _expressions(plan: Plan) -> Iterator[_Expression]:
    for group in plan.rule_groups:
        for record in group.recording:
            yield _Expression(record.record, record.expr, record.origin)
        for alert in group.alerting:
            yield _Expression(alert.alert, alert.expr, alert.origin)
    for dashboard in plan.dashboards:
        for events in dashboard.events:
            owner = f'dashboard "{dashboard.uid}", annotation "{events.name}"'
            yield _Expression(owner, in_seconds(events.expr, _TIME, _TIME), events.origin)
        for panel in dashboard.panels:
            for query in panel.queries:
                owner = f'panel {panel.id} "{panel.title}", query {query.ref}'
                text = in_seconds(query.expr, _TIME, _TIME)
                yield _Expression(owner, text, panel.origin)
