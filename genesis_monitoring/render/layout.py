"""A part of a document in, its lines of YAML out: the one way in which data stands in a generated file."""

from collections.abc import Iterable

from genesis_monitoring.artifacts import ORIGIN_MARK
from genesis_monitoring.documents.node import Node, Value
from genesis_monitoring.render.quoting import Quoted, comment, yaml, yaml_list

_IN_LINES = (dict, list)
"""What stands in lines of its own, unless it is empty."""


def layout(value: Value, indent: int = 0, without: Iterable[str] = ()) -> Quoted:
    """The lines of a mapping or list, ``indent`` blanks deep. The template writes what is in ``without``."""
    if isinstance(value, dict):
        left = frozenset(without)
        value = {key: inner for key, inner in value.items() if key not in left}
    lines: list[str] = []
    _lay_out(value, " " * indent, lines)
    return Quoted("\n".join(lines))


def _lay_out(value: Value, margin: str, lines: list[str]) -> None:
    inner_margin = f"{margin}  "
    if isinstance(value, dict):
        for key, inner in value.items():
            lines.extend(_remarks(inner, margin))
            if isinstance(inner, _IN_LINES) and inner:
                lines.append(f"{margin}{yaml(key)}:")
                _lay_out(inner, inner_margin, lines)
            else:
                lines.append(f"{margin}{yaml(key)}: {_flow(inner)}")
    elif isinstance(value, list):
        for item in value:
            lines.extend(_remarks(item, margin))
            first = len(lines)
            if isinstance(item, _IN_LINES) and item:
                _lay_out(item, inner_margin, lines)
                lines[first] = f"{margin}- {lines[first][len(inner_margin) :]}"
            else:
                lines.append(f"{margin}- {_flow(item)}")
    else:
        raise TypeError(f"{value!r} is neither a mapping nor a list")


def remarks(value: Value, indent: int = 0) -> Quoted:
    """The comments in front of a mapping: what it is for, and where in the spec it comes from."""
    return Quoted("\n".join(_remarks(value, " " * indent)))


def _remarks(value: Value, margin: str) -> tuple[str, ...]:
    if not isinstance(value, Node):
        return ()
    note = (f"{margin}# {comment(value.note)}",) if value.note else ()
    return (*note, f"{margin}{ORIGIN_MARK}{comment(value.origin)}") if value.origin else note


def _flow(value: Value) -> str:
    if isinstance(value, dict):
        return "{}"
    return yaml_list(value) if isinstance(value, list | tuple) else yaml(value)  # type: ignore[arg-type]
