"""Input series that make an SLI come to a given value: the data side of the generated rule tests.

A value goes in, series of the SLI's own metrics come out, in promtool's notation
(``start+stepxcount``). The formulas are the inverses of those in ``slis.py``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.plan.expressions import SECONDS_PER_DAY
from genesis_monitoring.plan.slis import SliPlan, baseline_value
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.bounds import value_bounds
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import (
    AgeSli,
    ExprSli,
    GaugeSli,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    TrendSli,
    UpSli,
)
from genesis_monitoring.units import format_number, rate_factor, unit_factor

_EVENTS = 1000.0
_PAST_LEVEL = 100.0
_LABEL = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="([^"\\]*)"')


@dataclass(frozen=True, slots=True)
class InputSeries:
    """One series of a scenario: its selector and its values in promtool's notation.

    Of a timestamp ``epoch`` is the first value if the scenario begins at 0, and ``values`` what follows it.
    """

    series: str
    values: str
    epoch: float | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A scenario's sampling: ``step`` seconds between samples, ``count`` samples after the first.

    ``onset`` is the sample at which an SLI that is compared with its own past takes its value;
    ``restarts`` lets every counter fall back to zero half way.
    """

    step: int
    count: int
    onset: int = 0
    restarts: bool = False


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
        sli = plan.sli
        by = test_labels(plan)
        match sli:
            case GaugeSli():
                raw = value / unit_factor(self._unit(sli.metrics[0]), sli.unit)
                values = (raw, *(0.0 for _ in sli.metrics[1:]))
                return tuple(
                    InputSeries(_series(m, by), _flat(v, clock))
                    for m, v in zip(sli.metrics, values, strict=True)
                )
            case RatioSli():
                return self._ratio(sli, value, clock, by)
            case QuantileSli():
                return self._quantile(sli, value, clock, by)
            case RateSli():
                factor = rate_factor(self._unit(sli.counters[0]), sli.unit)
                # Each has its share, so that one that is left out is missed.
                increment = value / factor * clock.step / len(sli.counters)
                return tuple(InputSeries(_series(m, by), _line(increment, clock)) for m in sli.counters)
            case UpSli():
                return (InputSeries(_series(sli.metric, by), _flat(value, clock)),)
            case AgeSli():
                age = value / unit_factor("seconds", sli.unit)
                growing = f"+{clock.step}x{clock.count}"
                return (InputSeries(_series(sli.metric, by), growing, epoch=-age),)
            case TrendSli():
                slope = value / SECONDS_PER_DAY * clock.step
                base = self._slis[sli.sli]
                return (InputSeries(_record(base, by), _line(slope, clock, start=_EVENTS)),)
            case RelativeSli():
                return self._relative(sli, value, clock, by)
            case ExprSli():
                fixture = sli.fixtures.good if value == sli.fixtures.good.value else sli.fixtures.bad
                return tuple(InputSeries(series, values) for series, values in fixture.series.items())

    def idle(self, name: str, clock: Clock) -> tuple[InputSeries, ...]:
        """The same metrics without any traffic: counters that never move, gauges that are zero."""
        plan = self._slis[name]
        by = test_labels(plan)
        idle: list[InputSeries] = []
        for metric in plan.metrics:
            catalogued = self._metrics[metric.metric]
            if catalogued.buckets is None:
                level = _EVENTS if catalogued.type == "counter" else 0.0
                idle.append(InputSeries(_series(metric, by), _flat(level, clock)))
            else:
                rates = (0.0,) * (len(catalogued.buckets) + 1)
                idle.extend(_histogram(metric, catalogued.buckets, rates, clock, by))
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
            return (InputSeries(_series(metric, by or {}), values),)
        labels = _labels(metric, by or {})
        return tuple(
            InputSeries(promql.selector(f"{metric.metric}_bucket", {**labels, "le": le}), values)
            for le in (format_number(buckets[0]), "+Inf")
        )

    def recorded(self, name: str, values: str) -> InputSeries:
        """The SLI's recorded series itself, with ``values`` in promtool's notation."""
        plan = self._slis[name]
        return InputSeries(_record(plan, test_labels(plan)), values)

    def scarce(self, name: str, part: float, total: float, clock: Clock) -> tuple[InputSeries, ...]:
        """Series of a ratio SLI with so many events (in its window): ``part`` of ``total``."""
        plan = self._slis[name]
        sli = plan.sli
        if not isinstance(sli, RatioSli):
            raise AssertionError("only a ratio has events of which some count")
        share = _sampled(sli.window, clock)
        return _fraction(sli, part * share, total * share, clock, test_labels(plan))

    def _ratio(
        self, sli: RatioSli, value: float, clock: Clock, by: Mapping[str, str]
    ) -> tuple[InputSeries, ...]:
        fraction = value * unit_factor(sli.unit, "ratio")
        if sli.complement:
            fraction = 1 - fraction
        total = max(_EVENTS, 2 * (sli.minimum_traffic or 0))
        return _fraction(sli, fraction * total, total, clock, by)

    def _quantile(
        self, sli: QuantileSli, value: float, clock: Clock, by: Mapping[str, str]
    ) -> tuple[InputSeries, ...]:
        catalogued = self._metrics[sli.histogram.metric]
        edges = catalogued.buckets or ()
        raw = value / unit_factor(catalogued.unit, sli.unit)
        upper = next(index for index, edge in enumerate(edges) if raw <= edge * (1 + 1e-12))
        lower = edges[upper - 1] if upper else 0.0
        into = min(1.0, (raw - lower) / (edges[upper] - lower))
        below, through = (0.0, sli.q / into) if into >= sli.q else ((sli.q - into) / (1 - into), 1.0)
        total = max(_EVENTS, 2 * (sli.minimum_traffic or 0))
        shares = (*(below for _ in range(upper)), through, *(1.0 for _ in edges[upper + 1 :]), 1.0)
        return _histogram(sli.histogram, edges, tuple(share * total for share in shares), clock, by)

    def _relative(
        self, sli: RelativeSli, value: float, clock: Clock, by: Mapping[str, str]
    ) -> tuple[InputSeries, ...]:
        base = self._slis[sli.sli]
        if sli.past_average is None:
            return (InputSeries(_record(base, by), _flat(self._level(sli, value), clock)),)
        before, now = format_number(_PAST_LEVEL), format_number(_PAST_LEVEL * _share(sli, value))
        values = f"{before}x{clock.onset - 1} {now}x{clock.count - clock.onset}"
        return (InputSeries(_record(base, by), values),)

    def _level(self, sli: RelativeSli, value: float) -> float:
        """What ``sli`` compares with its baseline, where the comparison comes to ``value``."""
        base = self._slis[sli.sli].sli
        baseline = baseline_value(base)
        level, highest = _share(sli, value) * baseline, value_bounds(self._spec, base).upper
        if sli.report == "deviation" and highest is not None and level > highest:
            return (1 - value / 100) * baseline
        return level

    def _unit(self, metric: Selector) -> str:
        return self._metrics[metric.metric].unit


def test_labels(plan: SliPlan) -> dict[str, str]:
    """The values that test series have for the labels an SLI is grouped by.

    They are made up, but for those that a fixture gives.
    """
    fixed: dict[str, str] = {}
    if isinstance(plan.sli, ExprSli):
        for series in plan.sli.fixtures.good.series:
            fixed = {**dict(_LABEL.findall(series)), **fixed}
    return {label: fixed.get(label) or _selected(plan, label) for label in plan.sli.by}


def _share(sli: RelativeSli, value: float) -> float:
    return {"multiple": value, "reduction": 1 - value / 100, "deviation": 1 + value / 100}[sli.report]


def _selected(plan: SliPlan, label: str) -> str:
    """A value of ``label`` that every metric of an SLI selects."""
    asked = [one for metric in plan.metrics for one in metric.conditions if one.label == label]
    made_up = f"test-{label.replace('_', '-')}"
    values = (made_up, *(text for one in asked if (text := one.example())))
    return next((text for text in values if all(one.matches(text) for one in asked)), made_up)


def _histogram(
    metric: Selector,
    edges: tuple[float, ...],
    increments: tuple[float, ...],
    clock: Clock,
    by: Mapping[str, str],
) -> tuple[InputSeries, ...]:
    names = (*(format_number(edge) for edge in edges), "+Inf")
    buckets = tuple(
        InputSeries(
            promql.selector(f"{metric.metric}_bucket", {**_labels(metric, by), "le": le}),
            _line(increment, clock),
        )
        for le, increment in zip(names, increments, strict=True)
    )
    count = promql.selector(f"{metric.metric}_count", _labels(metric, by))
    return (*buckets, InputSeries(count, _line(increments[-1], clock)))


def _fraction(
    sli: RatioSli, part: float, total: float, clock: Clock, by: Mapping[str, str]
) -> tuple[InputSeries, ...]:
    """Series whose numerators add up to ``part`` and denominators to ``total``, a sample or as a level."""
    draw = _line if sli.window is not None else _flat
    wanted = {_series(m, by): 0.0 for m in (*sli.numerator, *sli.denominator)}
    first = sli.numerator[0]
    wanted[_series(first, by)] = part
    others = [m for m in sli.denominator if m not in sli.numerator]
    covering = next((m for m in others if _covers(m, first)), None)
    if covering is not None:
        del wanted[_series(covering, by)]
        wanted[promql.selector(covering.metric, {**_beside(covering, first), **by})] = total - part
    elif first in sli.denominator:
        wanted[_series(others[0], by)] = total - part
    else:
        wanted[_series(others[0], by)] = total
    return tuple(InputSeries(series, draw(amount, clock)) for series, amount in wanted.items())


def _covers(wide: Selector, narrow: Selector) -> bool:
    """Whether ``wide`` selects the test series of ``narrow``, and others beside it."""
    labels = _labels(narrow, {})
    selected = all(one.matches(labels.get(one.label, "")) for one in wide.conditions)
    return wide.metric == narrow.metric and selected and bool(_beside(wide, narrow))


def _beside(wide: Selector, narrow: Selector) -> dict[str, str]:
    """Labels of a series that ``wide`` selects and ``narrow`` does not; empty if none is found."""
    for one in narrow.conditions:
        same_label = [other for other in wide.conditions if other.label == one.label]
        values = (one.opposite.example(), "other", *(other.example() for other in same_label))
        for value in values:
            if value and not one.matches(value) and all(other.matches(value) for other in same_label):
                return {**_labels(wide, {}), one.label: value}
    return {}


def _labels(metric: Selector, by: Mapping[str, str]) -> dict[str, str]:
    """The labels of a test series: made up for the matchers of ``metric`` where ``by`` does not give them."""
    made_up = {one.label: one.example() or "" for one in metric.conditions if one.operator != "="}
    return {**made_up, **by, **metric.labels}


def _series(metric: Selector, by: Mapping[str, str]) -> str:
    return promql.selector(metric.metric, _labels(metric, by))


def _record(plan: SliPlan, by: Mapping[str, str]) -> str:
    return promql.selector(plan.record, by)


def _sampled(window: int | None, clock: Clock) -> float:
    """The share of what happens in a window that one sample adds; a gauge shows all of it."""
    return clock.step / window if window else 1.0


def _flat(value: float, clock: Clock) -> str:
    return f"{format_number(value)}x{clock.count}"


def _line(increment: float, clock: Clock, start: float | None = None) -> str:
    """A counter that grows by ``increment`` a sample, long since started: rates see no zero point."""
    begin = format_number(increment * _EVENTS if start is None else start)
    growth = f"{'-' if increment < 0 else '+'}{format_number(abs(increment))}"
    if not clock.restarts:
        return f"{begin}{growth}x{clock.count}"
    half = clock.count // 2
    return f"{begin}{growth}x{half} 0{growth}x{clock.count - half - 1}"
