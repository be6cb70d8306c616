"""What a command printed, against its schema in ``docs/``: right as it is, and wrong once it is spoilt."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from scratch import REPOSITORY

_NOTHING_ELSE: dict[str, list[str]] = {"stray": []}
"""No key of any document may be this."""


@cache
def published(name: str) -> Draft202012Validator:
    """What ``docs/NAME.schema.json`` accepts."""
    schema = json.loads((REPOSITORY / f"docs/{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(name: str, document: Any, *words: str, more_keys: bool = False) -> None:
    """It is as published. It is not with a key less or of another type, nor with another word at ``words``.

    These are named as ``criteria.0.kind``. ``more_keys``: it may have keys that nobody knows.
    """
    schema = published(name)
    schema.validate(document)
    short = _shortened(document)
    schema.validate(short)
    for spoilt in _spoil(short, words, more_keys):
        assert not schema.is_valid(short), spoilt
    schema.validate(short)


def _shortened(part: Any) -> Any:
    """A thousand entries of a list would be refused as two are."""
    if isinstance(part, dict):
        return {key: _shortened(below) for key, below in part.items()}
    return [_shortened(below) for below in part[:2]] if isinstance(part, list) else part


def _spoil(document: Any, words: tuple[str, ...], more_keys: bool) -> Iterator[str]:
    """Says how it is spoilt, each time in one way."""
    for word in words:
        above, _, last = word.rpartition(".")
        holder = dict(_holders("", document))[f"{above}." if above else ""]
        before, holder[last] = holder[last], "another word"
        yield f"{word} is another word"
        holder[last] = before
    for path, holder in _holders("", document):
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            before, holder[key] = holder[key], _NOTHING_ELSE
            yield f"{path}{key} is something else"
            holder[key] = before
        if isinstance(holder, dict):
            for key, value in list(holder.items()):
                del holder[key]
                yield f"{path}{key} is missing"
                holder[key] = value
            if not more_keys:
                holder["stray"] = 1
                yield f"{path}stray is there"
                del holder["stray"]


def _holders(path: str, part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict | list):
        yield path, part
        for key, below in list(part.items() if isinstance(part, dict) else enumerate(part)):
            yield from _holders(f"{path}{key}.", below)
