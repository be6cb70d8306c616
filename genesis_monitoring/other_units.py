"""Units that people write and the product does not have: each told as one that it has, with the factor."""

import re

from genesis_monitoring.units import UNITS, format_number

_METRIC = {"nano": 1e-9, "micro": 1e-6, "milli": 1e-3, "kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12}
_BINARY = {"kibi": 1024.0, "mebi": 1024.0**2, "gibi": 1024.0**3, "tebi": 1024.0**4}
_PREFIXES = {**_METRIC, **_BINARY}
_SYMBOLS = {
    **{
        "b": ("bytes", 1.0),
        "kb": ("bytes", 1e3),
        "mb": ("bytes", 1e6),
        "gb": ("bytes", 1e9),
        "tb": ("bytes", 1e12),
    },
    **{f"{key[0]}ib": ("bytes", size) for key, size in _BINARY.items()},
    **{"bit": ("bits", 1.0), "kbit": ("bits", 1e3), "mbit": ("bits", 1e6), "gbit": ("bits", 1e9)},
    **{"bps": ("bits_per_second", 1.0), "kbps": ("bits_per_second", 1e3), "mbps": ("bits_per_second", 1e6)},
    **{
        "gbps": ("bits_per_second", 1e9),
        "ns": ("seconds", 1e-9),
        "us": ("seconds", 1e-6),
        "µs": ("seconds", 1e-6),
    },
    **{"ms": ("milliseconds", 1.0), "s": ("seconds", 1.0), "sec": ("seconds", 1.0), "secs": ("seconds", 1.0)},
    **{"m": ("minutes", 1.0), "min": ("minutes", 1.0), "mins": ("minutes", 1.0), "h": ("hours", 1.0)},
    **{"d": ("days", 1.0), "week": ("days", 7.0), "weeks": ("days", 7.0), "w": ("days", 7.0)},
    **{
        "%": ("percent", 1.0),
        "pct": ("percent", 1.0),
        "percentage": ("percent", 1.0),
        "permille": ("percent", 0.1),
    },
    **{
        "fraction": ("ratio", 1.0),
        "share": ("ratio", 1.0),
        "bool": ("state", 1.0),
        "boolean": ("state", 1.0),
    },
    **{"per_minute": ("per_second", 1 / 60), "requests_per_minute": ("requests_per_second", 1 / 60)},
    **{"rps": ("requests_per_second", 1.0), "qps": ("queries_per_second", 1.0), "hz": ("hertz", 1.0)},
    **{
        "dollars": ("usd", 1.0),
        "cents": ("usd", 0.01),
        "unix": ("timestamp", 1.0),
        "epoch": ("timestamp", 1.0),
    },
    **{
        "c": ("celsius", 1.0),
        "°c": ("celsius", 1.0),
        "v": ("volts", 1.0),
        "w/h": ("watts", 1.0),
        "none": ("count", 1.0),
    },
}


def meant(name: str) -> str:
    """What to write instead of ``name``, as the end of a message; empty if it is no unit that is known."""
    found = _known(name.strip().lower())
    if found is None:
        return ""
    unit, factor = found
    words = f'; did you mean "{unit}"?'
    if factor == 1:
        return words
    inverse = round(1 / factor)
    if factor < 1 and abs(inverse * factor - 1) < 1e-9:
        return f"{words} Divide values in {name} by {inverse}"
    return f"{words} Multiply values in {name} by {format_number(factor)}"


def in_known_unit(name: str) -> tuple[str, float] | None:
    """The unit that ``name`` or a symbol stands for, and how many of it one is; None if that is not known."""
    plain = name.strip().lower()
    return (plain, 1.0) if plain in UNITS else _known(plain)


def unit_behind(text: str) -> str:
    """The unit of a number that is written with one, as ``26h``; empty for other text."""
    found = re.fullmatch(r"\s*-?[0-9.,]+\s*([^\s0-9]\S*)\s*", text)
    known = in_known_unit(found[1]) if found else None
    return known[0] if known else ""


def _known(name: str) -> tuple[str, float] | None:
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    prefix = re.match("|".join(_PREFIXES), name)
    if prefix is None:
        return None
    rest = name[prefix.end() :]
    for unit in (rest, f"{rest}s", rest.replace("_per_", "s_per_", 1)):
        if unit in UNITS:
            return unit, _PREFIXES[prefix[0]]
    return None
