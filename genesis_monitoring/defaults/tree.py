"""The plain values of a spec while they are written out in full, and where each new one comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

Steps = tuple[str | int, ...]
Entry = dict[str, Any]


class Tree:
    """A copy of a spec's values. What is malformed is left as it is: the models tell of it.

    ``origins`` holds the path of each value that the spec does not have, with what it comes from.
    """

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.root: Entry = _copied(value)
        self.origins: dict[Steps, str] = {}

    def section(self, *path: str) -> Entry:
        """The mapping at ``path``; an empty one that is no part of the tree if there is none."""
        found: Any = self.root
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def named(self, *path: str) -> Iterator[tuple[str, Entry]]:
        """Those entries of the mapping at ``path`` that are mappings; one without a value becomes one."""
        section = self.section(*path)
        for name, entry in section.items():
            if entry is None:
                entry = section[name] = {}
            if isinstance(entry, dict):
                yield name, entry

    def fill(self, path: Steps, values: Mapping[str, Any], source: str) -> None:
        """Give the mapping at ``path`` those of ``values`` whose keys it lacks; make it if nothing is there.

        Mappings within are filled in the same way.
        """
        target = self._made(path, source)
        if target is None:
            return
        for key, value in values.items():
            here = (*path, key)
            if key not in target:
                target[key] = _copied(value)
                self.origins[here] = source
            elif isinstance(value, Mapping) and isinstance(target[key], dict):
                self.fill(here, value, source)

    def write_out(self, path: Steps, value: Any) -> None:
        """Put ``value`` in place of its short form."""
        above = self._made(path[:-1], "")
        if above is not None:
            above[str(path[-1])] = _copied(value)

    def _made(self, path: Steps, source: str) -> Entry | None:
        found: Any = self.root
        for index, step in enumerate(path):
            if not isinstance(found, dict):
                return None
            if step not in found:
                self.origins[path[: index + 1]] = source
            if found.get(str(step)) is None:
                found[str(step)] = {}
            found = found[str(step)]
        return found if isinstance(found, dict) else None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_copied(one) for one in value)
    return value
