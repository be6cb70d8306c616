"""A part of a document in, its lines of YAML out: the one way in which data stands in a generated file."""

from collections.abc import Iterable, Iterator, Mapping

from genesis_monitoring.artifacts import ORIGIN_MARK
from genesis_monitoring.documents.node import Node, Value
from genesis_monitoring.render.quoting import Quoted, comment, yaml, yaml_list


def layout(value: Value, indent: int = 0, without: Iterable[str] = ()) -> Quoted:
    """The lines of a mapping or list, ``indent`` blanks deep. The template writes what is in ``without``."""
    if isinstance(value, Mapping):
        left = frozenset(without)
        value = {key: inner for key, inner in value.items() if key not in left}
    return Quoted("\n".join(_lines(value, " " * indent)))


def _lines(value: Value, margin: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _remarks(inner, margin)
            yield from _entry(f"{margin}{yaml(key)}:", inner, margin)
    elif isinstance(value, list):
        for item in value:
            yield from _remarks(item, margin)
            lines = _lines(item, f"{margin}  ") if isinstance(item, Mapping | list) else iter(())
            first = next(lines, f"{margin}  {_flow(item)}")
            yield f"{margin}- {first[len(margin) + 2 :]}"
            yield from lines
    else:
        raise TypeError(f"{value!r} is neither a mapping nor a list")


def remarks(value: Value, indent: int = 0) -> Quoted:
    """The comments in front of a mapping: what it is for, and where in the spec it comes from."""
    return Quoted("\n".join(_remarks(value, " " * indent)))


def _remarks(value: Value, margin: str) -> Iterator[str]:
    if isinstance(value, Node):
        if value.note:
            yield f"{margin}# {comment(value.note)}"
        if value.origin:
            yield f"{margin}{ORIGIN_MARK}{comment(value.origin)}"


def _entry(head: str, value: Value, margin: str) -> Iterator[str]:
    if isinstance(value, Mapping | list) and value:
        yield head
        yield from _lines(value, f"{margin}  ")
    else:
        yield f"{head} {_flow(value)}"


def _flow(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{}"
    return yaml_list(value) if isinstance(value, list | tuple) else yaml(value)  # type: ignore[arg-type]
