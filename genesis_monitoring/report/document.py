"""Documents for other programs: an object in, JSON out, in the shape that a type says once.

Such a type is a frozen dataclass with a field for each key, in order. The value is the attribute of the same
name, or what ``Of`` names; a ``Literal`` of one value is that value. How it is written, and what the schema
says of it besides, is in ``Written``. The schema is made of the same types, with the docstrings of classes
and of fields as its descriptions (``report.schemas``), so that neither can say what the other does not.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from genesis_monitoring.rollout.window import format_iso


@dataclass(frozen=True, slots=True)
class Of:
    """Where a value is taken from: ``window.start``. Without a path, from the object itself."""

    path: str = ""


class Written:
    """How a value is written, as it is if nothing is said, and further keywords of its schema."""

    def __init__(self, write: Callable[[Any], Any] | None = None, **keywords: object) -> None:
        self.write = write
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], Any]) -> Any:
        return handler(core) | self._keywords


def json_number(value: float) -> float | str:
    """``value`` as JSON has it: no infinity and no NaN, so these are text, as in Prometheus' own API."""
    if math.isfinite(value):
        return value
    return "+Inf" if value > 0 else "-Inf" if value < 0 else "NaN"


def rounded(digits: int) -> Callable[[float], float]:
    """Writes so many digits after the point."""
    return lambda value: round(value, digits)


TimeText = Annotated[str, Written(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
Time = Annotated[TimeText, Written(format_iso)]
"""Of seconds since 1970."""
Digest = Annotated[str, Written(pattern="^sha256:[0-9a-f]{64}$")]
Severity = Annotated[str, Written(pattern="^P[0-9]$")]
Full = Annotated[str, Written(minLength=1)]
MaybeText = Annotated[str | None, Written(lambda text: text or None)]
"""Null where it is empty."""
Count = Annotated[int, Written(minimum=0)]
Positive = Annotated[int, Written(minimum=1)]
"""From 1 on."""
Share = Annotated[float, Written(rounded(6), minimum=0, maximum=1)]
Seconds = Annotated[float, Written(rounded(3), minimum=0)]
Value = Annotated[float | Literal["+Inf", "-Inf", "NaN"], Written(json_number)]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    from_: Annotated[Time, Of("start")]
    to: Annotated[Time, Of("end")]
    seconds: Annotated[float, Written(rounded(3), exclusiveMinimum=0)]


MaybeSpan = Annotated[Span | None, Written(lambda run: run if run.seconds else None)]
"""Null where it has no length."""


@dataclass(frozen=True, slots=True)
class Server:
    """The Prometheus that was asked."""

    url: str
    """Without credentials."""
    version: str
    """Empty where the server does not tell."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What it cost to ask."""

    queries: Count
    seconds: Seconds
    """Spent waiting for answers."""


def document_json(kind: type, source: object) -> str:
    """``source`` as a document of ``kind``, in ASCII, ending in a newline.

    Raises AttributeError for a ``source`` that has not what ``kind`` is made of.
    """
    import json

    return json.dumps(_written(kind, source), indent=2, allow_nan=False) + "\n"


def key_of(field: str) -> str:
    """The key that a field stands for: ``from_`` is ``from``, which is no name in Python."""
    return field.rstrip("_")


def _written(kind: Any, value: Any) -> Any:
    form, arguments = get_origin(kind), get_args(kind)
    if form is Annotated:
        for mark in kind.__metadata__:
            if isinstance(mark, Written) and mark.write is not None:
                value = mark.write(value)
        return _written(arguments[0], value)
    if form in (Union, UnionType):
        return (
            None if value is None else _written(next(one for one in arguments if one is not NoneType), value)
        )
    if form is tuple:
        kinds = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return [_written(one, part) for one, part in zip(kinds, value, strict=True)]
    if is_dataclass(kind):
        return {
            key_of(field.name): _written(field.type, _taken(field.name, field.type, value))
            for field in fields(kind)
        }
    return value.value if isinstance(value, Enum) else value


def _taken(name: str, kind: Any, source: object) -> Any:
    if get_origin(kind) is Literal and len(get_args(kind)) == 1:
        return get_args(kind)[0]
    path = next((mark.path for mark in getattr(kind, "__metadata__", ()) if isinstance(mark, Of)), name)
    return attrgetter(path)(source) if path else source
