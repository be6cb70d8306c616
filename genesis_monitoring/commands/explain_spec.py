"""A name of the spec in; what the spec says of it, and the generated lines that come of it, out."""

import re
from collections.abc import Iterator

from genesis_monitoring.artifacts import ORIGIN_MARK
from genesis_monitoring.commands.explain_budget import budget_facts, slo_facts
from genesis_monitoring.commands.project import Project
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.panels.panel import PanelPlan
from genesis_monitoring.plan.alertmanager import Route
from genesis_monitoring.plan.budgets import BudgetPlan
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.dashboards import DashboardPlan
from genesis_monitoring.plan.links import dashboard_url
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.runbooks import Runbook
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.told import hearings
from genesis_monitoring.report.explained import Explanation, Fact, OfSpec
from genesis_monitoring.spec.metrics import Metric, Recording
from genesis_monitoring.spec.recording_rules import recordings
from genesis_monitoring.spec.rollout_references import criteria_of
from genesis_monitoring.spec.told import Told, told_of
from genesis_monitoring.spec.written import metrics_read
from genesis_monitoring.units import UNITS, format_level, format_number


def known_names(plan: Plan) -> tuple[str, ...]:
    """Everything that can be explained."""
    return (
        *(page.alert for page in plan.runbooks),
        *plan.slis,
        *(name for name, _, _ in recordings(plan.spec)),
        *(budget.id for budget in plan.budgets),
        *plan.spec.severities,
        *(str(panel.id) for board in plan.dashboards for panel in board.panels),
    )


def explain_name(project: Project, name: str) -> Iterator[Explanation]:
    """One for each thing that has this name: of different kinds, or a panel id on several dashboards."""
    plan = project.plan
    for page in plan.runbooks:
        if page.alert == name:
            yield _alert(project, page)
    if name in plan.slis:
        yield _sli(project, plan.slis[name])
    for metric, about, rule in recordings(plan.spec):
        if metric == name:
            yield _recording(project, name, about, rule)
    for budget in plan.budgets:
        if budget.id == name and name not in plan.slis:
            yield _slo(project, budget)
    if name in plan.spec.severities:
        yield _severity(project, name)
    for board in plan.dashboards:
        for panel in board.panels:
            if str(panel.id) == name:
                yield _panel(project, board, panel)


def _alert(project: Project, page: Runbook) -> Explanation:
    plan = project.plan
    rules = _rules(plan, page.alert)
    watched = dict.fromkeys(rule.sli for rule in rules if rule.sli is not None)
    facts = [
        ("says", (page.summary,)),
        ("severity", (f"{page.severity} ({page.severity_title}), component {page.component}",)),
        ("fires", page.meaning),
        ("SLOs", slo_facts(page.slos, page.more)),
        ("watches", tuple(f"{name}: {plan.slis[name].sli.title}" for name in watched)),
        ("expression", tuple(dict.fromkeys(rule.expr for rule in rules))),
        ("value", tuple(_recorded(plan.slis[rule.sli]) for rule in rules if rule.sli and rule.condition)),
        ("tests", tuple(_tests(project, page.alert))),
        ("links", tuple(f"{title}: {url}" for title, url in page.links)),
        ("goes to", tuple(_routes(plan, page))),
        ("silenced by", page.quieted_by),
        ("impact", (page.impact,)),
        ("first step", page.steps[:1]),
        ("runbook", (_out(project, page.path),)),
        ("comes out as", tuple(_marked(project, page.origin))),
    ]
    return _explanation(project, page.alert, "alert", page.origin, facts)


def _sli(project: Project, sli: SliPlan) -> Explanation:
    plan, spec = project.plan, project.plan.spec
    uses = [name for name, other in plan.slis.items() if sli.name in other.depends_on]
    alerts = [(rule.alert, rule) for g in plan.rule_groups for rule in g.alerting if rule.sli == sli.name]
    drawn = [
        (b, p) for b in plan.dashboards for p in b.panels if any(sli.record in q.expr for q in p.queries)
    ]
    facts = [
        ("is", (f"{sli.sli.title}, in {sli.sli.unit}: a {sli.sli.kind} SLI of {sli.sli.component}",)),
        ("levels", tuple(_levels(sli))),
        ("baseline", tuple(_baseline(sli))),
        ("value", (_recorded(sli),)),
        ("by", (", ".join(sli.sli.by),) if sli.sli.by else ()),
        ("metrics", tuple(f"{m.metric} ({spec.metrics[m.metric].status})" for m in sli.metrics)),
        *budget_facts(project, sli.name),
        ("made of", sli.depends_on),
        ("used by", tuple(uses)),
        ("alerts", tuple(f"{name} ({rule.severity}): {rule.expr}" for name, rule in alerts)),
        ("panels", tuple(f'{p.id} "{p.title}" on {b.uid}' for b, p in drawn)),
        ("judged in", tuple(_judged(plan, sli.name))),
        (
            "comes out as",
            (*_marked(project, sli.origin), *(_panel_line(project, board, panel) for board, panel in drawn)),
        ),
    ]
    return _explanation(project, sli.name, "SLI", sli.origin, facts)


def _recording(project: Project, name: str, metric: Metric, rule: Recording) -> Explanation:
    plan, origin = project.plan, f"metrics.{name}.recording"
    read = metrics_read(plan.spec, rule.expr)
    facts = [
        ("is", (f"{metric.help}, in {metric.unit}: recorded by a rule of {rule.component}",)),
        ("value", (f"{name} = {rule.expr.strip()}",)),
        ("labels", (", ".join(metric.labels),) if metric.labels else ()),
        ("metrics", tuple(f"{one} ({plan.spec.metrics[one].status})" for one in read)),
        ("used by", tuple(one.name for one in plan.slis.values() if name in {m.metric for m in one.metrics})),
        ("tests", (f"{len(rule.tests)}, with series of the spec",)),
        ("comes out as", tuple(_marked(project, origin))),
    ]
    return _explanation(project, name, "metric", origin, facts)


def _slo(project: Project, budget: BudgetPlan) -> Explanation:
    sli = budget.kind
    is_ = f"the error budget of SLI {budget.sli}: {sli.title}, {sli.component}"
    return _explanation(
        project,
        budget.id,
        "SLO",
        budget.origin,
        [
            ("is", (is_,)),
            *budget_facts(project, budget.sli),
            ("comes out as", tuple(_marked(project, budget.origin))),
        ],
    )


def _severity(project: Project, name: str) -> Explanation:
    plan, severity = project.plan, project.plan.spec.severities[name]
    origin = f"severities.{name}"
    pages = [page for page in plan.runbooks if page.severity == name]
    late = severity.escalate_after
    facts = [
        ("is", (f"{severity.title}; it {'pages' if severity.page else 'pages nobody'}",)),
        ("acknowledge", (f"within {spell_duration(severity.acknowledge_within)}",)),
        ("escalate", (f"after {spell_duration(late)}",) if late is not None else ()),
        ("goes to", tuple(_severity_routes(plan, name))),
        ("workflow", tuple(f"{number}. {step}" for number, step in enumerate(severity.workflow, 1))),
        ("alerts", tuple(f"{page.alert}: {page.summary}" for page in pages)),
        ("comes out as", tuple(_marked(project, origin))),
    ]
    return _explanation(project, name, "severity", origin, facts)


def _panel(project: Project, board: DashboardPlan, panel: PanelPlan) -> Explanation:
    url = dashboard_url(project.plan.spec, board.uid, panel.id)
    known = [unit for unit, one in UNITS.items() if one.grafana == panel.unit]
    steps = [
        f"{step.color} from {format_number(step.value)}" if step.value is not None else f"{step.color} below"
        for step in panel.steps
    ]
    facts = [
        ("is", (f'"{panel.title}", a {panel.type.name} panel on {board.uid}',)),
        ("shows", (panel.description,)),
        ("unit", (f"{panel.unit} ({', '.join(known)})" if known else panel.unit,) if panel.queries else ()),
        ("thresholds", (", ".join(steps),) if len(steps) > 1 else ()),
        ("queries", tuple(f"{query.legend}: {query.expr}" for query in panel.queries)),
        ("links", (f"Panel: {url}", *(f"{link.title}: {link.url}" for link in panel.links))),
        ("comes out as", (_panel_line(project, board, panel),)),
    ]
    return _explanation(project, str(panel.id), "panel", panel.origin, facts)


def _explanation(
    project: Project, name: str, kind: OfSpec, origin: str, facts: list[tuple[str, tuple[str, ...]]]
) -> Explanation:
    said = tuple(Fact(label, lines) for label, lines in facts if any(lines))
    title = said[0].lines[0]
    return Explanation(kind, name, title, facts=said, location=project.source.locate_dotted(origin))


def _rules(plan: Plan, alert: str) -> tuple[AlertingRule, ...]:
    return tuple(rule for group in plan.rule_groups for rule in group.alerting if rule.alert == alert)


def _tests(project: Project, alert: str) -> Iterator[str]:
    for file in project.plan.rule_tests:
        cases = dict.fromkeys(
            check.case for test in file.tests for check in test.alerts if check.alert == alert
        )
        if cases:
            yield _out(project, file.path)
            yield from (f"- {case.removeprefix(f'{alert}: ')}" for case in cases)


def _recorded(sli: SliPlan) -> str:
    return f"{sli.record} = {sli.expr}"


def _levels(sli: SliPlan) -> Iterator[str]:
    good = sli.sli.good
    if good is None:
        yield "none: it is shown, and judged by nothing"
        return
    yield f"good {good}"
    for title, level in (("alert", "alert"), ("NO-GO", "no_go")):
        condition = sli.sli.beyond(level)
        if condition is not None:
            yield f"{title} {condition}"


def _baseline(sli: SliPlan) -> Iterator[str]:
    baseline = sli.sli.baseline
    if baseline is not None:
        value = format_level(baseline.value, sli.sli.unit) if baseline.value is not None else "unknown"
        if baseline.first is not None:
            value = f"observed over the first {spell_duration(baseline.first)} of the rollout"
        yield f"{value}: {baseline.note}"


def _judged(plan: Plan, sli: str) -> Iterator[str]:
    rollout = plan.spec.rollout
    for path, criterion in criteria_of(rollout) if rollout is not None else ():
        if sli in getattr(criterion, "slis", ()):
            yield f"{'.'.join(map(str, path))}: {criterion.text}"


def _routes(plan: Plan, page: Runbook) -> Iterator[str]:
    """Each receiver of each of its rules, and when; in shadow nobody."""
    if page.shadow:
        yield "nobody: in shadow"
        return
    dog = plan.spec.meta_alerts.watchdog.name
    own = [route for route in plan.alertmanager.routes if page.alert == dog and route.origin == page.origin]
    lines = (
        _route(plan, route, told, hearing.where)
        for rule in _rules(plan, page.alert)
        for hearing in hearings(plan.spec, rule)
        for told in hearing.told
        for route in own or (_grouping(plan, rule.severity),)
    )
    yield from dict.fromkeys(lines)


def _severity_routes(plan: Plan, name: str) -> Iterator[str]:
    """Of each team that has it otherwise, then of all others."""
    spec, route = plan.spec, _grouping(plan, name)
    others = told_of(spec, "", name)
    for team in spec.teams:
        if (own := told_of(spec, team, name)) != others:
            for told in own:
                yield f"of team {team}: {_route(plan, route, told)}"
    whose = "of all others: " if any(told_of(spec, team, name) != others for team in spec.teams) else ""
    for told in others:
        yield f"{whose}{_route(plan, route, told)}"


def _grouping(plan: Plan, severity: str) -> Route:
    """One of those that a severity has: all of them group alike."""
    return next(route for route in plan.alertmanager.routes if route.origin == f"severities.{severity}")


def _route(plan: Plan, route: Route, told: Told, where: str = "") -> str:
    (receiver,) = (one for one in plan.alertmanager.receivers if one.name == told.receiver)
    ways = ", ".join(one.says for one in receiver.integrations) or "sends nothing"
    times = told.spelled.removeprefix(told.receiver)
    return (
        f"{told.receiver} ({ways}){times}{f' where {where}' if where else ''}, "
        f"grouped by {', '.join(route.group_by)}: first after "
        f"{route.group_wait}, news every {route.group_interval}, again every {route.repeat_interval}"
    )


def _out(project: Project, path: str, line: int = 0) -> str:
    place = (project.out / path).as_posix()
    return f"{place}:{line}" if line else place


def _marked(project: Project, origin: str) -> Iterator[str]:
    """Each line below an origin mark that names ``origin``."""
    for artifact in project.artifacts:
        if ORIGIN_MARK + origin in artifact.text:
            for number, line in enumerate(artifact.text.splitlines(), 1):
                if line.strip() == ORIGIN_MARK + origin:
                    yield _out(project, artifact.path, number + 1)


def _panel_line(project: Project, board: DashboardPlan, panel: PanelPlan) -> str:
    (artifact,) = (one for one in project.artifacts if one.path == board.path)
    mark = re.search(rf'^ *"id": {panel.id},?$', artifact.text, re.MULTILINE)
    return _out(project, board.path, artifact.text.count("\n", 0, mark.start()) + 1 if mark else 0)
