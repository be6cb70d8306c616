"""Labels of rules: whether each one asked for can be there, and each one given tells alerts apart.

GM409 (error): a label that the query cannot have: a matcher, ``by``, ``on`` or a template names it, a join
compares it, or the SLI is grouped by it. The rule would be empty for ever, or its text would have a hole.
Information: an ``expr`` SLI returns labels that ``by`` does not name. Correct the name, or keep the label.

GM411 (error): a label's template holds the value. Each new value makes a new alert, so it never reaches its
``for``, and resolves and fires all the time. Put the value into an annotation.

GM412 (error): a rule sets, or an SLI is grouped by, a label that Prometheus adds to all alerts as an external
label. The rule's one wins, so nobody sees which Prometheus it came from. Rename one of the two.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rule_files import Rule, Value, no_plan, read_rule_files
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.promql.labels import LabelFlow
from genesis_monitoring.words import suggest

CODES: tuple[str, ...] = ("GM409", "GM411", "GM412")

_ACTION = re.compile(r"\{\{(?P<inside>.*?)\}\}", re.DOTALL)
_LITERAL = re.compile(r'`[^`]*`|"(?:[^"\\]|\\.)*"')
_LABEL = re.compile(r'(?:\$labels|\.Labels)\.(\w+)|\bindex\s+(?:\$labels|\.Labels)\s+["`](\w+)["`]')
_VALUE = re.compile(r"(?:\$value|\.Value)\b")


def check_rule_labels(context: CheckContext) -> Iterator[Finding]:
    """GM409, GM411 and GM412, for every rule."""
    files = read_rule_files(context)
    yield from files.findings
    if context.plan is None:
        yield no_plan(context)
        return
    catalogue = Catalogue(context.plan)
    external = frozenset(context.plan.spec.prometheus.external_labels)
    for rule in files.rules:
        yield from _flow(context, catalogue, rule)
        yield from _given(context, rule, external)
        if not rule.alerting:
            yield from _grouped(context, catalogue, rule, external)


def _flow(context: CheckContext, catalogue: Catalogue, rule: Rule) -> Iterator[Finding]:
    if rule.tree is None:
        return
    flow = LabelFlow(catalogue, rule.tree)
    for problem in flow.problems:
        yield context.finding("GM409", rule.file, rule.expr.place, f"{rule.name}: {problem}")
    for name, value in (*rule.labels, *rule.annotations):
        for label in _labels_used(value):
            if not flow.result.can_have(label):
                message = (
                    f"{rule.name}: {name} uses the label {label}, and the query returns {flow.result}"
                    f"{suggest(label, flow.result.may)}"
                )
                yield context.finding("GM409", rule.file, value.place, message)
    series = catalogue.find(rule.name) if not rule.alerting else None
    sli = catalogue.sli(rule.name)
    if series is None or series.labels is None or sli is None or flow.problems:
        return
    missing = sorted(label for label in series.labels if not flow.result.can_have(label))
    if missing:
        message = f"{rule.name}: grouped by {', '.join(missing)}, and the query returns {flow.result}"
        yield context.finding("GM409", rule.file, rule.expr.place, message)
    extra = sorted(flow.result.may - series.labels)
    if extra:
        message = f"{rule.name}: the query also returns {', '.join(extra)}, which by does not name"
        severity = Severity.INFO if sli.sli.query else Severity.ERROR
        hint = "aggregate them away in the query, or name them in by"
        yield context.finding("GM409", rule.file, rule.expr.place, message, hint=hint, severity=severity)


def _given(context: CheckContext, rule: Rule, external: frozenset[str]) -> Iterator[Finding]:
    for name, value in rule.labels:
        if any(_VALUE.search(action) for action in _actions(value)):
            message = (
                f"{rule.name}: the label {name} holds the value, {value.text}, so each value is a new alert"
            )
            yield context.finding(
                "GM411", rule.file, value.place, message, hint="move the value into an annotation"
            )
        if name in external:
            message = f"{rule.name}: the label {name} hides the external label of that name"
            yield context.finding("GM412", rule.file, value.place, message, hint=_RENAME)


def _grouped(
    context: CheckContext, catalogue: Catalogue, rule: Rule, external: frozenset[str]
) -> Iterator[Finding]:
    series = catalogue.find(rule.name)
    for label in sorted(external.intersection((series.labels if series else None) or ())):
        message = f"{rule.name}: grouped by {label}, which hides the external label of that name"
        yield context.finding("GM412", rule.file, rule.expr.place, message, hint=_RENAME)


_RENAME = "rename it, or the one in prometheus.external_labels, in the spec"


def _labels_used(value: Value) -> tuple[str, ...]:
    found = (match for action in _actions(value, keep_literals=True) for match in _LABEL.finditer(action))
    return tuple(dict.fromkeys(match[1] or match[2] for match in found))


def _actions(value: Value, *, keep_literals: bool = False) -> Iterator[str]:
    """The template actions in a text; what stands in quotes there is prose."""
    for match in _ACTION.finditer(value.text):
        inside = match["inside"]
        yield inside if keep_literals and "index" in inside else _LITERAL.sub('""', inside)
