"""SLIs as they can be asked for where nothing is recorded: an expression over recorded series in, one over
metrics out.

An SLI that is made of another one reads that one's recorded series. Here the series is replaced by what would
have recorded it; a window over it becomes a subquery with the step of the evaluations.
"""

import re
from collections.abc import Mapping

from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.slis import SliPlan


def inlined_expr(slis: Mapping[str, SliPlan], name: str, interval: int) -> str:
    """The expression of ``name`` over metrics alone, with ``interval`` in seconds."""
    plan = slis[name]
    expr = plan.measured
    for other in plan.depends_on:
        inner = inlined_expr(slis, other, interval)
        series = re.compile(rf"(?<![\w:]){re.escape(slis[other].record)}(?![\w:])(?:\[(\w+)\])?")
        expr = series.sub(lambda match, inner=inner: _replaced(match, inner, interval), expr)  # type: ignore[misc]
    return expr


def needed_slis(slis: Mapping[str, SliPlan], name: str) -> tuple[str, ...]:
    """``name`` and every SLI that it is made of."""
    return (name, *(other for one in slis[name].depends_on for other in needed_slis(slis, one)))


def _replaced(match: re.Match[str], inner: str, interval: int) -> str:
    window = f"[{match[1]}:{format_duration(interval)}]" if match[1] else ""
    return f"({inner}){window}"
