"""What one can choose on a dashboard: values of the labels that its SLIs are grouped by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.panels.panel import PanelPlan
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.dashboards import Dashboard


@dataclass(frozen=True, slots=True)
class VariablePlan:
    """A label of which one can choose values, and the recorded ``series`` that have it.

    At the start all are chosen, or the ``first``.
    """

    label: str
    series: tuple[str, ...]
    origin: str
    first: str = ""


def compile_variables(uid: str, dashboard: Dashboard, slis: Mapping[str, SliPlan]) -> Iterator[VariablePlan]:
    """Those of ``dashboard``, in the order of the spec."""
    drawn = dict.fromkeys(
        query.sli for row in dashboard.rows for panel in row.panels for query in panel.queries if query.sli
    )
    for index, label in enumerate(dashboard.variables):
        series = tuple(slis[name].record for name in drawn if label in slis[name].sli.by)
        yield VariablePlan(label, series, f"dashboards.{uid}.variables.{index}")


def choosing(panel: PanelPlan, variables: tuple[VariablePlan, ...]) -> PanelPlan:
    """``panel``, of which a series shows what is chosen if it has the label, and all that it has if not."""
    queries = tuple(
        replace(query, chosen=tuple(one.label for one in variables if query.expr in one.series))
        for query in panel.queries
    )
    return replace(panel, queries=queries)
