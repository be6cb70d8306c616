"""Suppressions: findings and the spec's ``suppress`` in, what is left of the findings out.

GM005 (warning; error with ``--strict``): a suppression matches nothing. It would hide the next finding of its
kind. Remove it, or correct its object.

GM006 (error): a suppression names a code that does not exist, or one that cannot be suppressed: what concerns
tools, and errors of the spec or the tree, leave nothing to rely on. Remove it and mend the cause.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field

from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import Model, Text
from genesis_monitoring.spec.builder import MappingNode, Node, SequenceNode, offset_of
from genesis_monitoring.spec.source import Source

CODES = ("GM005", "GM006")

_SHORTEST_REASON = 10
_NEVER = ("GM0",)
_NO_ERRORS = ("GM1", "GM2")


def says_why(reason: str) -> str:
    """The reason, if it is one. Raises ValueError."""
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ValueError(f"a reason has at least {_SHORTEST_REASON} characters, so that it says why")
    return reason


class Suppression(Model):
    """A finding that somebody has looked at and accepts, with the reason.

    ``object`` narrows it: a dotted path of the spec (all below it counts), or the path of a generated file,
    in which ``*`` stands for a part of a name. Without it the code is suppressed everywhere.
    """

    code: Annotated[str, Field(pattern=patterns.CODE)]
    object: Text | None = None
    reason: Annotated[Text, AfterValidator(says_why), Field(examples=["why nothing is wrong here"])]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not reported, and the reason that the spec gives."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Applied:
    """``kept`` is to be reported, GM005 and GM006 included; ``suppressed`` is not. Both are sorted."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


def apply_suppressions(
    findings: Iterable[Finding],
    suppressions: Sequence[Suppression],
    source: Source,
    *,
    known: Collection[str],
    judged: Collection[str],
    strict: bool = False,
) -> Applied:
    """Take out what is suppressed, and report suppressions that are stale or not allowed.

    ``known`` are all codes that exist. ``judged`` are those that this run could have found: a suppression of
    another code is not called stale. The places of new findings are ``suppress.N`` in ``source``.
    """
    every = sort_findings(findings)
    reasons: dict[Finding, str] = {}
    own: list[Finding] = []
    for number, one in enumerate(suppressions):
        place = source.locate(("suppress", number, "code"))
        refusal = _refusal(one.code, known)
        if refusal:
            own.append(Finding("GM006", Severity.ERROR, place, *refusal))
            continue
        lies_in = _object(one.object, source)
        matched = [finding for finding in every if finding.code == one.code and lies_in(finding)]
        refused = [finding for finding in matched if _is_beyond(finding)]
        if refused:
            own.append(_not_that_error(one, place, refused))
        elif not matched and one.code in judged:
            own.append(_stale(one, source, number, strict))
        for finding in matched:
            if finding not in refused:
                reasons.setdefault(finding, one.reason)
    return Applied(
        sort_findings((*(finding for finding in every if finding not in reasons), *own)),
        tuple(Suppressed(finding, reasons[finding]) for finding in every if finding in reasons),
    )


def _refusal(code: str, known: Collection[str]) -> tuple[str, str] | None:
    """Why a code can never be suppressed, and what mends that."""
    from genesis_monitoring.words import suggest

    if code not in known:
        return f"there is no code {code}{suggest(code, known)}", "correct the code, or remove the entry"
    if code.startswith(_NEVER):
        message = f"{code} cannot be suppressed: it means that something could not be checked"
        return message, f"remove the entry; genesis-mon explain {code} says what mends it"
    return None


def _is_beyond(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.code.startswith(_NO_ERRORS)


def _not_that_error(one: Suppression, place: Location, refused: Sequence[Finding]) -> Finding:
    what = "spec" if one.code.startswith("GM1") else "generated tree"
    return Finding(
        "GM006",
        Severity.ERROR,
        place,
        f"{one.code} cannot be suppressed: it is an error of the {what}, on which all other checks rely",
        f"remove the entry; genesis-mon explain {one.code} says what mends it",
        tuple(dict.fromkeys(finding.location for finding in refused)),
    )


def _stale(one: Suppression, source: Source, number: int, strict: bool) -> Finding:
    where, key, hint = "anywhere", "code", "remove the entry"
    if one.object is not None:
        where, key, hint = f"in {one.object}", "object", "remove the entry, or correct its object"
        if not _spans(one.object, source):
            hint += f": {one.object} is no part of the spec, so it is taken for a file"
    return Finding(
        "GM005",
        Severity.ERROR if strict else Severity.WARNING,
        source.locate(("suppress", number, key)),
        f"this suppression matches nothing: there is no {one.code} {where}",
        hint,
    )


def _object(named: str | None, source: Source) -> Callable[[Finding], bool]:
    """Whether a finding, or a place related to it, lies in the object of that name."""
    if named is None:
        return lambda _: True
    spans = _spans(named, source)
    if not spans:
        return lambda finding: any(_matches(place.file, named) for place in _places(finding))
    return lambda finding: any(
        place.file == first.file
        and (first.line, first.column) <= (place.line, max(place.column, 1)) < (end.line, end.column)
        for place in _places(finding)
        for first, end in spans
    )


def _spans(dotted: str, source: Source) -> tuple[tuple[Location, Location], ...]:
    """Where a part of the spec stands, in each file that has something of it; empty where none has."""
    parts = source.parts.values()
    found = (_span(dotted, one) for one in ((source,) if len(parts) == 1 else parts))
    return tuple(one for one in found if one is not None)


def _span(dotted: str, source: Source) -> tuple[Location, Location] | None:
    """The place where a part of a file begins, and where what follows it does; None without it."""
    node, start, end = source.root, 0, len(source.lines.text) + 1
    parts = dotted.split(".")
    while parts:
        entries = _entries(node)
        taken = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in entries), 0)
        if not taken:
            return None
        start, node = entries[".".join(parts[:taken])]
        end = min((offset for offset, _ in entries.values() if offset > start), default=end)
        del parts[:taken]
    return source.lines.at(start), source.lines.at(end)


def _entries(node: Node) -> dict[str, tuple[int, Node]]:
    """The members of a mapping or a list by their step, each with the offset where it begins."""
    if isinstance(node, MappingNode):
        return node.entries
    if isinstance(node, SequenceNode):
        return {str(index): (offset_of(item), item) for index, item in enumerate(node.items)}
    return {}


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.location
    yield from finding.related


def _matches(file: str, pattern: str) -> bool:
    """Whether the end of a path matches: the output folder may be given, or left out."""
    return PurePosixPath(file).match(pattern)
