"""What a panel asks for, asked: a panel and a source in, named series out, as Grafana would have them."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.conventions import WORD_JOINER
from genesis_monitoring.preview.dashboard import PanelView, Target
from genesis_monitoring.preview.fields import Field, field_of
from genesis_monitoring.preview.sources import Source

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_POINTS_A_COLUMN = 12
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_RELATIVE = re.compile(r"now(?:-([0-9]+)([smhdwMy]))?(?:/[smhdwMy])?\Z")
_DURATION = re.compile(r">?=?([0-9]+)(ms|[smhdwy])\Z")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\]", re.ASCII)
_LABEL = re.compile(r"\{\{\s*(.+?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where a panel looks, in seconds since 1970."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Frame:
    """A series with its name and how it is shown. ``index`` is its place in the panel."""

    index: int
    ref: str
    name: str
    labels: Mapping[str, str]
    field: Field
    times: tuple[float, ...]
    values: tuple[float, ...]

    def reduced(self, calc: str) -> float | None:
        """One value of all: ``lastNotNull`` and other names of Grafana's; None where there is none."""
        numbers = [value for value in self.values if not math.isnan(value)]
        if not numbers:
            return None
        reduce = _CALCS.get(calc)
        return reduce(numbers) if reduce else numbers[-1]


@dataclass(frozen=True, slots=True)
class PanelData:
    """What a panel got: ``problems`` are why it may not be all."""

    span: Span
    step: float
    frames: tuple[Frame, ...]
    problems: tuple[str, ...]


_CALCS: Mapping[str, Callable[[list[float]], float]] = {
    "first": lambda values: values[0],
    "firstNotNull": lambda values: values[0],
    "last": lambda values: values[-1],
    "lastNotNull": lambda values: values[-1],
    "min": min,
    "max": max,
    "mean": lambda values: sum(values) / len(values),
    "sum": sum,
    "count": len,
    "range": lambda values: max(values) - min(values),
    "delta": lambda values: values[-1] - values[0],
}


def find_span(time_from: str, time_to: str, now: float) -> Span:
    """Of a dashboard: relative to ``now``, or fixed. What cannot be read is six hours up to ``now``."""
    end = _moment(time_to, now)
    end = now if end is None else end
    start = _moment(time_from, now)
    return Span(start if start is not None and start < end else end - 6 * 3600, end)


def ask(
    panel: PanelView, source: Source, span: Span, variables: Mapping[str, str], least: float
) -> PanelData:
    """Ask all that ``panel`` asks. ``least`` is the smallest step, in seconds, of one without its own."""
    if panel.time_from:
        span = Span(find_span(f"now-{panel.time_from}", "now", span.end).start, span.end)
    least = _seconds(panel.interval) or least
    step = _step(span.seconds / max(60, _POINTS_A_COLUMN * panel.grid.width), least)
    frames: list[Frame] = []
    problems: dict[str, None] = {}
    for target in panel.targets:
        expr = filled(target.expr, variables, span, step, least)
        if target.instant:
            found = source.latest(expr, span.end)
        else:
            found = source.range(expr, _first(span, step), span.end, step)
        if found.problem:
            problems[found.problem] = None
        for series in sorted(found.series, key=lambda one: one.labels):
            frames.append(_frame(panel, target, expr, series, len(frames), span.end))
    return PanelData(span, step, tuple(frames), tuple(problems))


def filled(expr: str, variables: Mapping[str, str], span: Span, step: float, least: float) -> str:
    """``expr`` with its variables filled in, Grafana's own among them."""
    own = {
        "__interval": f"{step:g}s",
        "__interval_ms": f"{step * 1000:.0f}",
        "__rate_interval": f"{max(step + least, 4 * least):g}s",
        "__range": f"{span.seconds:.0f}s",
        "__range_s": f"{span.seconds:.0f}",
        "__range_ms": f"{span.seconds * 1000:.0f}",
        **variables,
    }
    return _VARIABLE.sub(lambda match: own.get(match[1] or match[2] or match[3], match[0]), expr)


def shown_text(text: str, variables: Mapping[str, str]) -> str:
    """A title or a text with its variables filled in."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[2] or match[3], match[0]), text)


def _frame(panel: PanelView, target: Target, expr: str, series: Series, index: int, now: float) -> Frame:
    labels = dict(series.labels)
    name = _name(target.legend, expr, labels)
    field = field_of(panel, name, target.ref, now)
    name = str(field.config.get("displayName") or name)
    return Frame(index, target.ref, name, labels, field, series.times, series.values)


def _name(legend: str, expr: str, labels: Mapping[str, str]) -> str:
    if legend and legend != "__auto":
        return _LABEL.sub(lambda match: labels.get(match[1], ""), legend.replace(WORD_JOINER, ""))
    own = ", ".join(f'{key}="{value}"' for key, value in labels.items() if key != "__name__")
    return f"{labels.get('__name__', '')}{{{own}}}" if own else labels.get("__name__", expr)


def _first(span: Span, step: float) -> float:
    """The first moment that is asked for, so that the last one is the end: what is said to be last is so."""
    return span.end - math.floor(span.seconds / step) * step


def _step(wanted: float, least: float) -> float:
    wanted = max(wanted, least)
    return next((float(step) for step in _STEPS if step >= wanted), math.ceil(wanted / 86400) * 86400.0)


def _moment(text: str, now: float) -> float | None:
    relative = _RELATIVE.match(text)
    if relative:
        return now - int(relative[1]) * _UNITS[relative[2]] if relative[1] else now
    from datetime import UTC, datetime

    try:
        return (
            int(text) / 1000
            if text.isdecimal()
            else (datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=UTC).timestamp())
        )
    except (ValueError, OverflowError):
        return None


def _seconds(text: str) -> float:
    match = _DURATION.match(text)
    if match is None:
        return 0.0
    return int(match[1]) / 1000 if match[2] == "ms" else float(int(match[1]) * _UNITS[match[2]])


def stretches(frame: Frame, step: float) -> Iterator[list[tuple[float, float]]]:
    """The samples of a series, parted where some are missing: a gap in the data is a gap in the line."""
    part: list[tuple[float, float]] = []
    for time, value in zip(frame.times, frame.values, strict=True):
        if part and (time - part[-1][0] > 1.5 * step or math.isnan(value)):
            yield part
            part = []
        if not math.isnan(value):
            part.append((time, value))
    if part:
        yield part
