"""Two trees of JSON or YAML values, what must be there and what is there, in; their differences out."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from genesis_monitoring.checks.positions import Path

_SHOWN = 100


class Absent(Enum):
    """Stands where there is nothing."""

    ABSENT = "nothing"


ABSENT = Absent.ABSENT


class Wanted(ABC):
    """A value that can be written in several ways. ``str`` shows the usual one."""

    __slots__ = ()

    @abstractmethod
    def accepts(self, seen: object) -> bool:
        """Whether ``seen`` means the same."""


@dataclass(frozen=True, slots=True)
class OneOf(Wanted):
    """Any of these values does; the first is the usual one."""

    values: tuple[object, ...]

    def accepts(self, seen: object) -> bool:
        """Whether it is one of them."""
        return any(same(value, seen) for value in self.values)

    def __str__(self) -> str:
        return show(self.values[0])


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two trees differ. ``wanted`` or ``seen`` is ABSENT where there must be, or is, nothing."""

    path: Path
    wanted: object
    seen: object

    @property
    def text(self) -> str:
        """Behind a name: ``is 5, and must be 6``."""
        if self.seen is ABSENT:
            return f"is missing, and must be {show(self.wanted)}"
        if self.wanted is ABSENT:
            return f"is {show(self.seen)}, and must not be there"
        return f"is {show(self.seen)}, and must be {show(self.wanted)}"


def differences(wanted: object, seen: object, path: Path = ()) -> Iterator[Difference]:
    """The deepest places that differ; lists of unequal length differ as a whole."""
    if isinstance(wanted, Wanted):
        if seen is ABSENT or not wanted.accepts(seen):
            yield Difference(path, wanted, seen)
    elif isinstance(wanted, Mapping) and isinstance(seen, Mapping):
        for key in dict.fromkeys((*wanted, *seen)):
            yield from differences(wanted.get(key, ABSENT), seen.get(key, ABSENT), (*path, key))
    elif isinstance(wanted, list | tuple) and isinstance(seen, list) and len(wanted) == len(seen):
        for index, (one, other) in enumerate(zip(wanted, seen, strict=True)):
            yield from differences(one, other, (*path, index))
    elif not same(wanted, seen):
        yield Difference(path, wanted, seen)


def same(one: object, other: object) -> bool:
    """Equal values of one kind: 1 is 1.0, but neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, tuple):
        return list(one) == other
    return one == other


def show(value: object) -> str:
    """A value for a message: short, on one line."""
    import json

    if isinstance(value, Wanted):
        return str(value)
    if isinstance(value, dict):
        return "an object" if value else "{}"
    if isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
