"""Which values an SLI can take at all: what its unit, its buckets and the SLI it is made of allow."""

from dataclasses import dataclass

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.slis.kinds import Sli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import UNITS, conversion


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest value, in the SLI's unit; None where there is no end."""

    lower: float | None
    upper: float | None


def value_bounds(spec: Spec, sli: Sli) -> Bounds:
    """The bounds of ``sli``; those of its unit where it has a dangling or circular reference."""
    return _bounds(spec, sli, frozenset())


def _bounds(spec: Spec, sli: Sli, above: frozenset[str]) -> Bounds:
    unit = UNITS[sli.unit]
    known = Bounds(unit.lower, unit.upper)
    match sli:
        case RatioSli():
            return Bounds(0.0, conversion("ratio", sli.unit))
        case QuantileSli():
            metric = spec.metrics.get(sli.histogram.metric)
            factor = conversion(metric.unit, sli.unit) if metric else None
            if metric is None or metric.buckets is None or factor is None:
                return known
            # Even with everything in the first bucket the quantile is interpolated inside it.
            return Bounds(sli.q * metric.buckets[0] * factor, metric.buckets[-1] * factor)
        case RelativeSli():
            base = spec.slis.get(sli.sli)
            if base is None or sli.sli in above:
                return known
            past = None if sli.past_average else base.baseline
            # One that rounds to nothing is told elsewhere.
            reference = past.value if past and past.value and past.value > float(RESOLUTION) else None
            whole = _bounds(spec, base, above | {sli.sli}) if reference else Bounds(0.0, None)
            return _relative(sli, whole, reference or 1.0)
        case _:
            return known


def _relative(sli: RelativeSli, base: Bounds, reference: float) -> Bounds:
    unit = UNITS[sli.unit]
    lowest = None if base.lower is None else base.lower / reference
    highest = None if base.upper is None else base.upper / reference
    match sli.report:
        case "multiple":
            return Bounds(unit.lower if lowest is None else lowest, highest)
        case "reduction":
            return Bounds(
                None if highest is None else 100 * (1 - highest),
                unit.upper if lowest is None else 100 * (1 - lowest),
            )
        case "deviation":
            if lowest is None or highest is None:
                return Bounds(0.0, None)
            return Bounds(0.0, 100 * max(abs(highest - 1), abs(lowest - 1)))
