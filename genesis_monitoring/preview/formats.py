"""Numbers as Grafana writes them: a value, the id of a unit and how many decimals in, text out.

Source: ``@grafana/data`` 12.2 (Apache-2.0), ``valueFormats``; ``tests/preview`` has the texts that it gives.
"""

import math
import re
from collections.abc import Callable

Decimals = int | None
Format = Callable[[float, Decimals], str]

_SI = ("f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_THOUSANDS = ("", "K", "M", "B", "T")
_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
FROM_NOW = "dateTimeFromNow"
_EVER = math.inf
_SMALLEST, _LARGEST = 1e-15, 1e21
"""Beyond them a number is told by its power of ten."""
_ENDING_ZEROS = re.compile(r"(?<=[0-9])(?:\.0+|(\.[0-9]*[1-9])0+)(?![0-9.])")


def format_number(value: float, unit: str, decimals: Decimals = None) -> str:
    """``value`` in ``unit``, which is one of Grafana's ids; an unknown one is a suffix, as it is there.

    Without ``decimals`` there are as many as it takes for some three digits.
    """
    return _format_of(unit)(value, decimals)


def trimmed(value: float, unit: str, decimals: Decimals = None, apart: Decimals = None) -> str:
    """As at an axis: no zeros at the end of a fraction, but of money and where ``decimals`` asks for them.

    ``apart`` is how many decimals tell a value from the next one of the axis.
    """
    text = format_number(value, unit, apart if decimals is None else decimals)
    if decimals is not None or unit.startswith("currency"):
        return text
    return _ENDING_ZEROS.sub(lambda match: match[1] or "", text, count=1)


def fixed(value: float, decimals: Decimals) -> str:
    """JavaScript's rounding and text of a number, with ``decimals`` digits after the point."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if math.isnan(value):
        return "NaN"
    if abs(value) >= _LARGEST or 0 < abs(value) < _SMALLEST:
        return _exponential(value)
    if decimals is None:
        decimals = _usual_decimals(value)
    if value == 0:
        return f"{0:.{decimals}f}"
    factor = 10.0 ** max(0, decimals)
    rounded = math.floor(value * factor + 0.5) / factor
    if 0 < abs(rounded) < 1e-6:
        return _exponential(rounded)
    text = f"{rounded:.{max(0, decimals)}f}"
    return "0" if text == "-0" else text


def _exponential(value: float) -> str:
    digits, _, power = f"{value!r}".partition("e")
    return f"{digits}e{int(power or 0):+d}"


def _usual_decimals(value: float) -> int:
    if value == 0 or value == int(value):
        return 0
    digits = -math.floor(math.log(abs(value)) / math.log(10)) + 1
    return max(0, digits + (abs(value) / 10.0**-digits > 2.25))


def _plain(unit: str = "") -> Format:
    return lambda value, decimals: fixed(value, decimals) + (f" {unit}" if unit else "")


def _scaled(
    factor: float, names: tuple[str, ...], offset: int = 0, after: str = "", beyond: str = ""
) -> Format:
    """``beyond`` is what stands for the name of a value that has none, being infinite."""

    def write(value: float, decimals: Decimals) -> str:
        if not math.isfinite(value):
            return f"{fixed(value, 0)}{beyond}"
        step = 0 if value == 0 else math.floor(math.log10(abs(value)) / math.log10(factor))
        name = names[min(max(offset + step, 0), len(names) - 1)]
        power = min(max(step, -offset), len(names) - offset - 1)
        return f"{fixed(value / factor**power, decimals)}{name}{after}"

    return write


def _si(unit: str, offset: int = 0) -> Format:
    return _scaled(1000.0, tuple(f" {prefix}{unit}" for prefix in _SI), _SI.index("") + offset)


def _count(unit: str) -> Format:
    # Grafana writes "undefined" between an infinite value and its unit; nobody needs that.
    return _scaled(1000.0, _THOUSANDS, after=f" {unit}", beyond=f" {unit}")


def _currency(symbol: str) -> Format:
    scale = _scaled(1000.0, _THOUSANDS)

    def write(value: float, decimals: Decimals) -> str:
        if math.isnan(value):
            return "NaN"
        return f"{'-' if value < 0 else ''}{symbol}{scale(abs(value), decimals)}"

    return write


def _boolean(true: str, false: str) -> Format:
    return lambda value, _: false if value == 0 or math.isnan(value) else true


def _time(*steps: tuple[float, float, str], zero: str | None = None) -> Format:
    """Each step: below what it is for, what a value is divided by, and the name of what comes out.

    A name that begins with a ``+`` has a plural. ``zero`` is written for nothing.
    """

    def write(value: float, decimals: Decimals) -> str:
        if value == 0 and zero is not None:
            return zero
        _, size, name = next((one for one in steps if abs(value) < one[0]), steps[-1])
        shown = value / size
        many = "s" if name.startswith("+") and abs(shown) > 1 else ""
        return f"{fixed(shown, decimals)} {name.removeprefix('+')}{many}"

    return write


def _moment(value: float, _: Decimals) -> str:
    """Of milliseconds since 1970, in UTC."""
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return fixed(value, 0)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def from_now(value: float, now: float) -> str:
    """How long ago a moment (milliseconds since 1970) was at ``now`` (seconds). Source: moment.js."""
    if not math.isfinite(value):
        return fixed(value, 0)
    seconds = now - value / 1000
    told = _about(abs(seconds))
    return f"{told} ago" if seconds >= 0 else f"in {told}"


def _about(seconds: float) -> str:
    for limit, size, one, name in _ABOUT:
        number = math.floor(seconds / size + 0.5)
        if number < limit:
            return one if number <= 1 or not name else f"{number} {name}"
    return f"{math.floor(seconds / 31557600 + 0.5)} years"


_ABOUT = (
    (45, 1, "a few seconds", ""), (45, 60, "a minute", "minutes"), (22, 3600, "an hour", "hours"),
    (26, 86400, "a day", "days"), (11, 2629746, "a month", "months"), (2, 31557600, "a year", ""),
)  # fmt: skip


def _percent_of_one(value: float, decimals: Decimals) -> str:
    return f"{fixed(100 * value, decimals)}%"


# fmt: off
_FORMATS: dict[str, Format] = {
    "none": _plain(),
    "": _plain(),
    "string": lambda value, _: f"{value:g}",
    "short": _scaled(1000.0, _SHORT),
    "sishort": _si(""),
    "percent": lambda value, decimals: f"{fixed(value, decimals)}%",
    "percentunit": _percent_of_one,
    "locale": lambda value, decimals: f"{value:,.{3 if decimals is None else decimals}f}",
    "bytes": _scaled(1024.0, tuple(f" {prefix}B" for prefix in _BINARY)),
    "decbytes": _si("B"),
    "decbits": _si("b"),
    "Bps": _si("B/s"),
    "bps": _si("b/s"),
    "celsius": _plain("°C"),
    "volt": _si("V"),
    "amp": _si("A"),
    "joule": _si("J"),
    "watt": _si("W"),
    "hertz": _si("Hz"),
    "ms": _time(
        (1e3, 1, "ms"), (6e4, 1e3, "s"), (3.6e6, 6e4, "+min"), (8.64e7, 3.6e6, "+hour"),
        (3.1536e10, 8.64e7, "+day"), (_EVER, 3.1536e10, "+year"),
    ),
    "s": _time(
        (1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (60, 1, "s"), (3600, 60, "+min"),
        (86400, 3600, "+hour"), (604800, 86400, "+day"), (3.1536e7, 604800, "+week"),
        (_EVER, 31556900, "+year"), zero="0 s",
    ),
    "m": _time(
        (60, 1, "min"), (1440, 60, "+hour"), (10080, 1440, "+day"), (604800, 10080, "+week"),
        (_EVER, 525948, "+year"),
    ),
    "h": _time((24, 1, "hour"), (168, 24, "+day"), (8760, 168, "+week"), (_EVER, 8760, "+year")),
    "d": _time((7, 1, "+day"), (365, 7, "+week"), (_EVER, 365, "+year")),
    "bool": _boolean("True", "False"),
    "bool_yes_no": _boolean("Yes", "No"),
    "bool_on_off": _boolean("On", "Off"),
    "currencyUSD": _currency("$"),
    "currencyEUR": _currency("€"),
    "currencyGBP": _currency("£"),
    "cps": _count("c/s"),
    "ops": _count("ops/s"),
    "reqps": _count("req/s"),
    "rps": _count("rd/s"),
    "wps": _count("wr/s"),
    "eps": _count("evt/s"),
    "mps": _count("msg/s"),
    "opm": _count("ops/m"),
    "cpm": _count("c/m"),
    "dateTimeAsIso": _moment,
    FROM_NOW: _moment,
}
# fmt: on


def _format_of(unit: str) -> Format:
    known = _FORMATS.get(unit)
    if known is not None:
        return known
    kind, colon, rest = unit.partition(":")
    if not colon or not kind:
        return _plain(unit)
    if kind == "prefix":
        return lambda value, decimals: rest + fixed(value, decimals)
    if kind == "si":
        offset = _SI.index(rest[:1]) - _SI.index("") if rest[:1] and rest[:1] in _SI else 0
        return _si(rest[1:] if offset else rest, offset)
    if kind == "count":
        return _count(rest)
    if kind == "currency":
        return _currency(rest)
    if kind == "bool":
        true, slash, false = rest.partition("/")
        return _boolean(true, false if slash else "-")
    return _plain(rest) if kind == "suffix" else _plain(unit)
