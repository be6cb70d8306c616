"""A notification as a catcher takes it."""

from collections.abc import Iterator
from dataclasses import dataclass

Keys = tuple[str | int, ...]
"""Keys and indexes from the top of a message, or of an integration's settings."""


@dataclass(frozen=True, slots=True)
class Message:
    """What was posted to ``path``: the JSON data, with all texts in it."""

    path: str
    data: object

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text in the message, in order."""
        return tuple(_texts(self.data))

    def text_at(self, *keys: str | int) -> str:
        """The text at a path of keys and indexes; empty if there is none."""
        value = self.data
        for key in keys:
            match value:
                case dict() if key in value:
                    value = value[key]
                case list() if isinstance(key, int) and key < len(value):
                    value = value[key]
                case _:
                    return ""
        return value if isinstance(value, str) else ""


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
