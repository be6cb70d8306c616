"""``genesis-mon expand``: the spec written out in full, and what that comes from which it does not say."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.defaults.tree import Steps, Tree
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.importers.part import spell
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.includes import INCLUDE
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import Source
from genesis_monitoring.words import suggest

Notes = Mapping[Steps, str]
"""What a value comes from that the spec's own file does not say, by its path."""

_WIDE = 100


def run_expand(path: Path, part: str, console: Console, *, as_json: bool) -> ExitCode:
    """Print all of it, or what stands at ``part``, a dotted path.

    Raises SpecError for an invalid spec, UsageError where nothing stands there.
    """
    source = load_spec(path).source
    tree, whole = _whole(source)
    steps = _steps(whole, part)
    value: Any = whole
    for step in steps:
        value = value[step]
    if as_json:
        console.data(_as_json(tree, source, steps, value))
    else:
        console.data("\n".join(_text(_notes(tree, source), steps, value)) + "\n")
    return ExitCode.OK


def expanded(source: Source) -> str:
    """All of a valid spec, as text."""
    tree, whole = _whole(source)
    return "\n".join(_text(_notes(tree, source), (), whole)) + "\n"


def _notes(tree: Tree, source: Source) -> Notes:
    notes = {path: f"default: {origin}" for path, origin in tree.origins.items()}
    return notes | {path: f"from {file}" for path, file in _included(source)}


def _whole(source: Source) -> tuple[Tree, dict[str, Any]]:
    """The spec written out, and its sections in the order of the model."""
    values = source.value
    if not isinstance(values, dict):
        raise AssertionError("a spec that is no mapping is invalid")
    tree = expand(values)
    tree.root.pop(INCLUDE, None)
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


def _included(source: Source) -> Iterator[tuple[Steps, str]]:
    """The path of each value that another file than the spec itself says, and that file."""
    return _elsewhere(source, (), source.value) if len(source.parts) > 1 else iter(())


def _elsewhere(source: Source, path: Steps, value: Value) -> Iterator[tuple[Steps, str]]:
    for key, one in value.items() if isinstance(value, dict) else ():
        file = source.locate_key((*path, key)).file
        if file != source.file:
            yield (*path, key), file
        yield from _elsewhere(source, (*path, key), one)


def _as_json(tree: Tree, source: Source, steps: Steps, value: Any) -> str:
    def below(found: Iterable[tuple[Steps, str]]) -> dict[str, str]:
        return {".".join(map(str, path)): one for path, one in found if path[: len(steps)] == steps}

    told = {"value": value, "defaults": below(tree.origins.items()), "included": below(_included(source))}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _text(notes: Notes, path: Steps, value: Any) -> Iterator[str]:
    """``value`` as YAML that says the same, in block style where it is long."""
    for step in path[:-1]:
        yield f"# in {step}"
    if path and isinstance(path[-1], str):
        yield from _entry(notes, path, value, "")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _entry(notes, (*path, key), one, "")
    else:
        yield spell(value)


def _entry(notes: Notes, path: Steps, value: Any, indent: str) -> Iterator[str]:
    said = notes.get(path)
    note = f"  # {said}" if said and said != notes.get(path[:-1]) else ""
    key = spell(str(path[-1]))
    flow = spell(value)
    short = len(indent) + len(key) + len(flow) + 2 <= _WIDE and len(path) > 1
    if not isinstance(value, Mapping | tuple) or not value or (short and not _has_parts(notes, path, value)):
        yield f"{indent}{key}: {flow}{note}"
        return
    yield f"{indent}{key}:{note}"
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _entry(notes, (*path, name), one, f"{indent}  ")
    else:
        yield from _items(notes, path, value, f"{indent}  ")


def _items(notes: Notes, path: Steps, items: Sequence[Any], indent: str) -> Iterator[str]:
    for index, item in enumerate(items):
        if not isinstance(item, Mapping) or len(indent) + len(spell(dict(item))) + 2 <= _WIDE:
            yield f"{indent}- {spell(item)}"
            continue
        lines = [
            line
            for key, one in item.items()
            for line in _entry(notes, (*path, index, key), one, f"{indent}  ")
        ]
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]


def _has_parts(notes: Notes, path: Steps, value: Any) -> bool:
    """Whether something below has an origin of its own to tell."""
    if not isinstance(value, Mapping):
        return False
    own = notes.get(path)
    return any(notes.get((*path, key), own) != own for key in value)
