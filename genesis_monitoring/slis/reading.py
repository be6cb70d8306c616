"""How series are read: the truth, or nothing.

Only finite numbers count, and no time to come. Where a scrape or two fail, the last value stands.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.conventions import JOB_LABEL, TARGET_LABELS, UP_METRIC
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.jobs import job_names, sample_interval, scrape_interval
from genesis_monitoring.spec.metrics import Selector

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

CLOCK_TOLERANCE = 60
"""How far a timestamp may be ahead of Prometheus' clock, in seconds."""
_BRIDGED_SCRAPES = 2
"""So many scrapes in a row may fail before a value is gone."""
ON_TARGET = f"on ({', '.join(TARGET_LABELS)})"
"""Joins series of one target."""


def usable(
    spec: "Spec", series: Selector, *, suffix: str = "", within: Iterable[str] = (), to_come: bool = False
) -> str:
    """What of a series can be used now: finite numbers, and no time to come.

    With ``to_come`` a timestamp may be ahead, and is a moment at all: after 1970.
    """
    timestamp = spec.metrics[series.metric].unit == "timestamp" and not suffix
    limit = f"<= time() + {CLOCK_TOLERANCE}" if timestamp and not to_come else "< Inf"
    return f"{promql.select(series, suffix=suffix, within=within)} > {'0' if to_come else '-Inf'} {limit}"


def unusable(series: Selector, suffix: str = "") -> str:
    """What of a series is exposed now, and is no finite number."""
    exposed = promql.select(series, suffix=suffix)
    return f"{exposed} - {exposed} != 0"


def present(
    series: Iterable[Selector], seconds: int, *, suffix: str = "", within: Iterable[str] = ()
) -> tuple[str, ...]:
    """The series, usable or not, of the last ``seconds``."""
    return tuple(
        f"present_over_time({promql.select(one, seconds, suffix=suffix, within=within)})" for one in series
    )


def grown(
    series: Selector, seconds: int, *, overlap: int = 0, suffix: str = "", within: Iterable[str] = ()
) -> str:
    """How much each counter grew in ``seconds``, where that is a number.

    With ``overlap``, the seconds between two scrapes, times one after the other have a sample in common, so
    that nothing between them is lost: ``share_of_overlap`` then goes to the sum. A restart behind a sample
    that is no number is not seen, and what is below zero then is not known.
    """
    return f"increase({promql.select(series, seconds + overlap, suffix=suffix, within=within)}) >= 0 < Inf"


def share_of_overlap(summed: str, seconds: int, overlap: int) -> str:
    """What grew in ``seconds``, of a sum of what ``grown`` says with an ``overlap``."""
    return f"{summed} * {seconds} / {seconds + overlap}" if overlap else summed


def gone_targets(seconds: int) -> str:
    """The targets that were scraped within the last ``seconds`` and are down now, or no targets any more."""
    ups = promql.selector(UP_METRIC, window=seconds)
    return f"(present_over_time({ups}) unless {ON_TARGET} {UP_METRIC} == 1)"


def last_level(spec: "Spec", series: Selector, *, to_come: bool = False) -> str:
    """The last usable value of a gauge, over the scrapes that may fail in a row."""
    bridge, step = _bridge(spec, series.metric)
    window = f"[{format_duration(bridge)}:{format_duration(step)}]"
    return f"last_over_time(({usable(spec, series, to_come=to_come)}){window})"


def level_over(spec: "Spec", series: Selector, what: str, window: int, argument: str = "") -> str:
    """``what`` (``max``, ``quantile``) of the values of a gauge in a window, while it is there."""
    values = promql.select(series, window)
    over = f"{what}_over_time({f'{argument}, ' if argument else ''}{values})"
    return f"{promql.finite(over)} and {last_level(spec, series)}"


def bridged(spec: "Spec", metric: str) -> int:
    """How long the last value of a gauge goes on when it is not exposed any more, in seconds."""
    return _bridge(spec, metric)[0]


def _bridge(spec: "Spec", metric: str) -> tuple[int, int]:
    interval = sampled_each(spec, metric)
    step = next(step for step in range(max(1, interval // 3), 0, -1) if interval % step == 0)
    return max((_BRIDGED_SCRAPES + 1) * interval, 4 * step), step


def sampled_each(spec: "Spec", metric: str) -> int:
    """Seconds between two samples of a metric."""
    if metric == UP_METRIC:
        return max((scrape_interval(spec, job) for job in job_names(spec)), default=1)
    return sample_interval(spec, metric)


def and_scraped(spec: "Spec", value: str, terms: tuple[Selector, ...], window: int | None) -> str:
    """``value`` where no term is absent only because its own job is not scraped."""
    if len({spec.metrics[one.metric].job for one in terms}) == 1:
        return value
    return " and ".join((value, *dict.fromkeys(_scraped(spec, terms, window))))


def _scraped(spec: "Spec", terms: tuple[Selector, ...], window: int | None) -> Iterator[str]:
    for one in terms:
        there = last_level(spec, one) if window is None else present((one,), window)[0]
        up = promql.selector(UP_METRIC, {JOB_LABEL: spec.metrics[one.metric].job})
        yield f"on () (group({there}) or group({up} == 1))"
