"""Values of test series in promtool's notation (``5x20``, ``0+60x20``, ``_ stale``): how many they are.

Source: Prometheus, "Unit testing for rules", ``input_series``.
"""

import re

_REPEATED = re.compile(r"(.*)x([0-9]+)", re.DOTALL)
_ENDED = ("_", "stale")
"""How the last of written values says that the series ends there."""


def samples(values: str) -> int:
    """How many samples are written; none are known of histograms, which have blanks of their own."""
    return 0 if "{{" in values else sum(map(_of_item, values.split()))


def _of_item(item: str) -> int:
    repeated = _REPEATED.fullmatch(item)
    if repeated is None:
        return 1
    return int(repeated[2]) + (repeated[1] != "_")


def gone_on(values: str, wanted: int) -> str:
    """Values that go on as they end until there are ``wanted`` samples."""
    missing, last = wanted - samples(values), values.split()[-1]
    if missing <= 0 or "{{" in values or last in _ENDED or last.startswith("_x"):
        return values
    repeated = _REPEATED.fullmatch(values)
    if repeated is not None and _REPEATED.fullmatch(last):
        return f"{repeated[1]}x{int(repeated[2]) + missing}"
    return f"{values}x{missing}"
