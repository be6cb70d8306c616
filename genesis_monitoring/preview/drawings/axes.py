"""Axes of drawings over time. Their texts are HTML beside the drawing, so that no size distorts them."""

import math
from datetime import UTC, datetime

from genesis_monitoring.preview.asking import Span
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted

_TIMES = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
_MOST_TIMES, _MOST_VALUES = 6, 5
_DAY = 86400
SMALLEST = 1e-300
"""What is closer together than this cannot be divided."""
_NEAR_END = 6
"""Percent of the width that half a time may take."""


def nice_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values from ``low`` to ``high``, at most six."""
    if not high - low > SMALLEST or not math.isfinite(high - low):
        return (low,)
    rough = (high - low) / _MOST_VALUES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return tuple(round(place * step, digits) + 0.0 for place in range(first, last + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Powers of ten from ``low`` to ``high`` on either side of zero, and zero."""
    most = max(abs(low), abs(high), 1.0)
    powers = range(math.floor(math.log10(most)) + 1) if math.isfinite(most) else range(0)
    apart = len(powers) // _MOST_VALUES + 1
    ups = [10.0**power for power in powers if power % apart == 0]
    every = (*(-one for one in reversed(ups)), 0.0, *ups)
    return tuple(one for one in every if low <= one <= high) or (low,)


def time_ticks(span: Span) -> tuple[tuple[float, str], ...]:
    """Moments of ``span`` and how they are told, in UTC."""
    step = next((one for one in _TIMES if span.seconds / one <= _MOST_TIMES), 30 * _DAY)
    form = (
        "%m/%d"
        if step >= _DAY
        else "%m/%d %H:%M"
        if span.seconds > _DAY
        else "%H:%M:%S"
        if step < 60
        else "%H:%M"
    )
    first = math.ceil(span.start / step)
    places = range(first, math.floor(span.end / step) + 1)
    if span.end <= 0:
        # Nobody has said what time it is.
        size, unit = next((one for one in ((3600, "h"), (60, "m")) if step % one[0] == 0), (1, "s"))
        return tuple((place * step, f"{place * step // size} {unit}" if place else "now") for place in places)
    return tuple((place * step, datetime.fromtimestamp(place * step, UTC).strftime(form)) for place in places)


def time_axis(span: Span) -> Quoted:
    """The row of times below a drawing. Those at the ends stay inside."""
    marks = []
    for time, text in time_ticks(span):
        place = 100 * (time - span.start) / (span.seconds or 1)
        side = "first" if place < _NEAR_END else "last" if place > 100 - _NEAR_END else None
        marks.append(element("span", text, class_=side, style=f"left:{number(place)}%"))
    return element("div", *marks, class_="times", aria_hidden="true")
