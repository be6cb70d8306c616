"""The JSON of a backtest: version 1, as ``docs/backtest.schema.json`` describes it."""

import math
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Literal

from genesis_monitoring.report.document import (
    Asking,
    Count,
    Full,
    MaybeSpan,
    MaybeText,
    Of,
    Positive,
    Seconds,
    Server,
    Severity,
    Share,
    Span,
    Time,
    Written,
    json_number,
)
from genesis_monitoring.rollout.backtest_results import AlertPast, Known, Origin


class _WithData(Written):
    """What an alert would have done; null where there is no data to tell."""

    def __init__(self, name: str) -> None:
        def write(one: AlertPast) -> object:
            return None if one.known is Known.NO_DATA else attrgetter(name)(one)

        super().__init__(write)


@dataclass(frozen=True, slots=True)
class Alert:
    """What one alert would have done in one component, or SLO. What is not known is null."""

    alert: Full
    component: str
    slo: str
    """The id of the SLO whose error budget it is about; empty for another alert."""
    shadow: bool
    """Whether it is told to nobody: it is in no total."""
    severity: Severity
    condition: str
    """In words."""
    for_seconds: Annotated[Count, Of("for_")]
    known: Known
    """doubtful: the server warned of its answer."""
    reason: str
    """Why it cannot be told; empty if it can."""
    source: Annotated[Origin, Of("origin")]
    """The recorded series of its SLI; the SLI's expression over the stored metrics; its own expression."""
    queries: Annotated[tuple[str, ...], Written(minItems=1)]
    episodes: Annotated[tuple[Span, ...] | None, Of(), _WithData("episodes")]
    """Each until the evaluation that ends it; null without data."""
    firing_seconds: Annotated[Seconds | None, Of(), _WithData("firing_seconds")]
    longest_seconds: Annotated[Seconds | None, Of(), _WithData("longest_seconds")]
    pending_at_end: Annotated[bool, Of("pending")]
    label_sets: Count
    """How many series it stands on."""
    coverage: Share
    """The share of evaluations at which its SLI had a value; of an alert on absence, that are proven."""
    least_coverage: Annotated[Share, Of("least")]
    """That of the label set with the fewest values."""
    largest_gap: MaybeSpan
    worst: Annotated[
        float | Literal["+Inf", "-Inf"] | None,
        Written(lambda value: None if math.isnan(value) else json_number(value)),
    ]
    """The worst value in the SLI's unit; infinities are text; null without any."""
    recorded_episodes: Annotated[Count | None, Of("recorded")]
    """How many Prometheus recorded; null where its rule is not loaded as the spec has it."""


@dataclass(frozen=True, slots=True)
class Total:
    """All alerts of a severity."""

    severity: Severity
    alerts: Positive
    untold: Count
    """Alerts of which it cannot be told."""
    partly: Count
    """Alerts of which less than 99 % of the window was measured."""
    episodes: Count
    firing_seconds: Seconds


@dataclass(frozen=True, slots=True)
class Side:
    """What the alerts of one spec would have done."""

    totals: tuple[Total, ...]
    alerts: tuple[Alert, ...]
    """All but the Watchdog, each in each of its components."""


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Whether rules were evaluated at all."""

    coverage: Annotated[Share, Of("evaluated")]
    """The share of evaluations that are proven."""
    watchdog: MaybeText
    """The alert that proves them; null where only scrapes do, or nothing."""


@dataclass(frozen=True, slots=True)
class BacktestDocument:
    """What `genesis-mon rollout backtest --format json` prints, version 1."""

    version: Literal[1]
    start: Annotated[Time, Of("window.start")]
    end: Annotated[Time, Of("window.end")]
    interval_seconds: Annotated[float, Of("interval"), Written(exclusiveMinimum=0)]
    """How often rules are evaluated, by the present spec."""
    told: bool
    """Whether it can be told of every alert; the exit code is 3 if not."""
    change: tuple[str, ...]
    """The settings of --set, or the file of --against."""
    evaluations: Annotated[Evaluations, Of()]
    current: Side
    changed: Side | None
    """By the changed spec; null if there is none."""
    remarks: tuple[str, ...]
    """What else is to be known: retention, clocks, warnings, other episodes recorded."""
    prometheus: Annotated[Server, Of()]
    cost: Asking
