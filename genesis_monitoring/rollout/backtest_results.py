"""What comes of a backtest: each alert's episodes by one spec or by two, and how much of it is known."""

from dataclasses import dataclass
from enum import StrEnum

from genesis_monitoring.clients.samples import Cost
from genesis_monitoring.rollout.coverage import MINIMUM_COVERAGE
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window


class Origin(StrEnum):
    """Where an alert's samples are from."""

    RECORDED = "recorded"
    """The recorded series of its SLI, as rules evaluated it then."""
    METRICS = "metrics"
    """The SLI's expression, evaluated now over the metrics that were stored then."""
    ABSENCE = "absence"
    """Its own expression; what counts is that there are no metrics."""


class Known(StrEnum):
    """Whether it can be told what an alert would have done."""

    TOLD = "told"
    NO_DATA = "no_data"
    DOUBTFUL = "doubtful"
    """The server warned that something may be missing from its answer."""


@dataclass(frozen=True, slots=True)
class AlertPast:
    """What one alert would have done in one component, or in one SLO: ``slo`` is its id, empty for none.

    ``coverage`` is the share of evaluations at which its SLI had a value, ``least`` that of the label set
    with the fewest; ``worst`` is the worst value, NaN for an alert on absence, ``worst_text`` the same for
    people. An episode lasts until the evaluation that ends it. ``recorded`` is how many Prometheus recorded,
    None if that cannot be compared.
    """

    alert: str
    component: str
    slo: str
    shadow: bool
    severity: str
    condition: str
    unit: str
    for_: int
    known: Known
    reason: str
    origin: Origin
    queries: tuple[str, ...]
    episodes: tuple[Run, ...]
    firing_seconds: float
    longest_seconds: float
    pending: bool
    label_sets: int
    coverage: float
    least: float
    largest_gap: Run
    worst: float
    worst_text: str
    recorded: int | None

    @property
    def partly(self) -> bool:
        """Whether too much is not measured to say of the window that it did not fire."""
        return self.known is Known.TOLD and self.coverage < MINIMUM_COVERAGE

    @property
    def key(self) -> tuple[str, str, str]:
        """By what it is found in another spec."""
        return self.alert, self.component, self.slo


@dataclass(frozen=True, slots=True)
class Total:
    """All alerts of a severity. ``untold`` are those of which it cannot be told, ``partly`` those of which it
    can be told for a part of the window only."""

    severity: str
    alerts: int
    untold: int
    partly: int
    episodes: int
    firing_seconds: float


@dataclass(frozen=True, slots=True)
class Side:
    """What the alerts of one spec would have done."""

    alerts: tuple[AlertPast, ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """By severity, the highest first; without what is in shadow, which nobody is told of."""
        told = [one for one in self.alerts if not one.shadow]
        return tuple(
            _total(severity, [one for one in told if one.severity == severity])
            for severity in sorted({one.severity for one in told})
        )

    @property
    def told(self) -> bool:
        """Whether it can be told of every alert."""
        return all(one.known is Known.TOLD for one in self.alerts)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The present spec over a past window, and a changed one beside it if there is one.

    ``evaluated`` is the share of evaluations that are proven, by the alert ``watchdog`` or by scrapes.
    ``change`` says in words what is changed. ``doubtful``: the server warned of an answer that all rest on.
    """

    window: Window
    interval: float
    watchdog: str
    evaluated: float
    current: Side
    changed: Side | None
    change: tuple[str, ...]
    url: str
    version: str
    cost: Cost
    doubtful: bool
    remarks: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether it can be told of every alert."""
        return not self.doubtful and self.current.told and (self.changed is None or self.changed.told)


def _total(severity: str, alerts: list[AlertPast]) -> Total:
    return Total(
        severity,
        len(alerts),
        sum(one.known is not Known.TOLD for one in alerts),
        sum(one.partly for one in alerts),
        sum(len(one.episodes) for one in alerts),
        sum(one.firing_seconds for one in alerts),
    )
