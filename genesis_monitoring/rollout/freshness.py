"""Whether test results were fresh all the time: dates that an exporter told in, stretches of doubt out.

A pass rate says nothing of now if the result behind it is old, and an exporter that hangs goes on telling
it. So every metric that is made of a suite's result is proven only while its date is known and no older than
the suite's ``max_age``.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from genesis_monitoring import conventions
from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.rollout.coverage import doubt_of
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.spec.exporter_metrics import SUITE_FIGURES
from genesis_monitoring.spec.model import Spec

CARRIED_SECONDS = 900.0
"""A date that was told holds for so long; an exporter that was silent for longer is not known to be alive."""
_CLOCK_SKEW = 60.0
"""As the exporter has it: a result may be dated so far ahead, as on a network disk."""


def suites_behind(spec: Spec, plan: SliPlan) -> tuple[str, ...]:
    """The suites whose results the metrics of an SLI are made of, where the spec has their dates told."""
    dates = spec.metrics.get(conventions.SUITE_RESULT_TIMESTAMP)
    if dates is None or dates.status != "exported":
        return ()
    found: list[str] = []
    for metric in plan.metrics:
        found += _suites_of(spec, metric.metric, metric.exact)
    return tuple(dict.fromkeys(found))


def doubtful(spec: Spec, suites: Iterable[str], dates: SeriesAnswer, window: Window) -> tuple[Run, ...]:
    """Where in ``window`` a result of ``suites`` was not proven to be fresh: stretches in order and apart.

    ``dates`` are the samples of when each result was written, from ``CARRIED_SECONDS`` before the window.
    """
    if doubt_of(dates):
        return (Run(window.start, window.end + 1),)
    return _united(run for suite in suites for run in _unproven(spec, suite, dates, window))


def describe(runs: tuple[Run, ...], suites: tuple[str, ...], dates: SeriesAnswer, window: Window) -> str:
    """In words, after a semicolon; empty for no doubt."""
    if not runs:
        return ""
    if doubt_of(dates):
        return f"; when results were written: {doubt_of(dates)}"
    longest = max(runs, key=lambda run: run.seconds)
    seconds = min(longest.end, window.end) - longest.start
    names = " and ".join(suites)
    return (
        f"; the result of suite {names} was stale or undated for {format_span(seconds)} from "
        f"{format_time(longest.start)} UTC"
    )


def _suites_of(spec: Spec, metric: str, labels: Mapping[str, str]) -> list[str]:
    score = spec.health_score
    if score is not None and metric in (score.metric, conventions.health_part_metric(score.metric)):
        part = labels.get("part")
        return [one.suite for name, one in score.parts.items() if part in (None, name)]
    if metric == conventions.SUITE_TESTS:
        return [name for name in spec.suites if labels.get("suite") in (None, name)]
    return [
        name
        for name in spec.suites
        if metric in (conventions.suite_metric(name, figure) for figure in SUITE_FIGURES)
    ]


def _unproven(spec: Spec, suite: str, dates: SeriesAnswer, window: Window) -> Iterator[Run]:
    """The window without where a series says fresh, and where any says stale."""
    fresh: list[Run] = []
    stale: list[Run] = []
    for series in dates.series:
        if series.label("suite") == suite:
            for run, is_fresh in _told(series, spec.suites[suite].max_age):
                (fresh if is_fresh else stale).append(run)
    yield from (run for run in stale if run.end > window.start)
    at = window.start
    for run in _united(fresh):
        if run.start > at:
            yield Run(at, run.start)
        at = max(at, run.end)
    if at <= window.end:
        yield Run(at, window.end + 1)


def _told(series: Series, max_age: float) -> Iterator[tuple[Run, bool]]:
    """Each sample holds until the next one, and no longer than ``CARRIED_SECONDS``."""
    following = (*series.times[1:], math.inf)
    for time, written, after in zip(series.times, series.values, following, strict=True):
        end = min(after, time + CARRIED_SECONDS)
        yield Run(time, end), -_CLOCK_SKEW <= time - written <= max_age


def _united(runs: Iterable[Run]) -> tuple[Run, ...]:
    united: list[Run] = []
    for run in sorted(runs, key=lambda one: one.start):
        if united and run.start <= united[-1].end:
            united[-1] = Run(united[-1].start, max(united[-1].end, run.end))
        else:
            united.append(run)
    return tuple(united)
