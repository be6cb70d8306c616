"""The rules of the plan, as lint sees them: a plan in; parsed expressions with their place in the spec out.

The files hold nothing else: that is what the conformance check proves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps

from genesis_monitoring.checks.context import SPEC_HINT, CheckContext
from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup
from genesis_monitoring.promql.syntax import Node, TooDeepError, read_expression

Texts = tuple[tuple[str, str], ...]
"""Names with their texts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, the ``number``-th of its group. ``tree`` is None if nothing can be said of ``expr``."""

    group: str
    number: int
    name: str
    alerting: bool
    place: Location
    expr: str
    tree: Node | None
    labels: Texts = ()
    annotations: Texts = ()

    def finding(
        self, code: str, message: str, *, hint: str = SPEC_HINT, severity: Severity = Severity.ERROR
    ) -> Finding:
        """What is wrong with it, at the line of the spec that it comes from."""
        return Finding(code, severity, self.place, f"{self.name}: {message}", hint)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in the order of their groups, and what is known about the series that they read."""

    rules: tuple[Rule, ...]
    catalogue: Catalogue


Lint = Callable[[Rules], Iterator[Finding]]


def on_the_plan(lint: Lint) -> Callable[[CheckContext], Iterator[Finding]]:
    """The check that runs ``lint`` on the rules of the plan. GM004 for what could not be looked into."""

    @wraps(lint)
    def check(context: CheckContext) -> Iterator[Finding]:
        rules: list[Rule] = []
        for group in context.plan.rule_groups:
            yield from _read(context, group, rules)
        yield from lint(Rules(tuple(rules), Catalogue(context.plan)))

    return check


def _read(context: CheckContext, group: RuleGroup, rules: list[Rule]) -> Iterator[Finding]:
    planned: tuple[RecordingRule | AlertingRule, ...] = (*group.recording, *group.alerting)
    for number, rule in enumerate(planned):
        place = context.source.locate_dotted(rule.origin)
        tree = None
        try:
            tree = read_expression(rule.expr)
        except TooDeepError:
            message = "the expression is nested too deep to be looked into, so nothing in it was checked"
            yield Finding("GM004", Severity.ERROR, place, message, SPEC_HINT)
        match rule:
            case RecordingRule():
                record = Rule(group.name, number, rule.record, False, place, rule.expr, tree, rule.labels)
                rules.append(record)
            case AlertingRule():
                texts = tuple((one.name, one.template) for one in rule.annotations)
                alert = Rule(group.name, number, rule.alert, True, place, rule.expr, tree, rule.labels, texts)
                rules.append(alert)
