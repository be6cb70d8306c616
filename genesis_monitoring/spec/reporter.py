"""Collects what the checks over a whole spec find, each at the place in the file it is about."""

from collections.abc import Collection, Iterable

from genesis_monitoring.findings import MOST_FINDINGS, Finding, Location, Severity
from genesis_monitoring.promql.selectors import offset_of
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.text_places import place_in_text
from genesis_monitoring.words import suggest

Path = tuple[str | int, ...]

DUPLICATE = "GM120"
DANGLING = "GM121"
CONTRADICTION = "GM122"
MISSING = "GM111"

_EXPLAINED = 200
"""How many findings get suggestions, which take a look at every name there is."""


class Reporter:
    """Takes findings one by one; ``findings`` has the first of them, ``left_out`` counts the rest."""

    def __init__(
        self, source: Source, without: frozenset[str] = frozenset(), unsure: frozenset[str] = frozenset()
    ) -> None:
        """``without`` names parts that are in the file but malformed: a reference to one dangles unseen. So
        does one to a kind of things that is ``unsure``, as malformed parts might bring some.

        ``dangling`` holds the paths (section and name) of what has a dangling reference.
        """
        self.source = source
        self.findings: list[Finding] = []
        self.left_out = 0
        self.dangling: set[Path] = set()
        self._without = frozenset(map(_folded, without))
        self._unsure = unsure

    @property
    def partial(self) -> bool:
        """Whether parts are left out, so that the absence of something proves nothing."""
        return bool(self._without)

    @property
    def incomplete(self) -> bool:
        """Whether parts are left out or names dangle, so that nothing can be said of all there is."""
        return self.partial or bool(self.dangling)

    def error(
        self, code: str, path: Path, message: str, hint: str, *related: Path, at_key: bool = False
    ) -> None:
        """A finding at the value at ``path``, or at its key; what is not written is placed at its parent."""
        if len(self.findings) == MOST_FINDINGS:
            self.left_out += 1
            return
        places = tuple(self._locate(other) for other in related)
        found = Finding(code, Severity.ERROR, self._locate(path, at_key=at_key), message, hint, places)
        self.findings.append(found)

    def _locate(self, path: Path, *, at_key: bool = False) -> Location:
        """A scalar is where it stands, a mapping or list where its key is, a label in its selector."""
        value = self.source.value
        for index, step in enumerate(path):
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, tuple) and isinstance(step, int) and step < len(value):
                value = value[step]
            elif isinstance(value, str):
                offset = offset_of(value, path[index:], at_label=at_key)
                return place_in_text(self.source, path[:index], offset)
            else:
                return self.source.locate(path)
        collection = at_key or isinstance(value, dict | tuple)
        return self.source.locate_key(path) if collection else self.source.locate(path)

    def contradiction(self, path: Path, message: str, hint: str, *related: Path) -> None:
        """Two parts of the spec cannot both hold."""
        self.error(CONTRADICTION, path, message, hint, *related)

    def missing(self, path: Path, message: str, hint: str) -> None:
        """A key that is only needed because another part of the spec says nothing."""
        self.dangling.add(path[:2])
        self.error(MISSING, path, message, hint)

    def reference(
        self,
        path: Path,
        kind: str,
        name: str,
        known: Collection[str],
        *,
        usable: Collection[str] | None = None,
        more: Collection[str] = (),
        at_key: bool = False,
        or_else: str = "",
    ) -> bool:
        """Whether ``name``, the value or key at ``path``, is among ``known``; if not, that is a finding.

        Those that are ``usable`` there are suggested, if not all are. What there is ``more`` is there once it
        is named, and suggested only where it is near. ``or_else`` is what may stand there besides names.
        """
        if name in known:
            return True
        self.dangling.add(path[:2])
        if kind in self._unsure or (self._without and _folded(name) in self._without):
            return False
        near, hint = "", f"add the {kind} to the spec, or name another"
        named = known if usable is None else usable
        if len(self.findings) < _EXPLAINED:
            near = suggest(name, (*named, *more))
            hint = f"use one of: {_listed(named)}" if named else hint
        hint += f"; or {or_else}" if or_else else ""
        self.error(DANGLING, path, f"there is no {kind} {name!r}{near}", hint, at_key=at_key)
        return False

    def references(
        self,
        path: Path,
        kind: str,
        names: Iterable[str],
        known: Collection[str],
        *,
        usable: Collection[str] | None = None,
    ) -> bool:
        """As ``reference``, for the items of a list, each of which is listed once."""
        names = tuple(names)
        usable = [name for name in (known if usable is None else usable) if name not in names]
        seen: dict[object, Path] = {}
        found = True
        for index, name in enumerate(names):
            if self.reference((*path, index), kind, name, known, usable=usable):
                self.unique((*path, index), kind, name, seen)
            else:
                found = False
        return found

    def unique(self, path: Path, what: str, value: object, seen: dict[object, Path]) -> None:
        """That ``value`` occurs for the first time; ``seen`` remembers where each did."""
        if value in seen:
            self.duplicate(path, f"{what} {value}", seen[value])
        else:
            seen[value] = path

    def duplicate(self, path: Path, what: str, first: Path) -> None:
        """That ``what`` at ``path`` has already been used at ``first``; an entry of a list can go as well."""
        before = self._locate(first)
        elsewhere = f" of {before.file}" if before.file != self._locate(path).file else ""
        mend = "remove one of the two, or use another" if isinstance(path[-1], int) else "use another"
        hint = f"{mend}: the first is on line {before.line}{elsewhere}"
        self.error(DUPLICATE, path, f"{what} is used twice", hint, first)


def _folded(name: str) -> str:
    """``name`` in no particular spelling: what is written ``fooBar`` by mistake is meant by ``foo_bar``."""
    return "".join(filter(str.isalnum, name)).casefold()


def _listed(known: Collection[str], limit: int = 12) -> str:
    names = sorted(known)
    more = f", … ({len(names)} in all)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
