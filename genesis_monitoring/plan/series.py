"""Input series of the generated rule tests, beside those that hold an SLI at a value (its ``held_at``)."""

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.input_series import (
    EVENTS,
    Clock,
    Inputs,
    InputSeries,
    Labels,
    exposed,
    flat,
    histogram,
    line,
    series_labels,
)
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import format_number


def idle(spec: Spec, plan: SliPlan, clock: Clock) -> Inputs:
    """The metrics of an SLI without any traffic: counters that never move, gauges that are zero."""
    by = test_labels(plan)
    series: list[InputSeries] = []
    for metric in plan.metrics:
        catalogued = spec.metrics[metric.metric]
        if catalogued.buckets is None:
            level = EVENTS if catalogued.type == "counter" else 0.0
            series.append(exposed(metric, flat(level, clock), by))
        else:
            rates = (0.0,) * (len(catalogued.buckets) + 1)
            series.extend(histogram(metric, catalogued.buckets, rates, clock, by))
    return tuple(series)


def present(spec: Spec, plan: SliPlan, metric: Selector, values: str, by: Labels) -> Inputs:
    """A metric of an SLI as it is exposed, with the same ``values`` on each of the series that are read."""
    buckets = spec.metrics[metric.metric].buckets
    if buckets is None:
        return (exposed(metric, values, by),)
    labels = series_labels(metric, by)
    edges = [{"le": le} for le in (*map(format_number, buckets), "+Inf")]
    return tuple(
        InputSeries(promql.selector(f"{metric.metric}{end}", {**labels, **edge}), values)
        for end in plan.root.reads
        for edge in (edges if end == "_bucket" else [{}])
    )


def beside(spec: Spec, plan: SliPlan, clock: Clock) -> Inputs:
    """Series that an SLI must not select: for each label that it narrows otherwise than to a value, another.

    Their values are such that the SLI would be another one with them.
    """
    chosen = [one for _, one in plan.sli.selectors] if not plan.sli.query and not plan.sli.of else []
    by, found = test_labels(plan), {}
    for metric in chosen:
        for condition in metric.conditions:
            other = condition.opposite.example() if condition.label not in metric.exact else None
            labels = {**series_labels(metric, by), condition.label: other or ""}
            if (
                not other
                or condition.label in metric.matchers
                or any(_selects(one, metric, labels) for one in chosen)
            ):
                continue
            values = _other_values(spec, plan, metric, clock)
            other_one = metric.model_copy(update={"labels": labels, "matchers": {}})
            for one in present(spec, plan, other_one, values, {}):
                found[one.series] = one
    return tuple(found.values())


def _selects(one: Selector, metric: Selector, labels: Labels) -> bool:
    asked = one.conditions
    return one.metric == metric.metric and all(each.matches(labels.get(each.label, "")) for each in asked)


def _other_values(spec: Spec, plan: SliPlan, metric: Selector, clock: Clock) -> str:
    catalogued = spec.metrics[metric.metric]
    if catalogued.type != "gauge":
        return line(EVENTS * EVENTS, clock)
    lowest = catalogued.unit in ("state", "timestamp") or getattr(plan.sli, "aggregation", "") == "min"
    return flat(0.0 if lowest else EVENTS * EVENTS, clock)


def recorded(plan: SliPlan, values: str) -> InputSeries:
    """An SLI's recorded series itself, with ``values`` in promtool's notation."""
    return InputSeries(promql.selector(plan.record, test_labels(plan)), values)


def test_labels(plan: SliPlan) -> dict[str, str]:
    """The values that test series have for the labels an SLI is grouped by.

    They are made up, but for those that a person gave.
    """
    given = plan.sli.given_labels
    return {label: given.get(label) or _selected(plan, label) for label in plan.sli.by}


def _selected(plan: SliPlan, label: str) -> str:
    """A value of ``label`` that every metric of an SLI selects."""
    asked = [one for metric in plan.metrics for one in metric.conditions if one.label == label]
    made_up = f"test-{label.replace('_', '-')}"
    values = (made_up, *(text for one in asked if (text := one.example())))
    return next((text for text in values if all(one.matches(text) for one in asked)), made_up)
