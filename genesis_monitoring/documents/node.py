"""Documents: plain data (mappings, lists, scalars) whose mappings know where in the spec they come from.

A list stands in lines of its own, a tuple on one line. ``None`` stands for a key that is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Scalar = str | int | float | bool
Value = Scalar | Mapping[str, "Value"] | Sequence["Value"]
Path = tuple[str | int, ...]
"""Keys and indexes (from 0) from the top of a document."""


class Node(dict[str, Value]):
    """A mapping. ``origin`` is the dotted path in the spec that it comes from, ``note`` a comment for people.

    Both stand in front of it in the file; either may be empty.
    """

    __slots__ = ("note", "origin")

    def __init__(self, origin: str, entries: Mapping[str, Value | None], note: str = "") -> None:
        super().__init__((key, value) for key, value in entries.items() if value is not None)
        self.origin = origin
        self.note = note


@dataclass(frozen=True, slots=True)
class Document:
    """The whole file at ``path`` (relative to the output folder, with ``/``)."""

    path: str
    data: Node

    def origin_of(self, path: Path) -> str:
        """The dotted path in the spec of the innermost mapping around ``path`` that knows its own."""
        origin: str = self.data.origin
        value: object = self.data
        for step in path:
            value = _child(value, step)
            if isinstance(value, Node) and value.origin:
                origin = value.origin
        return origin


def _child(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list | tuple) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None
