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


def present(spec: Spec, metric: Selector, values: str, by: Labels) -> Inputs:
    """A metric as it is exposed, with the same ``values`` on each of its series."""
    buckets = spec.metrics[metric.metric].buckets
    if buckets is None:
        return (exposed(metric, values, by),)
    labels = series_labels(metric, by)
    return tuple(
        InputSeries(promql.selector(f"{metric.metric}_bucket", {**labels, "le": le}), values)
        for le in (format_number(buckets[0]), "+Inf")
    )


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
