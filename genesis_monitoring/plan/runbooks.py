"""An alert's page: what it means, what is quickly looked at and copied, what to do and who is called."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import JOB_LABEL, TEAM_LABEL, UP_METRIC, runbook_path
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.budgets import LEFT
from genesis_monitoring.plan.commands import Commands, Lines, compile_commands
from genesis_monitoring.plan.inhibition import Inhibitions, Quieted, compile_inhibitions
from genesis_monitoring.plan.links import PanelIndex, graph_url
from genesis_monitoring.plan.planned import planned_of
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.slos import Slo, TierRow
from genesis_monitoring.plan.told import hearings
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.night_words import spell_interval
from genesis_monitoring.spec.told import contacts_of, spell_series, teams_by_series

_LISTED = 20
"""The queries of so many rules stand on a page, and so many SLOs."""
_STATUS = Lines(
    "What is left of each budget, how fast it burns and how long it lasts", ("genesis-mon budget status",)
)


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query to paste into Prometheus, and what it shows."""

    title: str
    expr: str
    url: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """One alert's page.

    ``blind`` says why it cannot fire yet; empty if it can. ``looks`` are quick queries, ``commands`` lines of
    a shell for the folder of the spec. ``severity`` is the worst of ``severities``; ``slos`` have this alert,
    the first of them if ``more`` have it. In ``shadow`` it is told to nobody; ``waits`` says who is not told
    at any time.
    """

    alert: str
    path: str
    severity: str
    severity_title: str
    severities: str
    slos: tuple[tuple[Slo, TierRow], ...]
    more: int
    shadow: bool
    component: str
    held: str
    summary: str
    meaning: tuple[str, ...]
    impact: str
    blind: str
    looks: tuple[NamedQuery, ...]
    commands: tuple[Lines, ...]
    queries: tuple[NamedQuery, ...]
    left: NamedQuery
    steps: tuple[str, ...]
    mitigation: tuple[str, ...]
    workflow: tuple[str, ...]
    escalation: tuple[str, ...]
    waits: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    quiets: tuple[str, ...]
    quieted_by: tuple[str, ...]
    origin: str
    teams: str


def compile_runbooks(
    spec: Spec,
    slis: Mapping[str, SliPlan],
    groups: tuple[RuleGroup, ...],
    panels: PanelIndex,
    slos: tuple[Slo, ...],
) -> tuple[Runbook, ...]:
    """A page for every alert name, in the order of the rules."""
    rules: dict[str, list[AlertingRule]] = {}
    for group in groups:
        for rule in group.alerting:
            rules.setdefault(rule.alert, []).append(rule)
    known = _Known(spec, slis, panels, compile_inhibitions(spec), compile_commands(spec), slos)
    return tuple(_runbook(known, name, tuple(own)) for name, own in rules.items())


@dataclass(frozen=True, slots=True)
class _Known:
    """What all runbooks are made of."""

    spec: Spec
    slis: Mapping[str, SliPlan]
    panels: PanelIndex
    inhibitions: Inhibitions
    commands: Commands
    slos: tuple[Slo, ...]


def _runbook(known: _Known, name: str, rules: tuple[AlertingRule, ...]) -> Runbook:
    spec, slis, rule = known.spec, known.slis, rules[0]
    words = rule.words
    order = list(spec.severities)
    names = sorted({one.severity for one in rules}, key=order.index)
    severity = spec.severities[names[0]]
    slos = tuple(
        (slo, tier)
        for one in rules
        for slo in known.slos
        if slo.id == one.slo
        for tier in slo.tiers
        if tier.alert == name
    )
    if rule.slo:
        link = known.panels.budget(rule.slo if len(rules) == 1 else "")
    else:
        link = known.panels.link(rule.sli if len(rules) == 1 else None, words.panel)
    links = [("Dashboard", link.dashboard_url)]
    if link.panel_url is not None:
        links.insert(0, ("Panel", link.panel_url))
    prometheus = spec.metadata.links.prometheus.rstrip("/")
    links.append(("What fires, in Prometheus", f"{prometheus}/alerts"))
    links.append(("What is sent or silenced, in Alertmanager", spec.metadata.links.alertmanager))
    components = tuple(dict.fromkeys(one.component for one in rules))
    plans = tuple(slis[one.sli] for one in rules if one.sli is not None)
    keys = tuple(dict.fromkeys((one.alert, one.severity, one.component) for one in rules))
    return Runbook(
        alert=name,
        path=runbook_path(name),
        severity=names[0],
        severity_title=severity.title,
        severities=", ".join(f"{one} ({spec.severities[one].title})" for one in names),
        slos=slos[:_LISTED],
        more=max(len(slos) - _LISTED, 0),
        shadow=bool(slos) and all(slo.shadow for slo, _ in slos),
        component=", ".join(components),
        held=spell_duration(rule.for_) if rule.for_ else "",
        summary=rule.policy.summary(rules),
        meaning=rule.policy.meaning(slis, rules),
        impact=rule.policy.impact(rules),
        blind=_blind(known, rules),
        looks=tuple(_looks(known, rules)),
        commands=(
            *((_STATUS,) if slos else ()),
            *known.commands.about(plans, components, " ".join((*words.response, *words.mitigation))),
        ),
        queries=tuple(_queries(known, rules)),
        left=_query(spec, "What is left of each budget, the least first", f"sort({LEFT})"),
        steps=words.response,
        mitigation=words.mitigation,
        workflow=severity.workflow,
        escalation=tuple(_escalation(spec, rules, names[0])),
        waits=tuple(dict.fromkeys(_waits(spec, rules))),
        teams=", ".join(spec.teams[one].title if one in spec.teams else one for one in _teams(rules))
        if spec.teams
        else "",
        links=tuple(links),
        quiets=_quieted(one for key in keys for one in known.inhibitions.quiets(*key)),
        quieted_by=_quieted(one for key in keys for one in known.inhibitions.quieted_by(*key)),
        origin=rule.origin,
    )


def _blind(known: _Known, rules: tuple[AlertingRule, ...]) -> str:
    """Why none of the rules can fire."""
    names = [rule.sli for rule in rules if rule.sli is not None]
    metrics = planned_of(known.slis, names)
    if not names or not metrics or not all(known.slis[name].planned for name in names):
        return ""
    until = known.spec.metadata.planned_for
    verb, them = ("is", "it") if len(metrics) == 1 else ("are", "them")
    listed = ", ".join(f"`{metric}`" for metric in metrics)
    every = {one.metric for name in names for one in known.slis[name].metrics}
    then = "this alert cannot fire" if every == set(metrics) else "what this alert measures is not whole"
    return (
        f"Blind until {until or 'its metrics are exposed'}: it stands on {listed}, which {verb} planned. "
        f"Nobody exposes {them} yet, so {then}."
    )


def _looks(known: _Known, rules: tuple[AlertingRule, ...]) -> Iterator[NamedQuery]:
    """What is seen at a glance: the value, the targets that it comes from, and the alert itself."""
    plans = [known.slis[rule.sli] for rule in rules if rule.sli is not None]
    if len(plans) == 1:
        yield _query(known.spec, "The value now", plans[0].record)
    metrics = [known.spec.metrics[one.metric] for plan in plans for one in plan.metrics]
    jobs = tuple(dict.fromkeys(metric.job for metric in metrics))
    if any(JOB_LABEL in plan.sli.by for plan in plans):
        yield _query(known.spec, "Every target: is it up?", UP_METRIC)
    elif jobs:
        title = "Its target: is it up?" if len(jobs) == 1 else "Its targets: are they up?"
        operator = "=" if len(jobs) == 1 else "=~"
        matched = "|".join(jobs)
        yield _query(known.spec, title, f'{UP_METRIC}{{{JOB_LABEL}{operator}"{matched}"}}')
    alert = rules[0].alert
    yield _query(known.spec, "This alert, pending and firing", f'ALERTS{{alertname="{alert}"}}')


def _queries(known: _Known, rules: tuple[AlertingRule, ...]) -> Iterator[NamedQuery]:
    for rule in rules[:_LISTED]:
        for title, expr in rule.policy.queries(known.slis, rule):
            yield _query(known.spec, title, expr)


def _query(spec: Spec, title: str, expr: str) -> NamedQuery:
    return NamedQuery(title, expr, graph_url(spec, expr))


def _quieted(quieted: Iterable[Quieted]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{', '.join(one.alerts)}: {one.reason}." for one in quieted))


def _teams(rules: tuple[AlertingRule, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(dict(rule.labels)[TEAM_LABEL] for rule in rules))


def _escalation(spec: Spec, rules: tuple[AlertingRule, ...], name: str) -> Iterator[str]:
    """Who is called, for each team that may be told of an alert of this name."""
    grouped = (teams_by_series(spec, rule.series_labels) for rule in rules)
    chosen = dict.fromkeys(team for teams in grouped for team in teams)
    for team in _teams(rules):
        title = spec.teams[team].title if team in spec.teams else team
        yield from _called(spec, name, team, f"Team {title}. " if spec.teams else "")
    for team in chosen:
        where = spell_series(spec, team)
        yield from _called(spec, name, team, f"Where {where}: team {spec.teams[team].title}. ")


def _waits(spec: Spec, rules: tuple[AlertingRule, ...]) -> Iterator[str]:
    """What Alertmanager holds back, of each receiver of these rules that has times of its own."""
    told = (one for rule in rules for hearing in hearings(spec, rule) for one in hearing.told)
    for one in told:
        for word, names in (("not told within", one.mute), ("told only within", one.active)):
            if names:
                times = (f"{name} ({spell_interval(spec.time_intervals[name])})" for name in names)
                yield f"{one.receiver} is {word} {' or '.join(times)}."


def _called(spec: Spec, name: str, team: str, whose: str) -> Iterator[str]:
    contacts, severity = contacts_of(spec, team), spec.severities[name]
    yield (
        f"{whose}On call: {contacts.on_call.name} ({contacts.on_call.role}), "
        f"acknowledges within {spell_duration(severity.acknowledge_within)}."
    )
    if contacts.backup is not None:
        yield f"Backup: {contacts.backup.name} ({contacts.backup.role})."
    if contacts.escalation:
        after = (
            f"Not resolved after {spell_duration(severity.escalate_after)}"
            if severity.escalate_after is not None
            else "If it cannot be resolved"
        )
        chain = ", then ".join(f"{contact.name} ({contact.role})" for contact in contacts.escalation)
        yield f"{after}: {chain}."
