"""SLIs compiled: each one's expression, recorded series, levels, and the metrics it stands on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt

from genesis_monitoring.conventions import record_name
from genesis_monitoring.plan.expressions import measured, over_whole_window, recorded
from genesis_monitoring.slis.age import AgeSli
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.gauge import GaugeSli
from genesis_monitoring.slis.kinds import Sli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.rate import RateSli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.slis.trend import TrendSli
from genesis_monitoring.slis.up import UpSli
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import format_level, format_value

NEGATION = {"<": ">=", "<=": ">", ">=": "<", ">": "<="}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">=": ge, ">": gt}


@dataclass(frozen=True, slots=True)
class Condition:
    """``value operator threshold``, in the SLI's unit. ``up``: of a thing that is up or down."""

    operator: str
    threshold: float
    unit: str
    up: bool = False

    def holds(self, value: float) -> bool:
        """Whether ``value`` meets the condition, as PromQL would compare it."""
        return COMPARISONS[self.operator](value, self.threshold)

    @property
    def upward(self) -> bool:
        """Whether large values meet it."""
        return self.operator in (">", ">=")

    @property
    def negated(self) -> "Condition":
        """What holds where this one does not."""
        return replace(self, operator=NEGATION[self.operator])

    def show(self, value: float) -> str:
        """A measured value, so that one sees on which side of the threshold it is."""
        return _state(value) if self.up else format_value(value, self.unit, self.threshold)

    @property
    def level(self) -> str:
        """The threshold, to the last digit."""
        return _state(self.threshold) if self.up else format_level(self.threshold, self.unit)

    def __str__(self) -> str:
        if self.up:
            return "up" if self.upward else "down"
        words = {"<": "below", "<=": "at most", ">=": "at least", ">": "above"}
        return f"{words[self.operator]} {self.level}"


@dataclass(frozen=True, slots=True)
class SliPlan:
    """An SLI as it is recorded. ``metrics`` are all that it needs, through other SLIs too.

    ``expr`` is what is recorded, ``measured`` the same without a look at what was recorded before.
    """

    name: str
    sli: Sli
    record: str
    expr: str
    measured: str
    metrics: tuple[Selector, ...]
    depends_on: tuple[str, ...]
    exported: bool
    job: str

    @property
    def origin(self) -> str:
        """Where it stands in the spec."""
        return f"slis.{self.name}"


def good_condition(sli: Sli) -> Condition | None:
    """When a value is good."""
    objective = sli.objective
    if objective is None:
        return None
    return Condition(objective.good, objective.target, sli.unit, isinstance(sli, UpSli))


def show_value(sli: Sli, value: float) -> str:
    """A measured value of an SLI, so that one sees on which side of its levels it is."""
    if isinstance(sli, UpSli):
        return _state(value)
    objective = sli.objective
    levels = (objective.target, objective.alert, objective.no_go) if objective else ()
    return format_value(value, sli.unit, *(level for level in levels if level is not None))


def _state(value: float) -> str:
    return {0.0: "down", 1.0: "up"}.get(value, f"between down and up ({value:.4g})")


def level_condition(sli: Sli, level: str) -> Condition | None:
    """When a value is beyond ``level`` (``target``, ``alert``, ``no_go``); None if there is no such level.

    A level of its own is violated strictly beyond it; where the alert has none, it is the negation
    of what is good.
    """
    objective = sli.objective
    if objective is None:
        return None
    value = {"target": None, "alert": objective.alert, "no_go": objective.no_go}[level]
    if value is not None:
        operator = ">" if objective.good in ("<", "<=") else "<"
        return Condition(operator, value, sli.unit, isinstance(sli, UpSli))
    good = good_condition(sli)
    return None if level == "no_go" or good is None else good.negated


def compile_slis(spec: Spec) -> Mapping[str, SliPlan]:
    """Every SLI by name, each after those it depends on. The spec's references must have been checked."""
    plans: dict[str, SliPlan] = {}

    def visit(name: str) -> None:
        if name in plans:
            return
        sli = spec.slis[name]
        depends_on = (sli.sli,) if isinstance(sli, TrendSli | RelativeSli) else ()
        for other in depends_on:
            visit(other)
        metrics = own_metrics(sli) or tuple(m for other in depends_on for m in plans[other].metrics)
        catalogue = [spec.metrics[m.metric] for m in metrics]
        plans[name] = SliPlan(
            name=name,
            sli=sli,
            record=record_name(name, sli.unit),
            expr=recorded(spec, name),
            measured=measured(spec, sli),
            metrics=tuple({(m.metric, m.conditions): m for m in metrics}.values()),
            depends_on=depends_on,
            exported=all(metric.status == "exported" for metric in catalogue),
            job=catalogue[0].job,
        )

    for name in spec.slis:
        visit(name)
    return plans


def baseline_value(sli: Sli) -> float:
    """What another SLI is compared with. Raises ValueError for one that has not been measured."""
    if sli.baseline is None or sli.baseline.value is None:
        raise ValueError(f"{sli.title} has no baseline value")
    return sli.baseline.value


def own_metrics(sli: Sli) -> tuple[Selector, ...]:
    """The metrics that an SLI names itself; none for one that is made of another SLI."""
    match sli:
        case GaugeSli() | ExprSli():
            return sli.metrics
        case RatioSli():
            return sli.numerator + sli.denominator
        case QuantileSli():
            return (sli.histogram,)
        case RateSli():
            return sli.counters
        case UpSli() | AgeSli():
            return (sli.metric,)
        case TrendSli() | RelativeSli():
            return ()


def whole_window_expr(spec: Spec, name: str, seconds: int) -> str | None:
    """The value of an SLI over the last ``seconds`` at once: from its buckets and counters, not its values.

    None for an SLI without a window of its own, of which each value stands for a moment.
    """
    return over_whole_window(spec, spec.slis[name], seconds)


def look_back(spec: Spec, name: str) -> int:
    """Seconds that pass before an SLI can have a value if its metrics begin to be there.

    A ``rate`` has none before a whole window, and a comparison with the past none before there is a past.
    """
    sli = spec.slis[name]
    match sli:
        case RateSli():
            return sli.window
        case RelativeSli():
            past = sli.past_average.offset if sli.past_average else 0
            return past + look_back(spec, sli.sli)
    return 0
