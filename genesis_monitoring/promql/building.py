"""PromQL text from typed parts: selectors, aggregations, scaling. Strings in, one expression out.

Label values are escaped as PromQL string literals, so spec text cannot leave its quotes.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.units import format_number


class Selected(Protocol):
    """What selects series: a metric, and what their labels must be."""

    @property
    def metric(self) -> str:
        """Its name."""

    @property
    def conditions(self) -> tuple[Matcher, ...]:
        """All that a series must have."""


def quote(text: str) -> str:
    """``text`` as a PromQL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def selector(metric: str, labels: Mapping[str, str] | None = None, window: int = 0) -> str:
    """An instant vector selector, or a range vector one for a ``window`` in seconds."""
    matchers = ", ".join(f"{name}={quote(value)}" for name, value in (labels or {}).items())
    braces = f"{{{matchers}}}" if matchers else ""
    brackets = f"[{format_duration(window)}]" if window else ""
    return f"{metric}{braces}{brackets}"


def select(series: Selected, window: int = 0, *, suffix: str = "", within: Iterable[str] = ()) -> str:
    """The series that are selected. ``suffix`` ends the name, ``within`` are matchers as text."""
    matchers = ", ".join((*(f"{m.label}{m.operator}{quote(m.value)}" for m in series.conditions), *within))
    braces = f"{{{matchers}}}" if matchers else ""
    return f"{series.metric}{suffix}{braces}{f'[{format_duration(window)}]' if window else ''}"


def aggregate(operator: str, by: Iterable[str], inner: str) -> str:
    """``operator by (labels) (inner)``; without labels the clause is left out."""
    labels = ", ".join(by)
    return f"{operator} by ({labels}) ({inner})" if labels else f"{operator}({inner})"


def total(by: Iterable[str], terms: Iterable[str]) -> str:
    """The terms added up; one that is absent counts nothing while another one is there."""
    parts = tuple(terms)
    if len(parts) == 1:
        return parts[0]
    # A label tells them apart, since of two terms with the same labels "or" keeps the first.
    labelled = (f'label_replace({part}, "__term__", "{i}", "", "")' for i, part in enumerate(parts, 1))
    return aggregate("sum", by, " or ".join(labelled))


def finite(expr: str) -> str:
    """``expr`` where it is a finite number."""
    return f"{expr} > -Inf < Inf"


def finite_query(text: str) -> str:
    """As ``finite``, for a query that a person wrote; one that is a number and no vector is left as it is."""
    return text.strip() if is_number(text) else finite(in_parentheses(text))


def in_parentheses(query: str) -> str:
    """A query as part of another one; a comment in it ends with its line."""
    line_end = "\n" if "#" in query or "\n" in query.strip() else ""
    return f"({line_end}{query.strip()}{line_end})"


def is_number(query: str) -> bool:
    """Whether a query is a number, and no vector."""
    from genesis_monitoring.promql.syntax import Text, tree_or_none
    from genesis_monitoring.promql.types import is_scalar

    tree = tree_or_none(query)
    return tree is not None and not isinstance(tree, Text) and is_scalar(tree)


def scale(expr: str, factor: float) -> str:
    """``expr`` times ``factor``; a factor below one is written as the division it is."""
    if factor == 1:
        return expr
    inverse = round(1 / factor)
    if factor < 1 and abs(inverse * factor - 1) < 1e-12:
        return f"{expr} / {inverse}"
    return f"{format_number(factor)} * {expr}"


def rounded(expr: str) -> str:
    """``expr`` rounded to the resolution at which SLI values are compared with their levels."""
    return f"round({expr}, {RESOLUTION})"


def at_least(expr: str, minimum: float | None) -> str:
    """``expr``, kept only where it reaches ``minimum``, or is above zero if there is none."""
    return f"({expr} >= {format_number(minimum)})" if minimum else f"({expr} > 0)"
