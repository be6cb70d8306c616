"""Every unit a metric or an SLI may have, and how values convert between them.

One table serves expressions (conversion factors), panels (Grafana's unit ids) and prose (symbols), so
a threshold cannot be read in one unit and drawn in another.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

SECONDS_PER_MONTH = 730 * 3600
"""A month is 730 hours (a year's 8,760 hours over twelve), as in the rollout guide's cost queries."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``factor`` converts one of it to its dimension's base unit.

    ``symbol`` goes behind a number in prose (``prefix`` before it); ``grafana`` is the id of Grafana's
    value format, ``decimals`` how many digits people want behind its point, if that does not depend on the
    value, and ``per`` the time that is in the symbol and not in that format; ``rates`` names the units that
    a counter of this unit has per second, each with its factor; ``lower`` and ``upper`` bound the values
    that can occur. Large numbers of a ``scaled`` unit are told in thousands, millions and so on
    (``1.5M tokens``), where it ``takes_prefix``
    in front of its symbol (``1.5 MB``).
    """

    dimension: str
    factor: float
    symbol: str
    grafana: str
    prefix: str = ""
    rates: tuple[tuple[str, float], ...] = ()
    lower: float | None = None
    upper: float | None = None
    scaled: bool = False
    takes_prefix: bool = False
    decimals: int | None = None
    per: str = ""

    @property
    def large(self) -> float:
        """From where on a number is told by its scale (999.96 B reads 1 kB), or without a fraction."""
        return 999.95 if self.takes_prefix else 9999.0


UNITS: dict[str, Unit] = {
    "seconds": Unit("time", 1.0, " s", "s", lower=0.0),
    "milliseconds": Unit("time", 0.001, " ms", "ms", lower=0.0),
    "minutes": Unit("time", 60.0, " min", "m", lower=0.0, decimals=0),
    "hours": Unit("time", 3600.0, " h", "h", lower=0.0),
    "days": Unit("time", 86400.0, " d", "d", lower=0.0),
    "ratio": Unit("fraction", 1.0, "", "percentunit", lower=0.0, upper=1.0),
    "percent": Unit("fraction", 0.01, " %", "percent", upper=100.0),
    "bytes": Unit(
        "bytes",
        1.0,
        " B",
        "decbytes",
        rates=(("bytes_per_second", 1.0), ("bits_per_second", 8.0)),
        lower=0.0,
        scaled=True,
        takes_prefix=True,
    ),
    "bits": Unit(
        "bytes",
        0.125,
        " bit",
        "decbits",
        rates=(("bits_per_second", 1.0), ("bytes_per_second", 0.125)),
        lower=0.0,
        scaled=True,
        takes_prefix=True,
    ),
    "bytes_per_second": Unit("byte rate", 1.0, " B/s", "Bps", lower=0.0, scaled=True, takes_prefix=True),
    "bits_per_second": Unit("byte rate", 0.125, " bit/s", "bps", lower=0.0, scaled=True, takes_prefix=True),
    "count": Unit(
        "count",
        1.0,
        "",
        "short",
        rates=(("per_second", 1.0), ("requests_per_second", 1.0), ("queries_per_second", 1.0)),
        lower=0.0,
        scaled=True,
    ),
    "tokens": Unit(
        "tokens", 1.0, " tokens", "short", rates=(("tokens_per_second", 1.0),), lower=0.0, scaled=True
    ),
    "per_second": Unit("count rate", 1.0, "/s", "count:/s", lower=0.0, scaled=True),
    "requests_per_second": Unit("count rate", 1.0, " requests/s", "count:requests/s", lower=0.0, scaled=True),
    "queries_per_second": Unit("count rate", 1.0, " queries/s", "count:queries/s", lower=0.0, scaled=True),
    "tokens_per_second": Unit("token rate", 1.0, " tokens/s", "count:tokens/s", lower=0.0, scaled=True),
    "score": Unit("score", 1.0, " of 100", "none", lower=0.0, upper=100.0),
    "state": Unit("state", 1.0, "", "bool_yes_no", lower=0.0, upper=1.0),
    "multiple": Unit("multiple", 1.0, " times", "none", lower=0.0, scaled=True),
    "usd": Unit(
        "money",
        1.0,
        "",
        "currencyUSD",
        prefix="$",
        rates=(("usd_per_month", float(SECONDS_PER_MONTH)),),
        lower=0.0,
        scaled=True,
        decimals=2,
    ),
    "usd_per_month": Unit(
        "money rate",
        1.0,
        "/month",
        "currencyUSD",
        prefix="$",
        lower=0.0,
        scaled=True,
        decimals=2,
        per="a month",
    ),
    "usd_per_month_per_day": Unit(
        "money trend",
        1.0,
        "/month per day",
        "currencyUSD",
        prefix="$",
        scaled=True,
        decimals=2,
        per="a month, each day",
    ),
    "celsius": Unit("temperature", 1.0, " °C", "celsius", lower=-273.15),
    "volts": Unit("voltage", 1.0, " V", "volt", scaled=True, takes_prefix=True),
    "amperes": Unit("current", 1.0, " A", "amp", scaled=True, takes_prefix=True),
    "joules": Unit(
        "energy", 1.0, " J", "joule", rates=(("watts", 1.0),), lower=0.0, scaled=True, takes_prefix=True
    ),
    "watts": Unit("power", 1.0, " W", "watt", scaled=True, takes_prefix=True),
    "hertz": Unit("frequency", 1.0, " Hz", "hertz", lower=0.0, scaled=True, takes_prefix=True),
    "timestamp": Unit("timestamp", 1.0, "", "dateTimeFromNow", lower=0.0),
}


_SCALES = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_EXACT_DIGITS = 9
_TINY = 0.0001
_NEAR = 0.001
"""Four significant digits are wrong by up to half a thousandth: within twice that a level may be passed."""


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


def format_value(value: float, unit: str, *levels: float) -> str:
    """A measured value with its unit, for people: ``98.28 %``, ``2.25 GB``, ``$1.235M/month``.

    Four significant digits, but all of them close to one of ``levels`` and to where the unit ends, so that
    a value beyond a level never reads like the level. ``value_template`` makes Prometheus print the same.
    """
    known = UNITS[unit]
    if _needs_digits(value, known, levels):
        text = f"{value:.{_EXACT_DIGITS}f}".rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
    elif abs(value) >= known.large:
        return _large(value, known)
    else:
        text = f"{value:.4g}".replace("nan", "NaN")
    return _with_unit(text, "", known)


def format_level(value: float, unit: str) -> str:
    """A level of the spec with its unit, to the last digit: ``100 ms``, ``52.36 min``, ``2.147483648 GB``."""
    known = UNITS[unit]
    exact, steps = Decimal(repr(value)), 0
    if known.scaled and abs(exact) >= Decimal(repr(known.large)):
        steps = min(exact.adjusted() // 3, len(_SCALES))
    exact, scale = exact.scaleb(-3 * steps), ("", *_SCALES)[steps]
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return _with_unit("0" if text == "-0" else text, scale, known)


def value_template(unit: str, *levels: float) -> str:
    """``format_value`` as a Go template of the value ``$value``, as Prometheus expands it in annotations."""
    known = UNITS[unit]
    zones = [f"(and (ge $value {low!r}) (le $value {high!r}))" for low, high in _zones(known, levels)]
    tiny = f"(and (gt $value {-_TINY!r}) (lt $value {_TINY!r}))"
    large = f"(ge $value {known.large!r}) (le $value {-known.large!r})"
    sign = f' | reReplaceAll "^-?" "$0{known.prefix.replace("$", "$$")}"' if known.prefix else ""
    exact = f'printf "%.{_EXACT_DIGITS}f" $value | reReplaceAll "[.]?0+$" "" | reReplaceAll "^-0$" "0"'
    scaled, symbol = 'printf "%.0f" $value', known.symbol
    if known.scaled:
        # Rounded first, so that 999,999 is 1M and not 1000k.
        scaled = 'printf "%.4g" $value | humanize'
    if known.takes_prefix:
        scaled += f' | reReplaceAll "[{"".join(_SCALES)}]?$" " $0"'
        symbol = symbol.lstrip()
    return (
        f"{{{{ if or {' '.join((*zones, tiny))} }}}}{{{{ {exact}{sign} }}}}{known.symbol}"
        f"{{{{ else if or {large} }}}}{{{{ {scaled}{sign} }}}}{symbol}"
        f'{{{{ else }}}}{{{{ printf "%.4g" $value{sign} }}}}{known.symbol}{{{{ end }}}}'
    )


def format_change(value: float) -> str:
    """By how much something has moved: ``+1.2``, ``-0.05``, and ``0`` for what cannot be seen."""
    return f"{value:+.3g}" if abs(value) >= 0.001 else "0"


def format_share(share: float) -> str:
    """A part of a whole in percent, rounded down to a tenth, so that only the whole is ``100 %``."""
    return f"{math.floor(max(0.0, share) * 1000 + 1e-9) / 10:g} %"


def format_number(value: float) -> str:
    """The shortest text that reads back as the same number, for files: ``100.0`` is ``100``."""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def _large(value: float, known: Unit) -> str:
    """As Prometheus' ``humanize`` does with four digits."""
    if not known.scaled or math.isinf(value):
        text = f"{value:+}".title() if math.isinf(value) else f"{value:.0f}"
        return _with_unit(text, "", known)
    value, steps = float(f"{value:.4g}"), 0
    while abs(value) >= 1000 and steps < len(_SCALES):
        value /= 1000
        steps += 1
    return _with_unit(f"{value:.4g}", ("", *_SCALES)[steps], known)


def _with_unit(text: str, scale: str, known: Unit) -> str:
    sign = text[:1] if known.prefix and text.startswith("-") else ""
    text = f"{sign}{known.prefix}{text.removeprefix(sign)}"
    return f"{text} {scale}{known.symbol.lstrip()}" if known.takes_prefix else f"{text}{scale}{known.symbol}"


def _needs_digits(value: float, known: Unit, levels: tuple[float, ...]) -> bool:
    return abs(value) < _TINY or any(low <= value <= high for low, high in _zones(known, levels))


def _zones(known: Unit, levels: tuple[float, ...]) -> Iterator[tuple[float, float]]:
    """Where four digits could put a value on the other side of a level, or on it."""
    for level in dict.fromkeys((*levels, *((known.upper,) if known.upper is not None else ()))):
        ends = [float(f"{level * factor:.12g}") for factor in (1 - _NEAR, 1 + _NEAR)]
        yield min(ends), max(ends)


def _existing(number: float | None, source: str, target: str) -> float:
    if number is None:
        raise ValueError(f"{source} does not convert to {target}")
    return number


def _tidy(factor: float) -> float:
    return round(factor) * 1.0 if abs(factor - round(factor)) < 1e-9 and factor >= 1 else factor
