"""Many notes of one kind as one: nobody reads nineteen lines that say the same of nineteen places.

What is an error or a warning is never folded: each is to be mended where it is.
"""

from collections.abc import Iterable

from genesis_monitoring.code_pages import page
from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.words import ranges

_MANY = 3
_MOST = 50


def fold_notes(findings: Iterable[Finding], *, listed: bool = False) -> tuple[Finding, ...]:
    """``findings``, but of notes with one code in one file, where there are many, a single one.

    It names their lines, and with ``listed`` says each of them; without it says how to see them.
    """
    ordered = sort_findings(findings)
    notes: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered:
        if finding.severity is Severity.INFO:
            notes.setdefault((finding.code, finding.location.file), []).append(finding)
    many = {key: found for key, found in notes.items() if len(found) >= _MANY}
    kept = [
        finding
        for finding in ordered
        if finding.severity is not Severity.INFO or (finding.code, finding.location.file) not in many
    ]
    return sort_findings([*kept, *(_as_one(code, found, listed) for (code, _), found in many.items())])


def _as_one(code: str, found: list[Finding], listed: bool) -> Finding:
    first = found[0]
    text = f"{_title(code)}: {len(found)} of them"
    if listed:
        told = [f"line {one.location.line}: {one.message}" for one in found[:_MOST]]
        if len(found) > _MOST:
            told.append(f"and {len(found) - _MOST} more; --format json has them all")
        return Finding(code, Severity.INFO, first.location, "\n".join((text, *told)), first.hint)
    lines = ranges(sorted({one.location.line for one in found if one.location.line}))
    places = f", at lines {lines}" if lines else ""
    return Finding(
        code, Severity.INFO, Location(first.location.file), f"{text}{places}; --verbose lists them"
    )


def _title(code: str) -> str:
    try:
        return page(code).title
    except KeyError:
        return "for information"
