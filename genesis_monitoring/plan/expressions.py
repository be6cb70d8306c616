"""What an SLI's value is, in PromQL: the truth, or nothing.

Only finite numbers count, and no time to come. A term of a sum that is absent counts nothing while another
one is there. Where a scrape or two fail, the last value stands; a rate whose window begins or ends in a hole
is never the average over less than it says.
"""

from collections.abc import Iterable, Iterator

from genesis_monitoring.conventions import JOB_LABEL, TARGET_LABELS, UP_METRIC, record_name
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.jobs import job_names, scrape_interval
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import (
    AgeSli,
    ExprSli,
    GaugeSli,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    Sli,
    TrendSli,
    UpSli,
)
from genesis_monitoring.units import format_number, rate_factor, unit_factor

SECONDS_PER_DAY = 86400
CLOCK_TOLERANCE = 60
"""How far a timestamp may be ahead of Prometheus' clock, in seconds."""
_BRIDGED_SCRAPES = 2
"""So many scrapes in a row may fail before a value is gone."""
_PART_OF_A_WINDOW = 60
"""A window may begin or end in a hole of this part of it: a rate is then 2 % too low at most."""
_HELD = 300
"""So long a rate whose counters are not seen is held, in seconds, as Prometheus' own lookback delta is."""
_OTHERS = 'le!="+Inf"'
_ALL = 'le="+Inf"'


def measured(spec: Spec, sli: Sli) -> str:
    """The value as far as it is known at the moment, from metrics and from what other SLIs recorded."""
    match sli:
        case GaugeSli():
            return _and_scraped(spec, _gauge(spec, sli), sli.metrics, None)
        case RatioSli():
            return _and_scraped(spec, _ratio(spec, sli), (*sli.numerator, *sli.denominator), sli.window)
        case QuantileSli():
            return _quantile(spec, sli)
        case RateSli():
            known = promql.aggregate("group", sli.by, " or ".join(_whole(spec, c, sli) for c in sli.counters))
            ends = promql.aggregate("group", sli.by, " or ".join(_recent(spec, c, sli) for c in sli.counters))
            hole = promql.aggregate("group", sli.by, " or ".join(_broken(c, sli) for c in sli.counters))
            value = f"{_rate(spec, sli, [_best(spec, c, sli) for c in sli.counters])} and {known} and {ends}"
            return _and_scraped(spec, f"{value} unless {hole}", sli.counters, sli.window)
        case UpSli():
            return promql.aggregate("min", sli.by, _level(spec, sli.metric))
        case AgeSli():
            newest = promql.aggregate("max", sli.by, _level(spec, sli.metric))
            age = f"clamp_min(time() - {newest}, 0)"
            return promql.rounded(promql.scale(age, unit_factor("seconds", sli.unit)))
        case TrendSli():
            record = record_name(sli.sli, spec.slis[sli.sli].unit)
            slope = f"deriv({promql.selector(record, window=sli.window)})"
            # No slope goes on where nothing is known any more.
            return f"{promql.rounded(promql.scale(slope, SECONDS_PER_DAY))} and {record}"
        case RelativeSli():
            return _relative(spec, sli)
        case ExprSli():
            return promql.finite_query(sli.expr)


def recorded(spec: Spec, name: str) -> str:
    """What is recorded: the value that is known; of a rate, the last one for a while where a hole begins.

    Longer than that would be a value of what nobody saw.
    """
    sli = spec.slis[name]
    value = measured(spec, sli)
    if not isinstance(sli, RateSli):
        return value
    held = min(sli.window, _HELD)
    record = promql.selector(record_name(name, sli.unit), window=held)
    seen = " or ".join(f"present_over_time({promql.select(c, held)})" for c in sli.counters)
    lost = " or ".join(_broken(c, sli, held) for c in sli.counters)
    seen, lost = (promql.aggregate("group", sli.by, one) for one in (seen, lost))
    return f"{value} or last_over_time({record}) and {seen} unless {lost}"


def over_whole_window(spec: Spec, sli: Sli, seconds: int) -> str | None:
    """The value over the last ``seconds`` at once, from buckets and counters; None without a window."""
    if not isinstance(sli, RatioSli | QuantileSli | RateSli) or sli.window is None:
        return None
    whole = sli.model_copy(update={"window": seconds})
    if isinstance(whole, RateSli):
        return _rate(spec, whole, [f"rate({promql.select(c, seconds)})" for c in whole.counters])
    return measured(spec, whole)


def usable(spec: Spec, series: Selector, *, suffix: str = "", within: Iterable[str] = ()) -> str:
    """What of a series can be used now: finite numbers, and no time to come."""
    timestamp = spec.metrics[series.metric].unit == "timestamp" and not suffix
    limit = f"<= time() + {CLOCK_TOLERANCE}" if timestamp else "< Inf"
    return f"{promql.select(series, suffix=suffix, within=within)} > -Inf {limit}"


def unusable(series: Selector, suffix: str = "") -> str:
    """What of a series is exposed now, and is no finite number."""
    exposed = promql.select(series, suffix=suffix)
    return f"{exposed} - {exposed} != 0"


def needed(spec: Spec, sli: Sli) -> tuple[tuple[str, ...], ...]:
    """What has to be usable for an SLI to be measured: of each group one at least.

    A part of a fraction may be absent; what it is a part of may not. Where nothing happens there is no value
    either, and nothing is missing.
    """
    match sli:
        case GaugeSli():
            return (tuple(usable(spec, one) for one in sli.metrics),)
        case RatioSli():
            return (tuple(usable(spec, one) for one in sli.denominator),)
        case QuantileSli():
            everything, others = (
                usable(spec, sli.histogram, suffix="_bucket", within=(edges,)) for edges in (_ALL, _OTHERS)
            )
            return ((_of_whole(everything, others, unusable(sli.histogram, "_bucket")),),)
        case RateSli():
            return (tuple(usable(spec, one) for one in sli.counters),)
        case UpSli() | AgeSli():
            return ((usable(spec, sli.metric),),)
        case TrendSli() | RelativeSli():
            return needed(spec, spec.slis[sli.sli])
        case ExprSli():
            return tuple((_exposed(spec, one),) for one in sli.metrics)


def seen_within(spec: Spec, sli: Sli, seconds: int) -> tuple[str, ...]:
    """The series, usable or not, by which the label sets of an SLI are known, over the last ``seconds``."""
    match sli:
        case GaugeSli():
            series = tuple(promql.select(one, seconds) for one in sli.metrics)
        case RatioSli():
            series = tuple(promql.select(one, seconds) for one in sli.denominator)
        case QuantileSli():
            series = (promql.select(sli.histogram, seconds, suffix="_bucket", within=(_ALL,)),)
        case RateSli():
            series = tuple(promql.select(one, seconds) for one in sli.counters)
        case UpSli() | AgeSli():
            series = (promql.select(sli.metric, seconds),)
        case TrendSli() | RelativeSli():
            return seen_within(spec, spec.slis[sli.sli], seconds)
        case ExprSli():
            series = ()
    return tuple(f"present_over_time({one})" for one in series)


def gone_targets(seconds: int) -> str:
    """The targets that were scraped within the last ``seconds`` and are down now, or no targets any more."""
    on = f"on ({', '.join(TARGET_LABELS)})"
    return f"(present_over_time({promql.selector(UP_METRIC, window=seconds)}) unless {on} {UP_METRIC} == 1)"


def _exposed(spec: Spec, series: Selector) -> str:
    histogram = spec.metrics[series.metric].type == "histogram"
    return usable(spec, series, suffix="_count" if histogram else "")


def _level(spec: Spec, series: Selector) -> str:
    """The last usable value of a gauge, over the scrapes that may fail in a row."""
    bridge, step = _bridge(spec, series.metric)
    return f"last_over_time(({usable(spec, series)})[{format_duration(bridge)}:{format_duration(step)}])"


def bridged(spec: Spec, metric: str) -> int:
    """How long the last value of a gauge goes on when it is not exposed any more, in seconds."""
    return _bridge(spec, metric)[0]


def _bridge(spec: Spec, metric: str) -> tuple[int, int]:
    interval = _interval(spec, metric)
    step = next(step for step in range(max(1, interval // 3), 0, -1) if interval % step == 0)
    return max((_BRIDGED_SCRAPES + 1) * interval, 4 * step), step


def _interval(spec: Spec, metric: str) -> int:
    if metric == UP_METRIC:
        return max((scrape_interval(spec, job) for job in job_names(spec)), default=1)
    return scrape_interval(spec, spec.metrics[metric].job)


def _gauge(spec: Spec, sli: GaugeSli) -> str:
    terms = tuple(promql.aggregate(sli.aggregation, sli.by, _level(spec, one)) for one in sli.metrics)
    total = promql.total(sli.by, terms)
    factor = unit_factor(spec.metrics[sli.metrics[0].metric].unit, sli.unit)
    if factor == 1 and (len(terms) == 1 or sli.aggregation != "avg"):
        return total
    return promql.rounded(promql.scale(total, factor))


def _ratio(spec: Spec, sli: RatioSli) -> str:
    part, whole = (
        promql.total(sli.by, [_summed(spec, sli, one) for one in side])
        for side in (sli.numerator, sli.denominator)
    )
    total = promql.at_least(whole, sli.minimum_traffic)
    if sli.unless_numerator is not None:
        enough = promql.at_least(part, sli.unless_numerator)
        total = f"({total} or {promql.at_least(whole, None)} and {enough})"
    # What is exposed, and is no number or too young for a rate, is not nothing.
    exposed = promql.aggregate("group", sli.by, " or ".join(map(promql.select, sli.numerator)))
    fraction = f"({part} or 0 * {whole} unless {exposed}) / {total}"
    if sli.complement:
        fraction = f"(1 - {fraction})"
    return promql.rounded(promql.scale(fraction, unit_factor("ratio", sli.unit)))


def _summed(spec: Spec, sli: RatioSli, series: Selector) -> str:
    if sli.window is None:
        return promql.aggregate("sum", sli.by, _level(spec, series))
    increase = promql.finite(f"increase({promql.select(series, sli.window)})")
    return promql.aggregate("sum", sli.by, increase)


def _quantile(spec: Spec, sli: QuantileSli) -> str:
    every, everything, others = (
        promql.select(sli.histogram, sli.window, suffix="_bucket", within=within)
        for within in ((), (_ALL,), (_OTHERS,))
    )
    bad = f"0 * rate({every}) != 0"
    rates = _of_whole(f"rate({every}) and ignoring (le) rate({everything})", f"rate({others})", bad)
    summed = promql.aggregate("sum", (*sli.by, "le"), rates)
    factor = unit_factor(spec.metrics[sli.histogram.metric].unit, sli.unit)
    value = promql.scale(f"histogram_quantile({format_number(sli.q)}, {summed})", factor)
    increase = _of_whole(f"increase({everything})", f"rate({others})", bad)
    counted = promql.aggregate("sum", sli.by, increase)
    return f"{promql.finite(promql.rounded(value))} and {promql.at_least(counted, sli.minimum_traffic)}"


def _of_whole(buckets: str, others: str, bad: str) -> str:
    """Buckets of histograms that have others than ``+Inf`` and none that is no number.

    Added up, a histogram of which a part is absent would shift the others' quantile.
    """
    return f"{buckets} and ignoring (le) {others} unless ignoring (le) {bad}"


def _relative(spec: Spec, sli: RelativeSli) -> str:
    other = spec.slis[sli.sli]
    record = record_name(sli.sli, other.unit)
    if sli.past_average is not None:
        window, offset = sli.past_average.window, sli.past_average.offset
        past = f"{promql.selector(record, window=window)} offset {format_duration(offset)}"
        base = f"(avg_over_time({past}) > 0)"
    elif other.baseline is None or other.baseline.value is None:
        raise ValueError(f"{other.title} has no baseline value")
    else:
        base = format_number(other.baseline.value)
    fraction = f"{record} / {base}"
    match sli.report:
        case "multiple":
            return promql.rounded(fraction)
        case "reduction":
            return promql.rounded(f"100 * (1 - {fraction})")
        case "deviation":
            return promql.rounded(f"100 * abs({fraction} - 1)")


def _rate(spec: Spec, sli: RateSli, rates: Iterable[str]) -> str:
    terms = (promql.aggregate("sum", sli.by, promql.finite(f"({rate})")) for rate in rates)
    factor = rate_factor(spec.metrics[sli.counters[0].metric].unit, sli.unit)
    return promql.rounded(promql.scale(promql.total(sli.by, terms), factor))


def _best(spec: Spec, counter: Selector, sli: RateSli) -> str:
    """The rate of each series: over twice the window where that begins in a hole and the series is there."""
    rate = f"rate({promql.select(counter, sli.window)})"
    if not _is_kept(spec, 2 * sli.window):
        return rate
    longer = f"rate({promql.select(counter, 2 * sli.window)})"
    begins, began = (_begins(spec, counter, window, sli.window) for window in (sli.window, 2 * sli.window))
    return f"{longer} and {began} and {_recent(spec, counter, sli)} unless {begins} or {rate}"


def _whole(spec: Spec, counter: Selector, sli: RateSli) -> str:
    """The series that were there for a whole window, and are there where it begins."""
    before = f"{promql.select(counter)} offset {format_duration(sli.window)}"
    if not _is_kept(spec, sli.window):
        return before
    whole = f"{_begins(spec, counter, sli.window, sli.window)} and {before}"
    if not _is_kept(spec, 2 * sli.window):
        return whole
    return f"{whole} or {_begins(spec, counter, 2 * sli.window, sli.window)}"


def _begins(spec: Spec, counter: Selector, ago: int, window: int) -> str:
    """The series that have a sample right after so long ago. A second more, for one exactly then."""
    early = _slack(spec, counter, window)
    return f"present_over_time({promql.select(counter, early + 1)} offset {format_duration(ago - early)})"


def _recent(spec: Spec, counter: Selector, sli: RateSli) -> str:
    return f"present_over_time({promql.select(counter, _slack(spec, counter, sli.window))})"


def _broken(counter: Selector, sli: RateSli, since: int = 0) -> str:
    """The series whose target is down (``since`` so many seconds), so that their window ends in a hole."""
    on = f"on ({', '.join(TARGET_LABELS)})"
    up = f"max_over_time({promql.selector(UP_METRIC, window=since)})" if since else UP_METRIC
    return f"present_over_time({promql.select(counter, sli.window)}) and {on} {up} == 0"


def _slack(spec: Spec, counter: Selector, window: int) -> int:
    return max(_interval(spec, counter.metric) + 1, window // _PART_OF_A_WINDOW)


def _is_kept(spec: Spec, window: int) -> bool:
    return window < spec.prometheus.retention


def _and_scraped(spec: Spec, value: str, terms: tuple[Selector, ...], window: int | None) -> str:
    """``value`` where no term is absent only because its own job is not scraped."""
    if len({spec.metrics[one.metric].job for one in terms}) == 1:
        return value
    return " and ".join((value, *dict.fromkeys(_scraped(spec, terms, window))))


def _scraped(spec: Spec, terms: tuple[Selector, ...], window: int | None) -> Iterator[str]:
    for one in terms:
        there = _level(spec, one) if window is None else f"present_over_time({promql.select(one, window)})"
        up = promql.selector(UP_METRIC, {JOB_LABEL: spec.metrics[one.metric].job})
        yield f"on () (group({there}) or group({up} == 1))"
