"""What an SLI must be to mean something: units that convert, metrics of the right type, windows that fit.

An SLI with a dangling reference is left alone.
"""

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.spec.jobs import scrape_interval
from genesis_monitoring.spec.level_rules import check_levels
from genesis_monitoring.spec.metrics import Metric, Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.references import selectors_of
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.slis import (
    AgeSli,
    Baseline,
    ExprSli,
    GaugeSli,
    PastAverage,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    Sli,
    TrendSli,
    UpSli,
)
from genesis_monitoring.units import UNITS, conversion, rate_conversion

_SCRAPES_IN_A_WINDOW = 4
"""A range of fewer scrapes loses its rate as soon as one or two fail (Prometheus: "Best practices")."""


def check_slis(spec: Spec, reporter: Reporter) -> None:
    """Reports what contradicts itself in an SLI."""
    for name, sli in spec.slis.items():
        path: Path = ("slis", name)
        if path in reporter.dangling:
            continue
        _types(spec, reporter, path, sli)
        _units(spec, reporter, path, sli)
        _window(spec, reporter, path, sli)
        if isinstance(sli, RatioSli):
            _guards(reporter, path, sli)
        if isinstance(sli, TrendSli | RelativeSli) and ("slis", sli.sli) not in reporter.dangling:
            _derived(spec, reporter, path, sli)
        check_levels(spec, reporter, path, sli)


def _types(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    if isinstance(sli, ExprSli):
        return
    wanted = "gauge"
    if isinstance(sli, RateSli) or (isinstance(sli, RatioSli) and sli.window is not None):
        wanted = "counter"
    elif isinstance(sli, QuantileSli):
        wanted = "histogram"
    for below, selector in selectors_of(sli):
        metric = spec.metrics[selector.metric]
        if metric.type != wanted:
            reporter.contradiction(
                (*path, *below),
                f"{selector.metric} is a {metric.type}, and this {sli.kind} SLI needs a {wanted}",
                _type_hint(sli, metric),
                ("metrics", selector.metric, "type"),
            )
    if isinstance(sli, RatioSli) and set(_keys(sli.denominator)) <= set(_keys(sli.numerator)):
        reporter.contradiction(
            (*path, "denominator"),
            "numerator and denominator are the same, so the ratio is always 1",
            "list in the denominator all that is counted, in the numerator a part of it",
        )


def _guards(reporter: Reporter, path: Path, sli: RatioSli) -> None:
    if sli.unless_numerator is None:
        return
    if sli.minimum_traffic is None or sli.window is None:
        reporter.contradiction(
            (*path, "unless_numerator"),
            "there is no minimum_traffic in a window for this to be an exception from",
            "add minimum_traffic and window, or remove unless_numerator",
        )
    elif sli.unless_numerator >= sli.minimum_traffic:
        reporter.contradiction(
            (*path, "unless_numerator"),
            "the numerator is a part of the traffic, so this never makes a difference",
            "make it smaller than minimum_traffic",
            (*path, "minimum_traffic"),
        )


def _keys(selectors: tuple[Selector, ...]) -> list[tuple[str, frozenset[Matcher]]]:
    return [(s.metric, frozenset(s.conditions)) for s in selectors]


def _type_hint(sli: Sli, metric: Metric) -> str:
    if isinstance(sli, RatioSli):
        return "drop the window for gauges, give one for counters"
    kinds = {"gauge": "gauge, up or age", "counter": "rate or ratio", "histogram": "quantile"}
    return f"use another metric, or the kind {kinds[metric.type]}"


def _units(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    def differ(at: Path, message: str, hint: str) -> None:
        reporter.contradiction(at, message, hint, (*path, "unit"))

    units = [(below, s.metric, spec.metrics[s.metric].unit) for below, s in selectors_of(sli)]
    for below, name, unit in units[1:]:
        if unit != units[0][2] and not isinstance(sli, ExprSli):
            differ(
                (*path, *below),
                f"{name} is in {unit}, and {units[0][1]} beside it in {units[0][2]}",
                "only metrics of one unit can be added up or divided",
            )
            return
    match sli:
        case GaugeSli() | QuantileSli():
            if conversion(units[0][2], sli.unit) is None:
                differ(
                    (*path, "unit"),
                    f"{units[0][1]} is in {units[0][2]}, which does not convert to {sli.unit}",
                    f"use a unit of {UNITS[units[0][2]].dimension}: {_same_dimension(units[0][2])}",
                )
        case RateSli():
            if rate_conversion(units[0][2], sli.unit) is None:
                rates = ", ".join(name for name, _ in UNITS[units[0][2]].rates)
                differ(
                    (*path, "unit"),
                    f"the rate of {units[0][1]}, which counts {units[0][2]}, is not in {sli.unit}",
                    f"use: {rates}" if rates else f"{units[0][2]} has no rate that makes sense",
                )
        case RatioSli():
            if conversion("ratio", sli.unit) is None:
                differ((*path, "unit"), f"a ratio is not in {sli.unit}", "use percent or ratio")
        case UpSli():
            if sli.unit != "state" or units[0][2] != "state":
                differ(
                    (*path, "unit"), "an up SLI and its metric are in state", "use the unit state for both"
                )
        case AgeSli():
            if units[0][2] != "timestamp" or UNITS[sli.unit].dimension != "time":
                differ(
                    (*path, "unit"),
                    f"an age is a time since a timestamp; here it is {sli.unit} since {units[0][2]}",
                    f"use a unit of time: {_same_dimension('seconds')}",
                )
        case TrendSli() | RelativeSli() | ExprSli():
            pass


def _same_dimension(unit: str) -> str:
    return ", ".join(n for n, known in UNITS.items() if known.dimension == UNITS[unit].dimension)


def _window(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    window = getattr(sli, "window", None)
    if window is None:
        return
    intervals = [spec.prometheus.evaluation_interval] if isinstance(sli, TrendSli) else []
    for _, selector in selectors_of(sli):
        intervals.append(scrape_interval(spec, spec.metrics[selector.metric].job))
    shortest = _SCRAPES_IN_A_WINDOW * max(intervals, default=0)
    if window < shortest:
        reporter.contradiction(
            (*path, "window"),
            f"a window of {format_duration(window)} holds fewer than {_SCRAPES_IN_A_WINDOW} scrapes",
            f"make it {format_duration(shortest)} or longer",
            ("prometheus", "scrape_interval"),
        )
    if window > spec.prometheus.retention:
        reporter.contradiction(
            (*path, "window"),
            f"a window of {format_duration(window)} is longer than what Prometheus keeps, "
            f"{format_duration(spec.prometheus.retention)}",
            "shorten the window or lengthen the retention",
            ("prometheus", "retention"),
        )


def _derived(spec: Spec, reporter: Reporter, path: Path, sli: TrendSli | RelativeSli) -> None:
    base = spec.slis[sli.sli]
    if base.component != sli.component:
        reporter.contradiction(
            (*path, "component"),
            f"SLI {sli.sli}, which this one is made of, belongs to {base.component}; rules of two groups "
            "are not evaluated in a fixed order",
            f"make the component {base.component}",
            ("slis", sli.sli, "component"),
        )
    if set(sli.by) != set(base.by):
        labels = ", ".join(base.by)
        reporter.contradiction(
            (*path, "by"),
            f"SLI {sli.sli}, which this one is made of, is grouped by {labels or 'no label'}, "
            "and what is made of it has the same labels",
            f"make it by: [{labels}]" if labels else "leave by out",
            ("slis", sli.sli, "by"),
        )
    if isinstance(sli, TrendSli):
        wanted = f"{base.unit}_per_day"
        if sli.unit != wanted:
            known = wanted in UNITS
            reporter.contradiction(
                (*path, "unit"),
                f"the trend of {sli.sli}, in {base.unit}, is not in {sli.unit}",
                f"use {wanted}" if known else f"{base.unit} has no unit for its change a day",
            )
        return
    if sli.past_average is not None:
        _past_average(spec, reporter, (*path, "past_average"), sli.past_average)
    wanted = "multiple" if sli.report == "multiple" else "percent"
    if sli.unit != wanted:
        reporter.contradiction((*path, "unit"), f"a {sli.report} is not in {sli.unit}", f"use {wanted}")
    has_value = base.baseline is not None and base.baseline.value is not None
    if sli.past_average is None and not has_value:
        reporter.contradiction(
            (*path, "sli"),
            f"SLI {sli.sli} has no baseline value to compare with",
            "give it baseline.value, or give past_average here",
            ("slis", sli.sli),
        )
    elif sli.past_average is None and _is_nothing(base.baseline):
        reporter.contradiction(
            ("slis", sli.sli, "baseline", "value"),
            f"a baseline that something is compared with is above {RESOLUTION}, to which values are rounded",
            "correct the value",
            (*path, "sli"),
        )


def _is_nothing(baseline: Baseline | None) -> bool:
    return baseline is not None and (baseline.value or 0.0) <= float(RESOLUTION)


def _past_average(spec: Spec, reporter: Reporter, path: Path, past: PastAverage) -> None:
    shortest = _SCRAPES_IN_A_WINDOW * spec.prometheus.evaluation_interval
    if past.window < shortest:
        reporter.contradiction(
            (*path, "window"),
            f"an average over {format_duration(past.window)} holds fewer than {_SCRAPES_IN_A_WINDOW} "
            "evaluations",
            f"make it {format_duration(shortest)} or longer",
            ("prometheus", "evaluation_interval"),
        )
    if past.window + past.offset > spec.prometheus.retention:
        reporter.contradiction(
            (*path, "window"),
            f"the average begins {format_duration(past.window + past.offset)} ago, and Prometheus keeps "
            f"{format_duration(spec.prometheus.retention)}",
            "shorten the window or the offset, or lengthen the retention",
            ("prometheus", "retention"),
        )
