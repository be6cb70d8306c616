"""Whether the metrics behind a value over a whole window are there, as PromQL."""

from genesis_monitoring.plan.slis import whole_window_expr
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import QuantileSli, RateSli, RatioSli


def presence_expr(spec: Spec, name: str, seconds: int) -> str | None:
    """1 for each group of the SLI of whose metrics there was a sample in the last ``seconds``.

    None for an SLI that has no value over a whole window. Of a ratio it is asked of the denominator: a
    numerator that was never counted, such as errors, is no series at all.
    """
    sli = spec.slis[name]
    if whole_window_expr(spec, name, seconds) is None:
        return None
    selectors: tuple[Selector, ...]
    suffix = ""
    match sli:
        case QuantileSli():
            selectors, suffix = (sli.histogram,), "_bucket"
        case RatioSli():
            selectors = sli.denominator
        case RateSli():
            selectors = sli.counters
        case _:
            raise AssertionError(f"{name} has a window and no metrics of its own")
    there = (f"present_over_time({promql.select(m, seconds, suffix=suffix)})" for m in selectors)
    return promql.aggregate("group", sli.by, " or ".join(there))
