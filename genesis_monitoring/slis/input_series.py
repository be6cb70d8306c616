"""Series for rule tests in promtool's notation (``start+stepxcount``), and how often they are sampled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.units import format_number

EVENTS = 1000.0
"""So many happen between two samples where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class InputSeries:
    """One series of a scenario: its selector and its values in promtool's notation.

    Of a timestamp ``epoch`` is the first value if the scenario begins at 0, and ``values`` what follows it.
    """

    series: str
    values: str
    epoch: float | None = None


Inputs = tuple[InputSeries, ...]
Labels = Mapping[str, str]
OfSeries = Callable[[Selector], float]


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

    def share_of(self, window: int | None) -> float:
        """The share of what happens in a window that one sample adds; a gauge shows all of it."""
        return self.step / window if window else 1.0


def exposed(metric: Selector, values: str, by: Labels) -> InputSeries:
    """A series that ``metric`` selects, with the labels ``by``."""
    return InputSeries(promql.selector(metric.metric, series_labels(metric, by)), values)


def series_labels(metric: Selector, by: Labels) -> dict[str, str]:
    """The labels of a test series: made up for the matchers of ``metric`` where ``by`` does not give them."""
    made_up = {one.label: one.example() or "" for one in metric.conditions if one.operator != "="}
    return {**made_up, **by, **metric.exact}


def histogram(
    metric: Selector,
    edges: tuple[float, ...],
    increments: tuple[float, ...],
    clock: Clock,
    by: Labels,
) -> Inputs:
    """The buckets of a histogram, each of which grows by its increment a sample, and its count."""
    names = (*(format_number(edge) for edge in edges), "+Inf")
    labels = series_labels(metric, by)
    buckets = tuple(
        InputSeries(promql.selector(f"{metric.metric}_bucket", {**labels, "le": le}), line(increment, clock))
        for le, increment in zip(names, increments, strict=True)
    )
    count = promql.selector(f"{metric.metric}_count", labels)
    return (*buckets, InputSeries(count, line(increments[-1], clock)))


def flat(value: float, clock: Clock) -> str:
    """The same value all the time."""
    return f"{format_number(value)}x{clock.count}"


def line(increment: float, clock: Clock, start: float | None = None) -> str:
    """A counter that grows by ``increment`` a sample, long since started: rates see no zero point."""
    begin = format_number(increment * EVENTS if start is None else start)
    growth = f"{'-' if increment < 0 else '+'}{format_number(abs(increment))}"
    if not clock.restarts:
        return f"{begin}{growth}x{clock.count}"
    half = clock.count // 2
    return f"{begin}{growth}x{half} 0{growth}x{clock.count - half - 1}"
