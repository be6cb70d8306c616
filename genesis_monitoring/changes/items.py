"""A plan in, the things that people speak of out: alerts, SLIs, receivers, panels, services and all else.

What has a name of its own in the spec is an item, so that one is added, removed or changed. The rest of a
section is an item too, named after the section.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from genesis_monitoring.changes.facts import Fact, facts_of
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.told import who_is_told
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import Model
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.tier_rules import tiers_of
from genesis_monitoring.units import format_level, format_number

Steps = tuple[str | int, ...]

KINDS: Mapping[str, str] = {
    "alert": "Alerts",
    "SLI": "SLIs",
    "budget": "Error budgets",
    "severity": "Severities and their routes",
    "routing": "Routing",
    "inhibition": "Inhibition",
    "receiver": "Receivers",
    "criterion": "Rollout criteria",
    "rollout": "Rollout",
    "dashboard": "Dashboards",
    "row": "Rows of dashboards",
    "panel": "Panels",
    "metric": "Metrics",
    "suite": "Suites",
    "service": "Services",
    "target": "Targets",
    "prometheus": "Prometheus",
    "stack": "Stack",
    "network": "Networks",
    "secret": "Secrets",
    "profile": "Profiles",
    "suppression": "Suppressions",
    "part": "Other parts of the spec",
}
"""Every kind of item with its title, what wakes people first."""

_NAMED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "receiver": (("receivers",),),
    "inhibition": (("routing", "inhibit"),),
    "metric": (("metrics",),),
    "suite": (("suites",),),
    "service": (("stack", "services"),),
    "network": (("stack", "networks"),),
    "secret": (("stack", "secrets"),),
    "target": (("prometheus", "targets"),),
    "profile": (("profiles",),),
    "criterion": (("rollout", "go"), ("rollout", "no_go")),
}
"""Where the members of a mapping are items."""
_REST: Mapping[str, tuple[str, ...]] = {
    "routing": ("inhibit",),
    "stack": ("services", "networks", "secrets"),
    "prometheus": ("targets",),
    "rollout": ("go", "no_go", "checklist"),
    "meta_alerts": ("watchdog", "missing_data"),
}
"""Sections of which these keys are items, and the rest is one."""
_WHOLLY = frozenset(
    ("alerts", "slis", "severities", "dashboards", "receivers", "metrics", "suites", "profiles", "suppress")
)
"""Sections of which everything is an item."""
_NOT_COMPARED = frozenset(("environments", "include"))
"""What is a spec of its own, and compared as one; where something stands, which means nothing."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something with a name. ``label`` is shown before it (the severity of an alert, a panel's dashboard).

    ``path`` is where it stands in the spec, ``sli`` what it is about, if that is an SLI.
    """

    kind: str
    name: str
    path: Steps
    facts: tuple[Fact, ...]
    label: str = ""
    sli: str = ""


@dataclass(frozen=True)
class Side:
    """A spec as it was written and the plan that is made of it."""

    spec: Spec
    plan: Plan

    @cached_property
    def rules(self) -> Mapping[str, tuple[AlertingRule, ...]]:
        """The alerting rules of each alert."""
        found: dict[str, list[AlertingRule]] = {}
        for group in self.plan.rule_groups:
            for rule in group.alerting:
                found.setdefault(rule.alert, []).append(rule)
        return {name: tuple(rules) for name, rules in found.items()}


def items_of(side: Side) -> Iterator[Item]:
    """Every item, in the order of the spec."""
    spec = side.spec
    yield from _alerts(side)
    for name, sli in spec.slis.items():
        yield from _sli(side, name, sli)
    for name, severity in spec.severities.items():
        yield Item("severity", name, ("severities", name), tuple(facts_of(severity)))
    for kind, places in _NAMED.items():
        for place in places:
            for name, part in _members(spec, place).items():
                shown = f"{place[-1]}.{name}" if len(places) > 1 else name
                yield Item(kind, shown, (*place, name), tuple(facts_of(part)))
    if spec.rollout is not None:
        for at, section in enumerate(spec.rollout.checklist):
            for name, one in section.items.items():
                path = ("rollout", "checklist", at, "items", name)
                facts = (Fact("section", (section.title,)), *facts_of(one))
                yield Item("criterion", f"checklist.{name}", path, facts)
    yield from _dashboards(spec)
    for number, accepted in enumerate(spec.suppress):
        name = f"{accepted.code} {accepted.object}" if accepted.object else accepted.code
        yield Item("suppression", name, ("suppress", number), (Fact("reason", (accepted.reason,)),))
    yield from _sections(spec)


def _members(spec: Spec, place: Sequence[str]) -> Mapping[str, Model]:
    part: object = spec
    for step in place:
        part = getattr(part, step, None)
    return part if isinstance(part, Mapping) else {}


def _sections(spec: Spec) -> Iterator[Item]:
    for name in type(spec).model_fields:
        if name in _WHOLLY or name in _NOT_COMPARED:
            continue
        part, kind = getattr(spec, name), name if name in KINDS else "part"
        key = "" if isinstance(part, Model | Mapping) else name
        facts = tuple(facts_of(part, key, _REST.get(name, ())))
        if facts:
            yield Item(kind, name, (name,), facts)


def _alerts(side: Side) -> Iterator[Item]:
    spec = side.spec
    for name, alert in spec.alerts.items():
        sli = spec.slis[alert.sli]
        beyond = sli.beyond(alert.level)
        severity = spec.severities[alert.severity]
        keep = severity.keep_firing_for if alert.keep_firing_for is None else alert.keep_firing_for
        facts = (
            Fact("severity", (alert.severity,)),
            Fact("sli", (alert.sli,)),
            *(
                (Fact("threshold", (beyond.level,)), Fact("fires", (_side(beyond.operator),)))
                if beyond
                else ()
            ),
            Fact("for", (format_duration(alert.for_),)),
            Fact("keep_firing_for", (format_duration(keep or 0),)),
            _receivers(side, name),
            *facts_of(alert, "", ("severity", "sli", "for", "keep_firing_for")),
        )
        yield _alert(side, name, ("alerts", name), facts, alert.severity, alert.sli)
    meta = spec.meta_alerts
    dog, missing = meta.watchdog, meta.missing_data
    facts = (_receivers(side, dog.name), *facts_of(dog, "", ("name", "receiver")))
    yield _alert(side, dog.name, ("meta_alerts", "watchdog"), facts, dog.severity, "")
    facts = (
        _receivers(side, missing.name),
        *facts_of(missing, "", ("name",)),
    )
    yield _alert(side, missing.name, ("meta_alerts", "missing_data"), facts, missing.severity, "")
    for name, rules in side.rules.items():
        if any(rule.slo for rule in rules):
            severities = tuple(dict.fromkeys(rule.severity for rule in rules))
            path = tuple(rules[0].origin.split("."))
            facts = (Fact("severity", severities), _receivers(side, name))
            yield Item("alert", name, path, facts, min(severities))


def _alert(side: Side, name: str, path: Steps, facts: Sequence[Fact], severity: str, sli: str) -> Item:
    rules = side.rules.get(name, ())
    component = tuple(dict.fromkeys(rule.component for rule in rules))
    expressions = tuple(rule.expr for rule in rules)
    more = (Fact("component", component), Fact("expression", expressions, long=True))
    return Item("alert", name, path, (*facts, *more), severity, sli)


def _receivers(side: Side, name: str) -> Fact:
    """Who gets an alert, its team's own receivers and those that a label of its series chooses, and when."""
    return Fact("receivers", who_is_told(side.spec, side.rules.get(name, ())))


def _side(operator: str) -> str:
    return {">": "above", ">=": "at or above", "<": "below", "<=": "at or below"}[operator]


def _sli(side: Side, name: str, sli: SliKind) -> Iterator[Item]:
    objective = sli.objective
    levels = objective.levels if objective else ()
    within = getattr(sli, "within", None)
    facts = (
        *(Fact(level, (format_level(value, sli.unit),)) for level, value in levels),
        *((Fact("good", (objective.good,)),) if objective else ()),
        *((Fact("within", (format_level(within, "seconds"),)),) if within is not None else ()),
        *facts_of(sli, "", ("objective", "budget", "within")),
        Fact("expression", tuple(_recorded(side, name)), long=True),
    )
    yield Item("SLI", name, ("slis", name), facts, sli=name)
    if sli.budget is None:
        return
    budget = sli.budget
    tiers = (
        Fact(
            f"tier {tier.name}",
            (
                f"{format_number(float(tier.factor))} times, over {format_duration(tier.long)} and "
                f"{format_duration(tier.short)}, {tier.severity}",
            ),
        )
        for tier in tiers_of(side.spec, sli, budget)
    )
    facts = (
        Fact("objective", (f"{format_number(budget.objective)} %",)),
        *facts_of(budget, "", ("objective",)),
        *tiers,
    )
    yield Item("budget", name, ("slis", name, "budget"), facts, sli=name)


def _recorded(side: Side, name: str) -> Iterator[str]:
    origin = f"slis.{name}"
    for group in side.plan.rule_groups:
        for rule in group.recording:
            if rule.origin == origin or rule.origin.startswith(f"{origin}."):
                yield rule.expr


def _dashboards(spec: Spec) -> Iterator[Item]:
    for uid, board in spec.dashboards.items():
        path: Steps = ("dashboards", uid)
        rows = Fact("rows", tuple(str(row.id) for row in board.rows))
        yield Item("dashboard", uid, path, (*facts_of(board, "", ("rows",)), rows))
        for at, row in enumerate(board.rows):
            place = (*path, "rows", at)
            shown = Fact("panels", tuple(str(panel.id) for panel in row.panels))
            facts = (*facts_of(row, "", ("id", "panels")), shown)
            yield Item("row", str(row.id), place, facts, uid)
            for number, panel in enumerate(row.panels):
                facts = tuple(facts_of(panel, "", ("id",)))
                yield Item("panel", str(panel.id), (*place, "panels", number), facts, uid)
