"""Durations in Prometheus notation: text such as ``1h30m`` in, whole seconds out, and back.

Source: the Prometheus documentation, "Querying basics", time durations. Milliseconds are left out:
nothing in a spec is that short.
"""

import re
from decimal import Decimal

SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
PATTERN = r"^(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?$"
_DURATION = re.compile(PATTERN, re.ASCII)
_PART = re.compile(r"([0-9]+)([wdhms])", re.ASCII)
_LONGEST = 3650 * 86400
_LONGEST_TEXT = 40
_LOOSE_PART = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-z]+)\s*", re.ASCII)
_LOOSE = re.compile(f"(?:{_LOOSE_PART.pattern})+", re.ASCII)
_WORDS = {
    "w": ("w", "week", "weeks"),
    "d": ("d", "day", "days"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "s": ("s", "sec", "secs", "second", "seconds"),
}


def parse_duration(text: str) -> int:
    """Seconds in ``text``. Raises ValueError, naming what is allowed, for anything else."""
    if not text or not _DURATION.fullmatch(text):
        near = likely_duration(text)
        raise ValueError(
            "a duration is a whole number with a unit, largest first: 30s, 5m, 1h30m, 2d"
            + (f'; did you mean "{near}"?' if near else unit_needed(text))
        )
    seconds = sum(int(number) * SECONDS[unit] for number, unit in _PART.findall(text))
    if seconds > _LONGEST:
        raise ValueError("a duration is at most 3650d")
    return seconds


def likely_duration(text: str) -> str:
    """What was meant by a duration in another notation, such as ``5 min`` or ``0.5h``; empty if none was."""
    plain = text.strip().lower()
    if len(plain) > _LONGEST_TEXT or not _LOOSE.fullmatch(plain):
        return ""
    total = Decimal(0)
    for number, unit in _LOOSE_PART.findall(plain):
        size = next((SECONDS[short] for short, words in _WORDS.items() if unit in words), 0)
        total += Decimal(number.replace(",", ".")) * size if size else Decimal("NaN")
    return format_duration(int(total)) if total.is_finite() and total == int(total) > 0 else ""


def unit_needed(text: str) -> str:
    """The end of a message on a duration that is a number alone; empty for all else."""
    number = text.strip()
    if len(number) > _LONGEST_TEXT or not number.isdecimal() or not int(number):
        return ""
    return f"; add its unit: {number}s, {number}m or {number}h"


def format_duration(seconds: int) -> str:
    """The shortest exact notation: ``5400`` is ``1h30m``. Weeks are written in days."""
    if seconds == 0:
        return "0s"
    parts = []
    for unit in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def spell_duration(seconds: int) -> str:
    """For prose: ``300`` is ``5 minutes``, ``5400`` is ``1 hour 30 minutes``."""
    words = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
    parts = [
        f"{number} {words[unit]}{'' if number == '1' else 's'}"
        for number, unit in _PART.findall(format_duration(seconds))
    ]
    return " ".join(parts)
