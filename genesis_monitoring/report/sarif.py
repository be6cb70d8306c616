"""Findings in, SARIF 2.1.0 out: the same bytes for the same findings (so it tells no times).

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0 Plus Errata 01".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

from genesis_monitoring.code_pages import CodePage, page
from genesis_monitoring.findings import Finding, Location, Severity, rest, sort_findings, split_worst
from genesis_monitoring.report.checked import UNANSWERED, Checked
from genesis_monitoring.report.places import artifact_uri
from genesis_monitoring.report.text import escape

if TYPE_CHECKING:
    from genesis_monitoring.spec.suppressions import Suppressed

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_BASE = "SRCROOT"
_FINGERPRINTS = ("genesisMon/v1", "primaryLocationLineHash")
_MOVES = re.compile(r"\b(?:lines?|columns?|L|C) ?[0-9]+\b|:[0-9]+(?::[0-9]+)?(?=[:\s,;)]|$)")

Json = dict[str, object]


def format_sarif(
    findings: Iterable[Finding],
    *,
    checked: Sequence[Checked],
    root: PurePath,
    here: PurePath | None = None,
    suppressed: Iterable["Suppressed"] = (),
) -> str:
    """The log, in ASCII, ending in a newline.

    ``root`` is the absolute path of the folder that artifact URIs are relative to, as a rule that of the
    repository; ``here`` is the folder that findings name files from. ``suppressed`` are listed with their
    reasons, as such. ``checked`` are the checks that were to run.
    """
    import json

    ordered, left_out = split_worst(findings)
    reasons = {one.finding: one.reason for one in suppressed}
    every = (*ordered, *sort_findings(reasons))
    codes = sorted({finding.code for finding in every})
    fingerprints = _fingerprints(every, root, here)
    results = []
    for finding, fingerprint in zip(every, fingerprints, strict=True):
        result = _result(finding, codes, fingerprint, root, here)
        if finding in reasons:
            result["suppressions"] = [{"kind": "external", "justification": escape(reasons[finding])}]
        results.append(result)
    run: Json = {
        "tool": {"driver": _driver(codes)},
        "invocations": [_invocation(ordered, codes, checked, left_out)],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, indent=2) + "\n"


def _driver(codes: Sequence[str]) -> Json:
    from importlib.metadata import version

    return {
        "name": "genesis-mon",
        "semanticVersion": version("genesis-mon"),
        "rules": [_rule(code) for code in codes],
    }


def _rule(code: str) -> Json:
    try:
        about = page(code)
    except KeyError:
        return {"id": code}
    return {
        "id": code,
        "name": _rule_name(about),
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.summary},
        "help": {"text": about.text, "markdown": about.text},
    }


def _rule_name(about: CodePage) -> str:
    """The title as an identifier, as SARIF wants it: ``RuleFilesMatchNothing``."""
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", about.title))


def _invocation(
    findings: Sequence[Finding], codes: Sequence[str], checked: Sequence[Checked], left_out: int
) -> Json:
    """Whether every check could look at everything; if not, each obstacle as a notification."""
    obstacles = [finding for finding in findings if finding.code in UNANSWERED]
    more: list[Json] = [{"level": "note", "message": {"text": rest(left_out)}}] if left_out else []
    return {
        "executionSuccessful": not obstacles,
        "toolExecutionNotifications": [
            {
                "descriptor": {"id": finding.code},
                "associatedRule": {"id": finding.code, "index": codes.index(finding.code)},
                "level": _LEVELS[finding.severity],
                "message": {"text": _message(finding)},
            }
            for finding in obstacles
        ]
        + more,
        "properties": {"checks": [check.name for check in checked]},
    }


def _result(
    finding: Finding, codes: Sequence[str], fingerprint: str, root: PurePath, here: PurePath | None
) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.location, root, here)],
        "partialFingerprints": dict.fromkeys(_FINGERPRINTS, fingerprint),
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(location, root, here), "message": {"text": "comes from here"}}
            for number, location in enumerate(finding.related, 1)
        ]
    return result


def _message(finding: Finding) -> str:
    mend = f"\nTo mend it: {escape(finding.hint)}" if finding.hint else ""
    return escape(finding.message) + mend


def _location(location: Location, root: PurePath, here: PurePath | None) -> Mapping[str, object]:
    uri = artifact_uri(location.file, root, here)
    artifact: Json = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _BASE}
    physical: Json = {"artifactLocation": artifact}
    if location.line:
        column = {"startColumn": location.column} if location.column else {}
        physical["region"] = {"startLine": location.line, **column}
    return {"physicalLocation": physical}


def _fingerprints(findings: Iterable[Finding], root: PurePath, here: PurePath | None) -> list[str]:
    """One a finding; it stays when lines move. Findings that are alike but for their line are counted."""
    seen: dict[str, int] = {}
    prints = []
    for finding in findings:
        steady = _MOVES.sub("", finding.message)
        text = "\0".join((finding.code, artifact_uri(finding.location.file, root, here), steady))
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        prints.append(f"{digest}:{seen[digest]}")
    return prints
