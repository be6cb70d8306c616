"""Time zones in which it is another time now: a moment in, a folder of zone files out.

Alertmanager is a static Go program, whose clock no library can move; but it looks zones up in the folder
that ``ZONEINFO`` names, before any other. There each zone has, beside its own offset, the time from now to
the wanted moment, and changes to summer time as much earlier or later. So its configuration stays as it is
to the byte, and its own code decides on weekdays, dates and times of the wanted moment.

The clock runs on from there. So it is never before the moment, however small a fraction of a second: an
interval that begins with the moment holds at once, and one that ends with it is over.

Sources: Go, ``time.LoadLocation``; RFC 9636 (TZif).
"""

import math
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_AROUND = timedelta(days=400)
_STEP = timedelta(days=1)
_INTO = 2
"""So many seconds after the moment, in case this machine's clock is set back a little meanwhile."""


def move_zones(folder: Path, zones: Iterable[str], moment: datetime, now: datetime) -> dict[str, str]:
    """Write the zones so that at ``now`` it is just after ``moment`` in each; the environment for them."""
    ahead = math.ceil((moment - now).total_seconds()) + _INTO
    for zone in zones:
        file = folder / zone
        file.parent.mkdir(parents=True, exist_ok=True)
        changes = tuple(_changes(ZoneInfo(zone), moment))
        file.write_bytes(_tzif([(when - ahead, offset + ahead) for when, offset in changes]))
    return {"ZONEINFO": str(folder)}


def _changes(zone: ZoneInfo, moment: datetime) -> Iterator[tuple[int, int]]:
    """When an offset begins, in seconds since 1970, and the offset; the first is that of all time before."""
    before, end = moment - _AROUND, moment + _AROUND
    yield round(before.timestamp()), _offset(zone, before)
    while before < end:
        after = before + _STEP
        if _offset(zone, after) != _offset(zone, before):
            first, last = round(before.timestamp()), round(after.timestamp())
            while last - first > 1:
                middle = (first + last) // 2
                same = _offset(zone, datetime.fromtimestamp(middle, UTC)) == _offset(zone, before)
                first, last = (middle, last) if same else (first, middle)
            yield last, _offset(zone, after)
        before = after


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    return round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())


def _tzif(changes: list[tuple[int, int]]) -> bytes:
    """Version 2: an empty part for readers of version 1, then 64-bit times; no rule for what comes after."""
    offsets = list(dict.fromkeys(offset for _, offset in changes))
    names = b"XXX\0"
    body = b"".join(struct.pack(">q", when) for when, _ in changes)
    body += bytes(offsets.index(offset) for _, offset in changes)
    body += b"".join(struct.pack(">iBB", offset, 0, 0) for offset in offsets) + names
    return (
        _head(0, 1, 1)
        + struct.pack(">iBB", 0, 0, 0)
        + b"\0"
        + _head(len(changes), len(offsets), 4)
        + body
        + b"\n\n"
    )


def _head(times: int, types: int, chars: int) -> bytes:
    return struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, times, types, chars)
