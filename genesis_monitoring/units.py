"""Every unit a metric or an SLI may have, and how values convert between them.

One table serves expressions (conversion factors), panels (Grafana's unit ids) and prose (symbols), so
a threshold cannot be read in one unit and drawn in another.
"""

from dataclasses import dataclass

SECONDS_PER_MONTH = 730 * 3600
"""A month is 730 hours (a year's 8,760 hours over twelve), as in the rollout guide's cost queries."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``factor`` converts one of it to its dimension's base unit.

    ``symbol`` goes behind a number in prose (``prefix`` before it); ``grafana`` is the id of Grafana's
    value format; ``rate`` names the unit that a counter of this unit has per second, already converted
    by ``rate_factor``; ``lower`` and ``upper`` bound the values that can occur.
    """

    dimension: str
    factor: float
    symbol: str
    grafana: str
    prefix: str = ""
    rates: tuple[tuple[str, float], ...] = ()
    lower: float | None = None
    upper: float | None = None


UNITS: dict[str, Unit] = {
    "seconds": Unit("time", 1.0, " s", "s", lower=0.0),
    "milliseconds": Unit("time", 0.001, " ms", "ms", lower=0.0),
    "minutes": Unit("time", 60.0, " min", "m", lower=0.0),
    "hours": Unit("time", 3600.0, " h", "h", lower=0.0),
    "ratio": Unit("fraction", 1.0, "", "percentunit", lower=0.0, upper=1.0),
    "percent": Unit("fraction", 0.01, " %", "percent", upper=100.0),
    "bytes": Unit("bytes", 1.0, " B", "bytes", lower=0.0),
    "count": Unit("count", 1.0, "", "short", rates=(("per_second", 1.0),), lower=0.0),
    "tokens": Unit("tokens", 1.0, " tokens", "short", rates=(("tokens_per_second", 1.0),), lower=0.0),
    "per_second": Unit("count rate", 1.0, "/s", "cps", lower=0.0),
    "tokens_per_second": Unit("token rate", 1.0, " tokens/s", "cps", lower=0.0),
    "score": Unit("score", 1.0, " of 100", "none", lower=0.0, upper=100.0),
    "state": Unit("state", 1.0, "", "bool_on_off", lower=0.0, upper=1.0),
    "multiple": Unit("multiple", 1.0, " times", "none", lower=0.0),
    "usd": Unit(
        "money",
        1.0,
        "",
        "currencyUSD",
        prefix="$",
        rates=(("usd_per_month", float(SECONDS_PER_MONTH)),),
        lower=0.0,
    ),
    "usd_per_month": Unit("money rate", 1.0, "/month", "currencyUSD", prefix="$", lower=0.0),
    "usd_per_month_per_day": Unit("money trend", 1.0, "/month per day", "currencyUSD", prefix="$"),
    "timestamp": Unit("timestamp", 1.0, "", "dateTimeFromNow", lower=0.0),
}


def conversion(source: str, target: str) -> float | None:
    """What a value in ``source`` is multiplied by to be in ``target``; None if they do not convert."""
    a, b = UNITS[source], UNITS[target]
    if a.dimension != b.dimension:
        return None
    return 1.0 if source == target else _tidy(a.factor / b.factor)


def rate_conversion(counter: str, target: str) -> float | None:
    """What a counter's per-second rate is multiplied by to be in ``target``; None if it cannot be."""
    return dict(UNITS[counter].rates).get(target)


def unit_factor(source: str, target: str) -> float:
    """As ``conversion``, for units that are known to convert. Raises ValueError if they do not."""
    return _existing(conversion(source, target), source, target)


def rate_factor(counter: str, target: str) -> float:
    """As ``rate_conversion``, for a counter that is known to have such a rate. Raises ValueError if not."""
    return _existing(rate_conversion(counter, target), counter, target)


def format_value(value: float, unit: str) -> str:
    """A value with its unit, for people: ``100 ms``, ``98 %``, ``$150/month``."""
    known = UNITS[unit]
    return f"{known.prefix}{format_number(value)}{known.symbol}"


def format_number(value: float) -> str:
    """The shortest text that reads back as the same number: ``100.0`` is ``100``."""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def _existing(number: float | None, source: str, target: str) -> float:
    if number is None:
        raise ValueError(f"{source} does not convert to {target}")
    return number


def _tidy(factor: float) -> float:
    return round(factor) * 1.0 if abs(factor - round(factor)) < 1e-9 and factor >= 1 else factor
