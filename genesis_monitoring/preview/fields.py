"""What a panel says of a value: its text and its colour, as Grafana's own code gives them.

Source: ``@grafana/data`` 12.2 (Apache-2.0), ``getDisplayProcessor``, ``getValueMappingResult`` and
``getActiveThreshold``.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.preview.colours import series_color
from genesis_monitoring.preview.dashboard import Config, PanelView
from genesis_monitoring.preview.formats import FROM_NOW, format_number, from_now, trimmed

_NO_VALUE = "No data"
_NEUTRAL = "text"


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it is shown."""

    text: str
    color: str


@dataclass(frozen=True, slots=True)
class Step:
    """From ``value`` upwards the colour is ``color``; the first reaches down to minus infinity."""

    value: float
    color: str


@dataclass(frozen=True, slots=True)
class Field:
    """How one series is shown: the defaults of its panel and what overrides them."""

    config: Config
    now: float = 0.0
    """The present, in seconds since 1970, for what is told as so long ago."""

    @property
    def unit(self) -> str:
        """Grafana's id."""
        return str(self.config.get("unit") or "none")

    @property
    def decimals(self) -> int | None:
        """How many are asked for."""
        value = self.config.get("decimals")
        return None if value is None else min(max(int(value), 0), 15)

    @property
    def custom(self) -> Config:
        """What only this type of panel knows."""
        return _mapping(self.config.get("custom"))

    @property
    def no_value(self) -> str:
        """What is shown where there is no value."""
        return str(self.config.get("noValue") or _NO_VALUE)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Ascending. In percent they are parts of the scale, and then as values of it."""
        told = _mapping(self.config.get("thresholds"))
        steps = [step for step in told.get("steps") or () if isinstance(step, Mapping)]
        low, high = self.limit("min"), self.limit("max")
        low, high = 0.0 if low is None else low, 100.0 if high is None else high
        part = (high - low) / 100 if told.get("mode") == "percentage" else None
        return tuple(
            Step(
                -math.inf if index == 0 else _number(step.get("value")) if part is None
                else low + part * _number(step.get("value")),
                str(step.get("color") or _NEUTRAL),
            )
            for index, step in enumerate(steps)
        )  # fmt: skip

    def limit(self, name: str) -> float | None:
        """``min`` or ``max``, if it is set."""
        value = self.config.get(name)
        return None if value is None else _number(value)

    def soft(self, name: str) -> float | None:
        """``axisSoftMin`` or ``axisSoftMax``, if it is set."""
        value = self.custom.get(name)
        return None if value is None else _number(value)

    def shown(self, value: float | None, index: int = 0) -> Shown:
        """``value`` (None where there is none) with its text, and its colour as a value."""
        mapped = _mapped(self.config.get("mappings"), value)
        missing = value is None or math.isnan(value)
        text = mapped.get("text") if mapped else None
        if text is None:
            text = self.no_value if missing or value is None else self._written(value)
        color = str(mapped.get("color") or "") if mapped else ""
        return Shown(str(text), color or self.color(-math.inf if missing or value is None else value, index))

    def _written(self, value: float) -> str:
        if self.unit == FROM_NOW:
            return from_now(value, self.now)
        return format_number(value, self.unit, self.decimals)

    def color(self, value: float, index: int = 0) -> str:
        """The colour of a value; one that does not follow values is the series'."""
        mode = self.mode
        if mode == "thresholds":
            return active(self.steps, value)
        return self.series_color(index)

    def series_color(self, index: int) -> str:
        """The colour of a series, the one at ``index`` of its panel."""
        color = _mapping(self.config.get("color"))
        fixed = str(color.get("fixedColor") or "")
        if self.mode in ("fixed", "shades") and fixed:
            return fixed
        return series_color(index)

    @property
    def mode(self) -> str:
        """How colours are found: thresholds, fixed, a palette."""
        return str(_mapping(self.config.get("color")).get("mode") or "thresholds")

    def tick(self, value: float, apart: int | None = None) -> str:
        """``value`` as at an axis, where so many decimals tell it from the next one."""
        mapped = _mapped(self.config.get("mappings"), value)
        return str((mapped or {}).get("text") or trimmed(value, self.unit, self.decimals, apart))


def active(steps: Sequence[Step], value: float) -> str:
    """The colour of the last step that ``value`` has come to."""
    found = steps[0].color if steps else _NEUTRAL
    for step in steps[1:]:
        if value >= step.value:
            found = step.color
    return found


def field_of(panel: PanelView, name: str, ref: str, now: float) -> Field:
    """That of the series ``name`` of query ``ref``. Later overrides win."""
    config: dict[str, Any] = dict(panel.defaults)
    for override in panel.overrides:
        matcher = _mapping(override.get("matcher"))
        if _matches(str(matcher.get("id") or ""), matcher.get("options"), name, ref):
            for given in override.get("properties") or ():
                config = _with(config, str(given.get("id") or "").split("."), given.get("value"))
    return Field(config, now)


def _matches(kind: str, options: Any, name: str, ref: str) -> bool:
    match kind:
        case "byName":
            return str(options) == name
        case "byRegexp":
            pattern = str(options)
            bare = pattern[1:].rpartition("/")[0] if pattern.startswith("/") else pattern
            try:
                return re.search(bare, name) is not None
            except re.error:
                return False
        case "byFrameRefID":
            return str(options) == ref
        case "byNames":
            return name in (_mapping(options).get("names") or ())
        case "byType":
            return bool(options == "number")
    return False


def _with(config: Config, path: Sequence[str], value: Any) -> dict[str, Any]:
    head, *rest = path
    return {**config, head: _with(_mapping(config.get(head)), rest, value) if rest else value}


def _mapped(mappings: Any, value: float | None) -> Config | None:
    """The first result that is for ``value``."""
    return next(_results(mappings, value), None)


def _results(mappings: Any, value: float | None) -> Iterator[Config]:
    for mapping in mappings if isinstance(mappings, list) else ():
        options = _mapping(mapping.get("options"))
        kind = mapping.get("type")
        if kind == "value" and value is not None:
            result = options.get(_key(value))
            if result:
                yield result
        elif kind == "range" and value is not None and not math.isnan(value):
            low, high = options.get("from"), options.get("to")
            above = low is None or value >= _number(low)
            if above and (high is None or value <= _number(high)):
                yield _mapping(options.get("result"))
        elif kind == "special":
            missing, nan = value is None, value is not None and math.isnan(value)
            wanted = {"null": missing, "nan": nan, "null+nan": missing or nan}
            if wanted.get(str(options.get("match")), False):
                yield _mapping(options.get("result"))


def _key(value: float) -> str:
    """As JavaScript writes a number that is a key."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e21:
        return str(int(value))
    return "NaN" if math.isnan(value) else repr(value)


def _mapping(value: Any) -> Config:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> float:
    """What JSON cannot hold stands as text or null there."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
