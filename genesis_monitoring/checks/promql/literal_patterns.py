"""GM419 (warning): an exact label value that looks like a pattern.

Why: ``labels: {code: "5.."}`` selects the value ``5..`` to the letter, which no series has, so the SLI has no
data, or a part of it is never counted. To mend: write ``{matches: "5.."}``.
"""

from collections.abc import Iterator

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.promql.matchers import PATTERN_CHARACTERS
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path

CODES: tuple[str, ...] = ("GM419",)


def check_literal_patterns(context: CheckContext) -> Iterator[Finding]:
    """GM419, for every exact label of SLIs and panels."""
    for path, selector in _selectors(context.plan.spec):
        for label, value in selector.exact.items():
            if not PATTERN_CHARACTERS.search(value):
                continue
            yield Finding(
                "GM419",
                Severity.WARNING,
                context.source.locate_dotted(".".join(map(str, (*path, "labels", label)))),
                f"{selector.metric}: {label} is to be {value!r} to the letter, which looks like a pattern",
                f"for a pattern write labels: {{{label}: {_meant(value)}}}",
            )


def _meant(value: str) -> str:
    """A value with or without an operator as what it was surely meant to be."""
    for operator, key in (("=~", "matches"), ("!~", "not_matches"), ("!=", "not")):
        if value.startswith(operator):
            return f'{{{key}: "{value.removeprefix(operator)}"}}'
    return f'{{matches: "{value}"}}'


def _selectors(spec: Spec) -> Iterator[tuple[Path, Selector]]:
    for name, sli in spec.slis.items():
        for below, selector in sli.selectors:
            yield ("slis", name, *below), selector
    for uid, dashboard in spec.dashboards.items():
        for r, row in enumerate(dashboard.rows):
            for p, panel in enumerate(row.panels):
                for q, query in enumerate(panel.queries):
                    if query.metric is not None:
                        path = ("dashboards", uid, "rows", r, "panels", p, "queries", q, "metric")
                        yield path, query.metric
