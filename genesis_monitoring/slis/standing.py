"""How an SLI stands at one moment: its values in, the worst of them and the worst level it is beyond out."""

import math
from collections.abc import Iterable

from genesis_monitoring.slis.base import SliKind

LEVELS = ("no_go", "alert", "target")
GOOD, NO_DATA, PLANNED, NO_LEVEL, NOT_DUE = "good", "no data", "planned", "no level", "not due"


def standing(sli: SliKind, values: Iterable[float], absent: str = NO_DATA) -> tuple[float | None, str]:
    """The worst value, and one of ``LEVELS``, good, no data, ``absent`` or no level.

    None for the value if there is none, or one that no level can be compared with. ``absent`` says why there
    is no series at all, if that is no fault; what is there and no number is no data.
    """
    found = tuple(values)
    known = [value for value in found if not math.isnan(value)]
    if sli.good is None:
        return (max(known) if known else None), NO_LEVEL
    if not known or not all(map(math.isfinite, known)):
        return None, NO_DATA if found else absent
    value = min(known) if sli.more_is_better else max(known)
    conditions = ((level, sli.beyond(level)) for level in LEVELS)
    return value, next((level for level, one in conditions if one is not None and one.holds(value)), GOOD)
