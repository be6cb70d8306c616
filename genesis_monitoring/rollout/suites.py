"""Test suites at one moment: instant vectors of the exporter's suite metrics in, one result a suite out."""

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.rollout.evidence import SuiteResult


def read_suites(suites: tuple[str, ...], answers: tuple[SeriesAnswer, ...]) -> dict[str, SuiteResult]:
    """``answers`` are tests by outcome, when results were written, and whether they could be read."""
    if not suites:
        return {}
    tests, written, readable = answers
    return {suite: _suite(suite, tests, written, readable) for suite in suites}


def _suite(suite: str, tests: SeriesAnswer, written: SeriesAnswer, readable: SeriesAnswer) -> SuiteResult:
    counts = _of(suite, tests)
    outcomes = [(series.label("outcome"), series.values[-1]) for series in counts]
    times = [series.values[-1] for series in _of(suite, written)]
    problem = ""
    if not counts:
        problem = f"no result of suite {suite}: {tests.query} has no sample"
    elif len({name for name, _ in outcomes}) < len(outcomes) or len(times) > 1:
        problem = f"several series tell of suite {suite} where one is expected"
    elif any(value != value or value < 0 for _, value in outcomes) or any(t != t for t in times):
        problem = f"the result of suite {suite} is no number"
    elif any(series.values[-1] == 0 for series in _of(suite, readable)):
        problem = f"the latest result file of suite {suite} could not be read"
    elif not (tests.whole and written.whole):
        problem = "the server warns that its answer may not be whole"
    return SuiteResult(suite, tuple(sorted(outcomes)), times[0] if len(times) == 1 else None, problem)


def _of(suite: str, answer: SeriesAnswer) -> list[Series]:
    return [series for series in answer.series if series.label("suite") == suite]
