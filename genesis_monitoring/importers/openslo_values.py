"""Numbers and times of OpenSLO: its notation in, ours out."""

import re
from decimal import Decimal

_DURATION = re.compile(r"([1-9][0-9]{0,4})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def percent(share: float | None) -> float | None:
    """Of a share from 0 to 1, to the last digit that was written."""
    return None if share is None else float(Decimal(repr(share)) * 100)


def seconds(duration: str) -> int:
    """Of a shorthand as ``28d``; 0 for a calendar's (months, quarters, years) and what is none."""
    found = _DURATION.fullmatch(duration)
    return int(found[1]) * _SECONDS[found[2]] if found else 0
