"""The levels of an objective: in order, within reach, no finer than values are rounded."""

from itertools import pairwise

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.durations import format_duration
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.slis.values import SCRAPES_IN_A_WINDOW
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.units import format_level, format_number

Levels = tuple[tuple[str, float], ...]


def check_levels(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    """Reports levels of ``sli`` that are out of order, out of reach or too fine."""
    _baseline(reporter, path, sli)
    _first_hours(spec, reporter, path, sli)
    objective = sli.objective
    if objective is None:
        return
    at = (*path, "objective")
    given = objective.levels
    if objective.alert is not None and objective.alert == objective.target:
        reporter.contradiction(
            (*at, "alert"),
            f"alert and target are both {format_level(objective.target, sli.unit)}: one level in two places",
            "remove alert: without it the alert is the negation of the target",
            (*at, "target"),
        )
    for (name, value), (later, worse) in pairwise(given):
        if (worse > value) if sli.more_is_better else (worse < value):
            reporter.contradiction(
                (*at, later),
                f"{later} {format_level(worse, sli.unit)} is better than {name} "
                f"{format_level(value, sli.unit)}, and good is {objective.good}",
                "swap the two, or correct one: levels get worse in the order target, alert, no_go, so "
                f"{later} is {'below' if sli.more_is_better else 'above'} {name}",
                (*at, name),
            )
    _resolved(reporter, at, sli, given)
    _reachable(spec, reporter, at, sli, given)


def _baseline(reporter: Reporter, path: Path, sli: Sli) -> None:
    """A baseline was measured by other means, maybe: only the unit says what cannot have been."""
    value = sli.baseline.value if sli.baseline else None
    lower, upper = sli.baseline_bounds.lower, sli.baseline_bounds.upper
    if value is None:
        return
    if (lower is not None and value < lower) or (upper is not None and value > upper):
        reporter.contradiction(
            (*path, "baseline", "value"),
            f"no value was ever {format_level(value, sli.unit)}: {sli.unit} goes from "
            f"{_bound(lower, '-∞')} to {_bound(upper, '∞')}",
            "correct the value or the unit",
        )


def _first_hours(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    """A baseline is given or observed, and what observes it is a part of a rollout."""
    first = sli.baseline.first if sli.baseline else None
    if sli.baseline is None or first is None:
        return
    at = (*path, "baseline", "first")
    shortest = SCRAPES_IN_A_WINDOW * spec.prometheus.evaluation_interval
    if sli.baseline.value is not None:
        reporter.contradiction(
            at,
            "a baseline is given or observed, not both",
            "leave value out, or first",
            (*path, "baseline", "value"),
        )
    elif spec.rollout is None:
        reporter.contradiction(
            at, "there is no rollout whose first hours could be observed", "give value, or add a rollout"
        )
    elif first >= spec.rollout.duration:
        reporter.contradiction(
            at,
            f"the rollout is over after {format_duration(spec.rollout.duration)}, so nothing is ever "
            "compared with its baseline",
            f"make it shorter than {format_duration(spec.rollout.duration)}",
            ("rollout", "duration"),
        )
    elif first < shortest:
        reporter.contradiction(
            at,
            f"an average over {format_duration(first)} holds fewer than {SCRAPES_IN_A_WINDOW} evaluations",
            f"make it {format_duration(shortest)} or longer",
            ("prometheus", "evaluation_interval"),
        )


def _resolved(reporter: Reporter, at: Path, sli: Sli, given: Levels) -> None:
    if sli.query:
        return
    for name, value in given:
        if abs(round(value / float(RESOLUTION)) * float(RESOLUTION) - value) > 1e-9 * abs(value):
            reporter.contradiction(
                (*at, name),
                f"{name} {format_level(value, sli.unit)} is finer than {RESOLUTION}, "
                "to which values are rounded",
                "round the level, or use a larger unit",
            )


def _reachable(spec: Spec, reporter: Reporter, at: Path, sli: Sli, given: Levels) -> None:
    good, bounds = sli.good, sli.level_bounds(spec)
    lower, upper = bounds.lower, bounds.upper
    for name, value in given:
        beyond = sli.beyond(name)
        shown = format_level(value, sli.unit)
        reach = f"{sli.unit} goes from {_bound(lower, '-∞')} to {_bound(upper, '∞')}"
        if beyond is not None and not beyond.can_hold(lower, upper):
            reporter.contradiction(
                (*at, name),
                f"no value can ever be beyond {name} {shown}, so its alert can never fire ({reach})",
                "correct the level or the unit",
            )
        elif name == "target" and good is not None and not good.can_hold(lower, upper):
            reporter.contradiction(
                (*at, name),
                f"no value can ever be {good.operator} {shown}, so nothing is ever good ({reach})",
                "correct the target, the unit or good",
            )


def _bound(value: float | None, none: str) -> str:
    return none if value is None else format_number(value)
