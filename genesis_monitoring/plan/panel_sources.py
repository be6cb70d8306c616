"""What a query of a panel draws, whatever it asks for: a query in, PromQL and all that is shown of it out.

The set is closed, as a query is: the series of an SLI, what of an error budget is asked, a metric, where the
rollout stands, PromQL of a person. Panels and the pages about them ask here, and none asks which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from genesis_monitoring.panels.panel import NO_LEVEL, Link, ThresholdStep
from genesis_monitoring.panels.scale import Levels
from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.level_colours import levels_of, threshold_steps
from genesis_monitoring.plan.rollout_now import rollout_now, steps_now
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.promql.grafana_times import RATE_INTERVAL
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.dashboards import Panel, Query, RolloutNow
from genesis_monitoring.spec.jobs import sample_interval
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.written import as_asked, metrics_read, slis_read


@dataclass(frozen=True, slots=True)
class PanelSource:
    """What is drawn. ``expr`` may have Grafana's variables of time, and ``plain`` is it without.

    ``interval``: its samples are so many seconds apart. ``several``: it may give more than one series.
    ``says`` is a line for the description of the panel, empty where there is nothing to say. ``slis`` and
    ``metrics`` are what it shows, ``planned`` those of the metrics that nobody exposes yet. ``steps`` and
    ``levels`` are of the ``sli`` that it is judged as, or of a budget, which may be ``overspent``: its
    value has no end where that of its unit has one. ``worst`` is the side that is bad, if one is.
    """

    expr: str
    interval: int
    several: bool
    says: str = ""
    slis: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    sli: Sli | None = None
    steps: tuple[ThresholdStep, ...] = NO_LEVEL
    levels: Levels | None = None
    overspent: bool = False
    worst: Literal["min", "max"] | None = None
    exemplars: bool = False
    links: tuple[Link, ...] = ()
    plain: str = ""


def source_of(spec: Spec, query: Query, slis: Mapping[str, SliPlan], budgets: Budgets) -> PanelSource:
    """What ``query`` draws. The spec's references must have been checked."""
    if query.sli is not None:
        return _sli(spec, slis[query.sli])
    if query.budget is not None:
        return _budget(query, slis[query.budget], budgets)
    if query.metric is not None:
        return _metric(spec, query.metric, query)
    if query.expr is not None:
        return _written(spec, query.expr, query, slis)
    if query.rollout is not None:
        return _rollout(spec, query.rollout, slis)
    raise AssertionError("a query has a source")


def sources_of(
    spec: Spec, panel: Panel, slis: Mapping[str, SliPlan], budgets: Budgets
) -> tuple[PanelSource, ...]:
    """What each query of ``panel`` draws."""
    return tuple(source_of(spec, query, slis, budgets) for query in panel.queries)


def _sli(spec: Spec, plan: SliPlan) -> PanelSource:
    good, target = plan.sli.good, plan.sli.beyond("target")
    aim = f" Good is {good}." if good else ""
    from_ = ", ".join(dict.fromkeys(f"`{selector.metric}`" for selector in plan.metrics))
    return PanelSource(
        plan.record,
        spec.prometheus.evaluation_interval,
        bool(plan.sli.by),
        f"{plan.sli.title}: `{plan.name}`, from {from_}.{aim}",
        (plan.name,),
        tuple(one.metric for one in plan.metrics),
        plan.planned,
        plan.sli,
        threshold_steps(plan.sli),
        levels_of([plan.sli]),
        worst="max" if target is not None and target.upward else "min",
    )


def _budget(query: Query, sli: SliPlan, budgets: Budgets) -> PanelSource:
    budget, shown = budgets.of(query)
    return PanelSource(
        budget.series(shown.record),
        budgets.interval(query),
        bool(budget.kind.by),
        budgets.says(query),
        (sli.name,),
        tuple(one.metric for one in sli.metrics),
        sli.planned,
        steps=shown.steps,
        levels=shown.levels,
        overspent=shown.levels is not None and not shown.levels.upward,
        # What has no level is the better the higher.
        worst="min" if shown.steps[0].color == "red" else "max",
        links=tuple(budgets.links(query)),
    )


def _metric(spec: Spec, selector: Selector, query: Query) -> PanelSource:
    metric = spec.metrics[selector.metric]
    return PanelSource(
        drawn(spec, query, RATE_INTERVAL),
        sample_interval(spec, selector.metric),
        query.each,
        f"{query.legend}: `{selector.metric}`.",
        metrics=(selector.metric,),
        planned=(selector.metric,) if metric.status == "planned" else (),
        worst="min" if query.each and metric.type == "gauge" else None,
        exemplars=metric.exemplars,
        plain=drawn(spec, query, "5m"),
    )


def _rollout(spec: Spec, asked: RolloutNow, slis: Mapping[str, SliPlan]) -> PanelSource:
    if spec.rollout is None:
        raise AssertionError("a spec without a rollout is not asked where it stands")
    return PanelSource(
        rollout_now(spec.rollout, slis, asked),
        spec.prometheus.evaluation_interval,
        several=False,
        steps=steps_now(asked),
    )


def _written(spec: Spec, expr: str, query: Query, slis: Mapping[str, SliPlan]) -> PanelSource:
    metrics, recorded = metrics_read(spec, expr), slis_read(spec, expr)
    named = ", ".join(f"`{name}`" for name in (*recorded, *metrics))
    below = (*metrics, *(one.metric for name in recorded for one in slis[name].metrics))
    planned = (name for name in below if spec.metrics[name].status == "planned")
    apart = [sample_interval(spec, name) for name in metrics]
    return PanelSource(
        expr.strip(),
        max((*apart, *((spec.prometheus.evaluation_interval,) if recorded else ())), default=0),
        # Nobody knows how many series a query returns.
        several=True,
        says=f"{query.legend}: PromQL, from {named}." if named else f"{query.legend}: PromQL.",
        slis=recorded,
        metrics=tuple(dict.fromkeys(below)),
        planned=tuple(dict.fromkeys(planned)),
        plain=as_asked(spec, expr.strip(), in_place=False),
    )


def drawn(spec: Spec, query: Query, window: str) -> str:
    """What a panel draws of a metric itself; of a counter its rate over ``window``."""
    if query.metric is None:
        raise AssertionError("this query has a metric")
    metric = spec.metrics[query.metric.metric]
    if metric.type == "histogram":
        return f"sum by (le) (rate({promql.select(query.metric, suffix='_bucket')}[{window}]))"
    series = promql.select(query.metric)
    if metric.type == "counter":
        series = f"rate({series}[{window}])"
    return series if query.each else f"sum({series})"
