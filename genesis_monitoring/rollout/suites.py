"""Test suites at one moment: instant vectors of the exporter's suite metrics in, one result a suite out."""

import math

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.rollout.coverage import doubt_of
from genesis_monitoring.rollout.evidence import SuiteResult

_DECISIVE = ("passed", "failed", "error")
"""Outcomes that decide; that nobody tells how many failed does not mean that none did."""

_MOST_TESTS = 2**53
"""From here on a float is no count: it cannot tell a number from the next."""


def read_suites(suites: tuple[str, ...], answers: tuple[SeriesAnswer, ...]) -> dict[str, SuiteResult]:
    """``answers`` are tests by outcome, when results were written, and whether they could be read."""
    if not suites:
        return {}
    tests, written, readable = answers
    return {suite: _suite(suite, tests, written, readable) for suite in suites}


def _suite(suite: str, tests: SeriesAnswer, written: SeriesAnswer, readable: SeriesAnswer) -> SuiteResult:
    counts = _of(suite, tests)
    outcomes = tuple(sorted((series.label("outcome"), series.values[-1]) for series in counts))
    names = [name for name, _ in outcomes]
    times = [series.values[-1] for series in _of(suite, written)]
    read = [series.values[-1] for series in _of(suite, readable)]
    absent = [name for name in _DECISIVE if name not in names]
    doubt = next((said for one in (tests, written, readable) if (said := doubt_of(one))), "")
    problem = ""
    if not counts:
        problem = f"no result of suite {suite}: {tests.query} has no sample"
    elif doubt:
        problem = doubt
    elif len(set(names)) < len(names) or len(times) > 1 or len(read) > 1:
        problem = f"several series tell of suite {suite} where one is expected"
    elif absent:
        problem = f"of suite {suite} it is not told how many tests {' and '.join(absent)}"
    elif not all(0 <= value < _MOST_TESTS and value.is_integer() for _, value in outcomes):
        problem = f"the result of suite {suite} is no number of tests"
    elif not all(map(math.isfinite, times)):
        problem = f"the date of the result of suite {suite} is no time"
    elif not read:
        problem = f"it is not told whether the result file of suite {suite} can be read"
    elif read != [1]:
        problem = f"the latest result file of suite {suite} could not be read"
    date = times[0] if len(times) == 1 and math.isfinite(times[0]) else None
    return SuiteResult(suite, outcomes, date, problem)


def _of(suite: str, answer: SeriesAnswer) -> list[Series]:
    return [series for series in answer.series if series.label("suite") == suite]
