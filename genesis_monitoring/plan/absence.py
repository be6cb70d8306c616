"""When an SLI has no data: an SLI in, the expression of its alert on missing data out.

Asked is what it stands on, not its value: without traffic there is no value, and nothing is missing.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import UP_METRIC
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.reading import ON_TARGET, gone_targets
from genesis_monitoring.spec.model import Spec

REMEMBERED = 3600
"""How long it is told that a label set is gone, in seconds. Then it counts as taken away on purpose."""


def absence(spec: Spec, plan: SliPlan) -> str:
    """All that an SLI needs is unusable, or one of its label sets is while others stay."""
    return " or ".join(_absences(spec, plan))


def tells_apart(spec: Spec, plan: SliPlan) -> bool:
    """Whether a label set that is gone is told of while others stay.

    Not where labels are made by a query or a rule of the spec. Of a target that is gone there is nothing to
    tell, and one that is down is an ``up`` of 0.
    """
    of_targets = {one.metric for one in plan.metrics} == {UP_METRIC}
    written = plan.root.query or any(spec.metrics[one.metric].recording for one in plan.metrics)
    return bool(plan.sli.by) and not written and not of_targets


def _absences(spec: Spec, plan: SliPlan) -> Iterator[str]:
    sli = plan.sli
    groups = sli.needed(spec)
    for group in groups:
        yield f"absent({' or '.join(f'sum({one})' for one in group)})"
    yield from plan.root.no_number(spec, plan.record)
    if tells_apart(spec, plan):
        remembered = spec.meta_alerts.missing_data.for_ + REMEMBERED
        there = " or ".join(groups[0])
        targets = f"unless {ON_TARGET} {gone_targets(remembered)}"
        known = f"({' or '.join(sli.seen_within(spec, remembered))}) {targets}"
        left = f"{promql.aggregate('group', sli.by, there)} and on () group({there})"
        yield f"{promql.aggregate('group', sli.by, known)} unless {left}"
