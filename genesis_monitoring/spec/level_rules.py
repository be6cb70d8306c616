"""The levels of an objective: in order, within reach, on bucket edges, no finer than values are rounded."""

from itertools import pairwise

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.kinds import Sli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.spec.bounds import value_bounds
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.units import UNITS, conversion, format_level, format_number


def check_levels(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    """Reports levels of ``sli`` that are out of order, out of reach, too fine or off the buckets."""
    _baseline(reporter, path, sli)
    objective = sli.objective
    if objective is None:
        return
    lower_is_better = objective.good in ("<", "<=")
    at = (*path, "objective")
    levels = [("target", objective.target), ("alert", objective.alert), ("no_go", objective.no_go)]
    given = [(name, value) for name, value in levels if value is not None]
    if objective.alert is not None and objective.alert == objective.target:
        reporter.contradiction(
            (*at, "alert"),
            f"alert and target are both {format_level(objective.target, sli.unit)}: one level in two places",
            "remove alert: without it the alert is the negation of the target",
            (*at, "target"),
        )
    for (name, value), (later, worse) in pairwise(given):
        if (worse < value) if lower_is_better else (worse > value):
            reporter.contradiction(
                (*at, later),
                f"{later} {format_level(worse, sli.unit)} is better than {name} "
                f"{format_level(value, sli.unit)}, and good is {objective.good}",
                f"levels get worse in the order target, alert, no_go: {later} is "
                f"{'at least' if lower_is_better else 'at most'} {name}",
                (*at, name),
            )
    _resolved(reporter, at, sli, given)
    _reachable(spec, reporter, at, sli, given)
    if isinstance(sli, QuantileSli):
        _edges(spec, reporter, path, sli)


def _baseline(reporter: Reporter, path: Path, sli: Sli) -> None:
    """A baseline was measured by other means, maybe: only the unit says what cannot have been."""
    value = sli.baseline.value if sli.baseline else None
    lower, upper = UNITS[sli.unit].lower, UNITS[sli.unit].upper
    if value is None or isinstance(sli, RelativeSli):
        return
    if (lower is not None and value < lower) or (upper is not None and value > upper):
        reporter.contradiction(
            (*path, "baseline", "value"),
            f"no value was ever {format_level(value, sli.unit)}: {sli.unit} goes from "
            f"{_bound(lower, '-∞')} to {_bound(upper, '∞')}",
            "correct the value or the unit",
        )


def _resolved(reporter: Reporter, at: Path, sli: Sli, given: list[tuple[str, float]]) -> None:
    if isinstance(sli, ExprSli):
        return
    for name, value in given:
        if abs(round(value / float(RESOLUTION)) * float(RESOLUTION) - value) > 1e-9 * abs(value):
            reporter.contradiction(
                (*at, name),
                f"{name} {format_level(value, sli.unit)} is finer than {RESOLUTION}, "
                "to which values are rounded",
                "round the level, or use a larger unit",
            )


def _reachable(spec: Spec, reporter: Reporter, at: Path, sli: Sli, given: list[tuple[str, float]]) -> None:
    objective = sli.objective
    if objective is None:
        return
    lower, upper = UNITS[sli.unit].lower, UNITS[sli.unit].upper
    if not isinstance(sli, QuantileSli):
        bounds = value_bounds(spec, sli)
        lower, upper = bounds.lower, bounds.upper
    for name, value in given:
        own = name != "target"
        good = objective.good
        # Beyond a level of its own is strict; the target's negation is strict where good includes it.
        strict = own or good in ("<=", ">=")
        if good in ("<", "<="):
            never_bad = upper is not None and (value >= upper if strict else value > upper)
            never_good = (
                name == "target" and lower is not None and (value <= lower if good == "<" else value < lower)
            )
        else:
            never_bad = lower is not None and (value <= lower if strict else value < lower)
            never_good = (
                name == "target" and upper is not None and (value >= upper if good == ">" else value > upper)
            )
        shown = format_level(value, sli.unit)
        reach = f"{sli.unit} goes from {_bound(lower, '-∞')} to {_bound(upper, '∞')}"
        if never_bad:
            reporter.contradiction(
                (*at, name),
                f"no value can ever be beyond {name} {shown}, so its alert can never fire ({reach})",
                "correct the level or the unit",
            )
        elif never_good:
            reporter.contradiction(
                (*at, name),
                f"no value can ever be {good} {shown}, so nothing is ever good ({reach})",
                "correct the target, the unit or good",
            )


def _bound(value: float | None, none: str) -> str:
    return none if value is None else format_number(value)


def _edges(spec: Spec, reporter: Reporter, path: Path, sli: QuantileSli) -> None:
    objective = sli.objective
    metric = spec.metrics[sli.histogram.metric]
    factor = conversion(metric.unit, sli.unit)
    if objective is None or factor is None or metric.buckets is None:
        return
    edges = [edge * factor for edge in metric.buckets]
    for name in ("target", "alert", "no_go"):
        value = getattr(objective, name)
        if value is None:
            continue
        wanted = format_level(value / factor, metric.unit)
        related: Path = ("metrics", sli.histogram.metric, "buckets")
        if value >= edges[-1] * (1 - 1e-9):
            reporter.contradiction(
                (*path, "objective", name),
                f"{name} {format_level(value, sli.unit)} is not below the highest finite bucket of "
                f"{sli.histogram.metric}, and a quantile never shows more than that",
                f"add bucket edges above {wanted}",
                related,
            )
        elif not any(abs(edge - value) <= 1e-9 * abs(value) for edge in edges):
            reporter.contradiction(
                (*path, "objective", name),
                f"no bucket of {sli.histogram.metric} ends at {name} {format_level(value, sli.unit)}, "
                "so values near it are a guess",
                f"add the bucket edge {wanted}",
                related,
            )
