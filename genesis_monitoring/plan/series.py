"""Input series that make an SLI come to a given value: the data side of the generated rule tests.

A value goes in, series of the SLI's own metrics come out.
"""

from collections.abc import Mapping
from dataclasses import replace

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.input_series import (
    EVENTS,
    Clock,
    InputSeries,
    exposed,
    flat,
    histogram,
    series_labels,
)
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import format_number


class SeriesMaker:
    """Makes series for the SLIs of one plan."""

    def __init__(self, spec: Spec, slis: Mapping[str, SliPlan]) -> None:
        self._spec = spec
        self._metrics = spec.metrics
        self._slis = slis

    def constant(self, name: str, value: float, clock: Clock) -> tuple[InputSeries, ...]:
        """Series that hold the SLI ``name`` at ``value`` (in its unit) once its window is full.

        An SLI that is made of another one is fed what that one records.
        """
        plan = self._slis[name]
        return plan.sli.held_at(self._spec, value, clock, test_labels(plan))

    def idle(self, name: str, clock: Clock) -> tuple[InputSeries, ...]:
        """The same metrics without any traffic: counters that never move, gauges that are zero."""
        plan = self._slis[name]
        by = test_labels(plan)
        idle: list[InputSeries] = []
        for metric in plan.metrics:
            catalogued = self._metrics[metric.metric]
            if catalogued.buckets is None:
                level = EVENTS if catalogued.type == "counter" else 0.0
                idle.append(exposed(metric, flat(level, clock), by))
            else:
                rates = (0.0,) * (len(catalogued.buckets) + 1)
                idle.extend(histogram(metric, catalogued.buckets, rates, clock, by))
        return tuple(idle)

    def restarted(self, name: str, value: float, clock: Clock) -> tuple[InputSeries, ...]:
        """As ``constant``, but every counter falls back to zero in the middle, as after a restart."""
        return self.constant(name, value, replace(clock, restarts=True))

    def present(
        self, metric: Selector, values: str, by: Mapping[str, str] | None = None
    ) -> tuple[InputSeries, ...]:
        """A metric as it is exposed, with the same ``values`` on each of its series."""
        buckets = self._metrics[metric.metric].buckets
        if buckets is None:
            return (exposed(metric, values, by or {}),)
        labels = series_labels(metric, by or {})
        return tuple(
            InputSeries(promql.selector(f"{metric.metric}_bucket", {**labels, "le": le}), values)
            for le in (format_number(buckets[0]), "+Inf")
        )

    def recorded(self, name: str, values: str) -> InputSeries:
        """The SLI's recorded series itself, with ``values`` in promtool's notation."""
        plan = self._slis[name]
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
