"""When an SLI has no data: an SLI in, the expression of its alert on missing data out.

Asked is what it stands on, not its value: without traffic there is no value, and nothing is missing.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import TARGET_LABELS, UP_METRIC
from genesis_monitoring.plan.expressions import gone_targets, needed, seen_within, unusable, usable
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import ExprSli, RatioSli, RelativeSli, TrendSli

REMEMBERED = 3600
"""How long it is told that a label set is gone, in seconds. Then it counts as taken away on purpose."""


def absence(spec: Spec, plan: SliPlan) -> str:
    """All that an SLI needs is unusable, or one of its label sets is while others stay."""
    return " or ".join(_absences(spec, plan))


def tells_apart(plan: SliPlan) -> bool:
    """Whether a label set that is gone is told of while others stay.

    Not where labels are made by a query. Of a target that is gone there is nothing to tell, and one that is
    down is an ``up`` of 0.
    """
    of_targets = {one.metric for one in plan.metrics} == {UP_METRIC}
    return bool(plan.sli.by) and not isinstance(plan.sli, ExprSli) and not of_targets


def _absences(spec: Spec, plan: SliPlan) -> Iterator[str]:
    sli = plan.sli
    groups = needed(spec, sli)
    for group in groups:
        yield f"absent({' or '.join(f'sum({one})' for one in group)})"
    base = spec.slis[sli.sli] if isinstance(sli, TrendSli | RelativeSli) else sli
    if isinstance(base, RatioSli):
        no_number = " or ".join(map(unusable, base.numerator))
        numbers = " or ".join(usable(spec, one) for one in base.numerator)
        yield f"group({no_number}) unless group({numbers})"
    if isinstance(base, ExprSli) and not promql.is_number(base.expr):
        query = promql.in_parentheses(base.expr)
        yield f"group({query} - {query} != 0) unless on () group({plan.record})"
    if tells_apart(plan):
        remembered = spec.meta_alerts.missing_data.for_ + REMEMBERED
        there = " or ".join(groups[0])
        targets = f"unless on ({', '.join(TARGET_LABELS)}) {gone_targets(remembered)}"
        known = f"({' or '.join(seen_within(spec, sli, remembered))}) {targets}"
        left = f"{promql.aggregate('group', sli.by, there)} and on () group({there})"
        yield f"{promql.aggregate('group', sli.by, known)} unless {left}"
