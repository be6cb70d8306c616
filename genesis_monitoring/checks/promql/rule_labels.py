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

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rules import Rule, Rules, on_the_plan
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.promql.labels import LabelFlow
from genesis_monitoring.words import suggest

CODES: tuple[str, ...] = ("GM409", "GM411", "GM412")

_ACTION = re.compile(r"\{\{(?P<inside>.*?)\}\}", re.DOTALL)
_LITERAL = re.compile(r'`[^`]*`|"(?:[^"\\]|\\.)*"')
_LABEL = re.compile(r'(?:\$labels|\.Labels)\.(\w+)|\bindex\s+(?:\$labels|\.Labels)\s+["`](\w+)["`]')
_VALUE = re.compile(r"(?:\$value|\.Value)\b")


@on_the_plan
def check_rule_labels(given: Rules) -> Iterator[Finding]:
    """GM409, GM411 and GM412, for every rule."""
    external = frozenset(given.catalogue.plan.spec.prometheus.external_labels)
    for rule in given.rules:
        yield from _flow(given.catalogue, rule)
        yield from _given(rule, external)
        if not rule.alerting:
            yield from _grouped(given.catalogue, rule, external)


def _flow(catalogue: Catalogue, rule: Rule) -> Iterator[Finding]:
    if rule.tree is None:
        return
    flow = LabelFlow(catalogue, rule.tree)
    for problem in flow.problems:
        yield rule.finding("GM409", f"{problem}")
    used: dict[str, list[str]] = {}
    for name, value in (*rule.labels, *rule.annotations):
        for label in _labels_used(value):
            if not flow.result.can_have(label):
                used.setdefault(label, []).append(name)
    for label, names in used.items():
        by = f"{' and '.join(names)} use{'s' if len(names) == 1 else ''}"
        hint = suggest(label, flow.result.may)
        yield rule.finding("GM409", f"{by} the label {label}, and the query returns {flow.result}{hint}")
    series = catalogue.find(rule.name) if not rule.alerting else None
    sli = catalogue.sli(rule.name)
    if series is None or series.labels is None or sli is None or flow.problems:
        return
    missing = sorted(label for label in series.labels if not flow.result.can_have(label))
    if missing:
        message = f"grouped by {', '.join(missing)}, and the query returns {flow.result}"
        yield rule.finding("GM409", message)
    extra = sorted(flow.result.may - series.labels)
    if extra:
        message = f"the query also returns {', '.join(extra)}, which by does not name"
        severity = Severity.INFO if sli.sli.query else Severity.ERROR
        hint = "aggregate them away in the query, or name them in by"
        yield rule.finding("GM409", message, hint=hint, severity=severity)


def _given(rule: Rule, external: frozenset[str]) -> Iterator[Finding]:
    for name, value in rule.labels:
        if any(_VALUE.search(action) for action in _actions(value)):
            message = f"the label {name} holds the value, {value}, so each value is a new alert"
            yield rule.finding("GM411", message, hint="move the value into an annotation")
        if name in external:
            message = f"the label {name} hides the external label of that name"
            yield rule.finding("GM412", message, hint=_RENAME)


def _grouped(catalogue: Catalogue, rule: Rule, external: frozenset[str]) -> Iterator[Finding]:
    series = catalogue.find(rule.name)
    for label in sorted(external.intersection((series.labels if series else None) or ())):
        message = f"grouped by {label}, which hides the external label of that name"
        yield rule.finding("GM412", message, hint=_RENAME)


_RENAME = "rename it, or the one in prometheus.external_labels, in the spec"


def _labels_used(value: str) -> tuple[str, ...]:
    found = (match for action in _actions(value, keep_literals=True) for match in _LABEL.finditer(action))
    return tuple(dict.fromkeys(match[1] or match[2] for match in found))


def _actions(value: str, *, keep_literals: bool = False) -> Iterator[str]:
    """The template actions in a text; what stands in quotes there is prose."""
    for match in _ACTION.finditer(value):
        inside = match["inside"]
        yield inside if keep_literals and "index" in inside else _LITERAL.sub('""', inside)
