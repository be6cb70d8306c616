"""Rule tests of error budgets by counts: what lies in five minutes is fed, windows are added up by hand."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.budget_tests import BudgetUnderTest
from genesis_monitoring.plan.budgets import (
    ALLOWED,
    BURN_NOW,
    BURN_PERIOD,
    ERRORS,
    LEFT,
    OBJECTIVE,
    PERIOD,
    TOTAL,
    errors_name,
    number,
    ratio_name,
    read_from_counts,
)
from genesis_monitoring.plan.timelines import ExprCheck, GivenSeries, RuleTest
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.burn import COUNTED

_BLOCK = 144
"""Half a day of five minutes."""
_DAY, _NIGHT, _BEFORE = (30_000, 5), (50, 25), (1000, 1000)
"""Events and errors in five minutes. A mean of ratios would make far too much of the night."""
_BETWEEN_COUNTS = COUNTED // 2
"""No count lies at the edge of a window, which belongs to it or not by the version of Prometheus."""


def counted_tests(subjects: Sequence[BudgetUnderTest]) -> Iterator[tuple[int, RuleTest]]:
    """For each length (s) of a period: days and nights, added up over each window that is read so."""
    alike: dict[int, list[BudgetUnderTest]] = {}
    for one in subjects:
        alike.setdefault(one.plan.period, []).append(one)
    for period, own in alike.items():
        samples, runs = _days_and_nights(period // COUNTED)
        series = tuple(
            GivenSeries(one.series(record), _runs(runs, which), one.plan.origin)
            for one in own
            for which, record in enumerate((TOTAL, ERRORS))
        )
        at = period + _BETWEEN_COUNTS
        checks = tuple(check for one in own for check in (*_added_up(one, samples, at), *_said(one, at)))
        name = f"error budgets over {format_duration(period)}, by counts"
        yield period, RuleTest(name, COUNTED, series, (), checks, evaluated=at)


Run = tuple[int, tuple[int, int] | None]
"""How many samples, and the events and errors of each; None for no sample."""


def _days_and_nights(count: int) -> tuple[list[tuple[int, int] | None], list[Run]]:
    """``count`` samples after the one that lies before the period: all of them, and in runs."""
    block = min(count // 4, _BLOCK)
    rest: Run = (count - 4 * block, None)
    runs: list[Run] = [(1, _BEFORE), (block, _DAY), rest, (block, _NIGHT), (block, (0, 0)), (block, _DAY)]
    return [what for length, what in runs for _ in range(length)], runs


def _runs(runs: Sequence[Run], which: int) -> str:
    parts = []
    for length, what in runs:
        if what is None:
            parts += ["stale", f"_x{length - 1}"][:length]
        else:
            parts.append(f"{what[which]}x{length - 1}")
    return " ".join(part for part in parts if part != "_x0")


def _added_up(
    one: BudgetUnderTest, samples: Sequence[tuple[int, int] | None], at: int
) -> Iterator[ExprCheck]:
    plan = one.plan
    case = f"{plan.id}: days and nights, by counts"
    for window in (*plan.windows, plan.period):
        if not read_from_counts(plan, window):
            continue
        counts = [found for found in samples[-(window // COUNTED) :] if found is not None]
        total, errors = (sum(found[which] for found in counts) for which in (0, 1))
        if window in plan.long_windows:
            yield _expect(one, errors_name(window), float(errors), case, at)
        yield _expect(one, ratio_name(window), errors / total if total else None, case, at)
        if window == plan.period:
            burnt = errors / total / float(number(plan.allowed))
            yield _expect(one, BURN_PERIOD, burnt, case, at)
            yield _expect(one, LEFT, 1 - burnt, case, at)


def _said(one: BudgetUnderTest, at: int) -> Iterator[ExprCheck]:
    """What the budget is, and how fast it burns now: in a day."""
    plan, case = one.plan, f"{one.plan.id}: what it is"
    total, errors = _DAY
    share = errors / total
    yield _expect(one, ratio_name(COUNTED), share, case, at)
    yield _expect(one, BURN_NOW, share / float(number(plan.allowed)), case, at)
    for record, value in (
        (OBJECTIVE, 1 - plan.allowed),
        (ALLOWED, plan.allowed),
        (PERIOD, Decimal(plan.period) / 86400),
    ):
        # One for all label sets.
        said = promql.selector(record, dict(plan.labels))
        yield ExprCheck(at, plan.series(record), ((said, float(number(value))),), case, plan.origin)


def _expect(one: BudgetUnderTest, record: str, value: float | None, case: str, at: int) -> ExprCheck:
    samples = () if value is None else ((one.series(record), value),)
    return ExprCheck(at, one.plan.series(record), samples, case, one.plan.origin)
