"""``genesis-mon expand``: the spec written out in full, and what that comes from which it does not say."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.defaults.tree import Steps, Tree
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.importers.part import spell
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source
from genesis_monitoring.words import suggest

_WIDE = 100


def run_expand(path: Path, part: str, console: Console, *, as_json: bool) -> ExitCode:
    """Print all of it, or what stands at ``part``, a dotted path.

    Raises SpecError for an invalid spec, UsageError where nothing stands there.
    """
    tree, whole = _whole(load_spec(path).source)
    steps = _steps(whole, part)
    value: Any = whole
    for step in steps:
        value = value[step]
    if as_json:
        console.data(_as_json(tree, steps, value))
    else:
        console.data("\n".join(_text(tree, steps, value)) + "\n")
    return ExitCode.OK


def expanded(source: Source) -> str:
    """All of a valid spec, as text."""
    tree, whole = _whole(source)
    return "\n".join(_text(tree, (), whole)) + "\n"


def _whole(source: Source) -> tuple[Tree, dict[str, Any]]:
    """The spec written out, and its sections in the order of the model."""
    values = source.value
    if not isinstance(values, dict):
        raise AssertionError("a spec that is no mapping is invalid")
    tree = expand(values)
    order = {name: place for place, name in enumerate(Spec.model_fields)}
    return tree, dict(sorted(tree.root.items(), key=lambda pair: order[pair[0]]))


def _steps(whole: Mapping[str, Any], part: str) -> Steps:
    steps: list[str | int] = []
    value: Any = whole
    for step in part.split(".") if part else ():
        if isinstance(value, Mapping) and step in value:
            steps.append(step)
        elif isinstance(value, tuple) and step.isdecimal() and int(step) < len(value):
            steps.append(int(step))
        else:
            names = tuple(value) if isinstance(value, Mapping) else ()
            at = f"{'.'.join(map(str, steps))} of the spec" if steps else "the spec"
            raise UsageError(
                f"there is no {step!r} in {at}{suggest(step, names)}",
                f"use one of: {', '.join(names)}" if names else "name a part that has parts",
            )
        value = value[steps[-1]]
    return tuple(steps)


def _as_json(tree: Tree, steps: Steps, value: Any) -> str:
    origins = {
        ".".join(map(str, path)): source
        for path, source in tree.origins.items()
        if path[: len(steps)] == steps
    }
    return json.dumps({"value": value, "defaults": origins}, indent=2, ensure_ascii=False) + "\n"


def _text(tree: Tree, path: Steps, value: Any) -> Iterator[str]:
    """``value`` as YAML that says the same, in block style where it is long."""
    for step in path[:-1]:
        yield f"# in {step}"
    if path and isinstance(path[-1], str):
        yield from _entry(tree, path, value, "")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _entry(tree, (*path, key), one, "")
    else:
        yield spell(value)


def _entry(tree: Tree, path: Steps, value: Any, indent: str) -> Iterator[str]:
    source = tree.origins.get(path)
    note = f"  # default: {source}" if source and source != tree.origins.get(path[:-1]) else ""
    key = spell(str(path[-1]))
    flow = spell(value)
    short = len(indent) + len(key) + len(flow) + 2 <= _WIDE and len(path) > 1
    if not isinstance(value, Mapping | tuple) or not value or (short and not _has_parts(tree, path, value)):
        yield f"{indent}{key}: {flow}{note}"
        return
    yield f"{indent}{key}:{note}"
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _entry(tree, (*path, name), one, f"{indent}  ")
    else:
        yield from _items(tree, path, value, f"{indent}  ")


def _items(tree: Tree, path: Steps, items: Sequence[Any], indent: str) -> Iterator[str]:
    for index, item in enumerate(items):
        if not isinstance(item, Mapping) or len(indent) + len(spell(dict(item))) + 2 <= _WIDE:
            yield f"{indent}- {spell(item)}"
            continue
        lines = [
            line
            for key, one in item.items()
            for line in _entry(tree, (*path, index, key), one, f"{indent}  ")
        ]
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]


def _has_parts(tree: Tree, path: Steps, value: Any) -> bool:
    """Whether something below has an origin of its own to tell."""
    if not isinstance(value, Mapping):
        return False
    own = tree.origins.get(path)
    return any(tree.origins.get((*path, key), own) != own for key in value)
