"""Collects what the checks over a whole spec find, each at the place in the file it is about."""

from collections.abc import Collection, Iterable

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.problems import suggest
from genesis_monitoring.spec.source import Source

Path = tuple[str | int, ...]

DUPLICATE = "GM120"
DANGLING = "GM121"
CONTRADICTION = "GM122"


class Reporter:
    """Takes findings one by one; ``findings`` has them all."""

    def __init__(self, source: Source, without: frozenset[str] = frozenset()) -> None:
        """``without`` names parts that are in the file but malformed: a reference to one dangles unseen.

        ``dangling`` holds the paths (section and name) of what has a dangling reference.
        """
        self.source = source
        self.findings: list[Finding] = []
        self.dangling: set[Path] = set()
        self._without = without

    def error(self, code: str, path: Path, message: str, hint: str, *related: Path) -> None:
        """A finding at the value at ``path``; a value that is not written down is placed at its parent."""
        self.findings.append(
            Finding(
                code,
                Severity.ERROR,
                self.source.locate(path),
                message,
                hint,
                tuple(self.source.locate(other) for other in related),
            )
        )

    def contradiction(self, path: Path, message: str, hint: str, *related: Path) -> None:
        """Two parts of the spec cannot both hold."""
        self.error(CONTRADICTION, path, message, hint, *related)

    def reference(self, path: Path, kind: str, name: str, known: Collection[str]) -> bool:
        """Whether ``name`` is among ``known``; if not, that is a finding."""
        if name in known:
            return True
        self.dangling.add(path[:2])
        if name in self._without:
            return False
        self.error(
            DANGLING,
            path,
            f"there is no {kind} {name!r}{suggest(name, known)}",
            f"use one of: {_listed(known)}" if known else f"add the {kind} to the spec",
        )
        return False

    def references(self, path: Path, kind: str, names: Iterable[str], known: Collection[str]) -> bool:
        """As ``reference``, for the items of a list."""
        return all(
            [self.reference((*path, i), kind, name, known) for i, name in enumerate(names)]  # noqa: C419
        )

    def unique(self, path: Path, what: str, value: object, seen: dict[object, Path]) -> None:
        """That ``value`` occurs for the first time; ``seen`` remembers where each did."""
        if value in seen:
            first = self.source.locate(seen[value])
            self.error(
                DUPLICATE,
                path,
                f"{what} {value} is used twice",
                f"give this one another: {what} {value} is already used on line {first.line}",
                seen[value],
            )
        else:
            seen[value] = path


def _listed(known: Collection[str], limit: int = 12) -> str:
    names = sorted(known)
    more = f", … ({len(names)} in all)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
