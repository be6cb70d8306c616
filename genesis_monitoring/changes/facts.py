"""A part of a spec in, what it says out, a fact a key: two parts that mean the same have the same facts.

Values are as people read them: durations in Prometheus' notation however they were written, levels with their
unit, what is left out as its default. Whatever a model has is told, so that a new key is never overlooked.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.base import Model, is_duration
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.units import format_number


@dataclass(frozen=True, slots=True)
class Fact:
    """What is said under ``key``: a value, or several in order. ``long`` ones are for programs alone."""

    key: str
    values: tuple[str, ...]
    long: bool = False


def facts_of(part: object, key: str = "", without: Collection[str] = ()) -> Iterator[Fact]:
    """All that ``part`` says, under ``key``; of a model without the keys in ``without``."""
    if isinstance(part, Model):
        for name, info in type(part).model_fields.items():
            own = info.alias or name
            if own not in without:
                times = is_duration(info.annotation) or is_duration(info.metadata)
                yield from _of_value(_below(key, own), getattr(part, name), times)
    else:
        yield from _of_value(key, part, False)


def _of_value(key: str, value: object, times: bool) -> Iterator[Fact]:
    if isinstance(value, Selector):
        yield Fact(key, (spell(value),))
    elif isinstance(value, Model):
        yield from facts_of(value, key)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _of_value(_below(key, str(name)), one, times)
    elif isinstance(value, tuple):
        if value:
            yield Fact(key, tuple(spell(one, times) for one in value))
    elif value is not None:
        yield Fact(key, (spell(value, times),))


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def spell(value: Any, times: bool = False) -> str:
    """A value on one line; ``times``: a whole number is seconds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and times:
        return format_duration(value)
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Selector):
        asked = ",".join(f'{one.label}{one.operator}"{one.value}"' for one in value.conditions)
        return f"{value.metric}{{{asked}}}" if asked else value.metric
    if isinstance(value, Model | Mapping):
        said = [(fact.key, " + ".join(fact.values)) for fact in facts_of(value) if fact.values != ("false",)]
        return said[0][1] if len(said) == 1 else ", ".join(f"{key} {text}" for key, text in said)
    if isinstance(value, tuple):
        return " + ".join(spell(one, times) for one in value)
    return str(value)
