"""Faults in the notification templates."""

import re
from collections.abc import Iterator

from mutate.edits import chosen, lines_where, replace_lines, rotated, spots_where
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

MESSAGES = "alertmanager/templates/*.tmpl"
_DEFINE = r'\{\{ define "'
_TEXT = r"^(?!\{\{- /)"
_SEVERITIES = ("P0", "P1", "P2", "P3")
_FIELDS = "CommonLabels|CommonAnnotations|GroupLabels|StartsAt|Alerts|Status|Labels|Annotations|ExternalURL"
_NAMES = (
    "severity|alertname|component|summary|description|impact|response|escalation|runbook_url|panel_url|"
    "dashboard_url"
)


def _definitions_dropped(tree: Files) -> Iterator[Site]:
    for path, lines in chosen(tree, MESSAGES):
        for first, line in enumerate(lines):
            if re.match(_DEFINE, line):
                after = next(i for i in range(first, len(lines)) if lines[i] == "{{- end }}") + 1
                yield replace_lines(path, lines, first, after, [])


def _other_severity(match: re.Match[str]) -> Iterator[str]:
    yield rotated(_SEVERITIES, match[0])


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"messages: {name}", Target.GENERATED, Expect.CHECK, sites, most)


KINDS = (
    _kind(
        "definition renamed",
        spots_where(MESSAGES, r"^" + _DEFINE, r"genesis\.\w+", lambda m: [m[0] + "s"]),
        5,
    ),
    _kind("definition dropped", _definitions_dropped, 5),
    _kind(
        "action broken",
        spots_where(MESSAGES, _TEXT, r"\{\{ (?:end|else|if [a-z]+) |\{\{-? end", lambda _: ["{{ ende ", ""]),
        8,
    ),
    _kind(
        "field misspelt",
        spots_where(
            MESSAGES,
            _TEXT,
            rf"(?<=\.)(?:{_FIELDS})\b",
            lambda m: [m[0][:-2] + m[0][-1]],
        ),
        8,
    ),
    _kind(
        "label misspelt",
        spots_where(
            MESSAGES,
            _TEXT,
            rf"\b(?:{_NAMES})(?= |$)",
            lambda m: [m[0][:-1]],
        ),
        8,
    ),
    _kind(
        "line dropped",
        lines_where(
            MESSAGES,
            r"^(?:Impact|Who|Runbook|Dashboard|\{\{ \.(?:Annotations|Labels)).*",
            lambda _: ["."],
        ),
        8,
    ),
    _kind(
        "severity exchanged",
        spots_where(MESSAGES, r"^\{\{ if ", r'(?<=")P\d(?=" \}\}(?:#|critical))', _other_severity),
        6,
    ),
    _kind(
        "weight or colour exchanged",
        spots_where(
            MESSAGES,
            r"^\{\{ if ",
            r'(?<=P\d" \}\})(?:critical|#\w{6})',
            lambda m: [
                "#000000" if m[0][0] == "#" else rotated(("critical", "error", "warning", "info"), m[0])
            ],
        ),
        8,
    ),
)
