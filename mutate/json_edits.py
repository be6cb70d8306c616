"""Single edits of a dashboard's JSON: a function that changes a value in place gives the sites."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from mutate.edits import chosen
from mutate.mutant import Files, Site, Sites

DASHBOARDS = "grafana/dashboards/*.json"

Json = dict[str, Any]
Edit = Callable[[Json], str | None]
"""Changes its argument in place and says how, or says None and changes nothing."""


def whole(*edits: Edit) -> Sites:
    """Each edit of the dashboard itself."""

    def sites(tree: Files) -> Iterator[Site]:
        for path, data in _dashboards(tree):
            for edit in edits:
                changed = deepcopy(data)
                change = edit(changed)
                if change is not None:
                    yield Site(path, change, _writer(changed))

    return sites


def panels(*edits: Edit) -> Sites:
    """Each edit of each panel and row."""

    def sites(tree: Files) -> Iterator[Site]:
        for path, data in _dashboards(tree):
            for index, panel in enumerate(data["panels"]):
                for edit in edits:
                    changed = deepcopy(panel)
                    change = edit(changed)
                    if change is not None and changed != panel:
                        rest = data["panels"]
                        new = {**data, "panels": [*rest[:index], changed, *rest[index + 1 :]]}
                        yield Site(path, f"panel {panel['id']}: {change}", _writer(new))

    return sites


def each_in(key: str, *edits: Edit) -> Sites:
    """Each edit of each object in a list of each panel, such as its ``targets``."""

    def at(index: int, edit: Edit) -> Edit:
        def apply(panel: Json) -> str | None:
            found = panel.get(key) or []
            change = edit(found[index]) if index < len(found) else None
            return None if change is None else f"{key} {index + 1}: {change}"

        return apply

    return panels(*(at(index, edit) for index in range(3) for edit in edits))


def put(*path: str | int, value: object) -> Edit:
    """Set the value at ``path``, which must be there."""

    def edit(owner: Json) -> str | None:
        holder = _walk(owner, path[:-1])
        if not _has(holder, path[-1]) or holder[path[-1]] == value:
            return None
        change = f"{_dotted(path)}: {_short(holder[path[-1]])} → {_short(value)}"
        holder[path[-1]] = value
        return change

    return edit


def alter(*path: str | int, by: Callable[[Any], object]) -> Edit:
    """Set the value at ``path``, which must be there, to what ``by`` makes of it."""

    def edit(owner: Json) -> str | None:
        holder = _walk(owner, path[:-1])
        if not _has(holder, path[-1]):
            return None
        return put(*path, value=by(deepcopy(holder[path[-1]])))(owner)

    return edit


def drop(*path: str | int) -> Edit:
    """Leave the value at ``path`` out."""

    def edit(owner: Json) -> str | None:
        holder = _walk(owner, path[:-1])
        if not _has(holder, path[-1]):
            return None
        del holder[path[-1]]
        return f"{_dotted(path)} dropped"

    return edit


def add(*path: str, value: object) -> Edit:
    """Set a key that is not there."""

    def edit(owner: Json) -> str | None:
        holder = _walk(owner, path[:-1])
        if not isinstance(holder, dict) or path[-1] in holder:
            return None
        holder[path[-1]] = value
        return f"{_dotted(path)} added: {_short(value)}"

    return edit


def only(kind: str, edit: Edit) -> Edit:
    """The edit, for panels of the types that ``kind`` lists alone."""
    return lambda panel: edit(panel) if panel.get("type") in kind.split() else None


def _dashboards(tree: Files) -> Iterator[tuple[str, Json]]:
    for path, _ in chosen(tree, DASHBOARDS):
        yield path, json.loads(tree[path])


def _writer(data: Json) -> Callable[[], str]:
    return lambda: json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _walk(owner: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if not _has(owner, step):
            return None
        owner = owner[step]
    return owner


def _has(owner: Any, step: str | int) -> bool:
    if isinstance(owner, dict):
        return step in owner
    return isinstance(owner, list) and isinstance(step, int) and -len(owner) <= step < len(owner)


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)


def _short(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
