"""Faults in the templates, which are then rendered: one fault may so reach many files.

Comments are left alone: they carry no meaning. Of the documents' templates only the links are changed.
"""

import re
from collections.abc import Iterator

from mutate.edits import chosen, lines_where, replace_lines, rotated, spots_where, together
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

_FAMILIES = ("prometheus/*", "alertmanager/*", "grafana/*", "docker-compose.yml.j2")
_MEANT = r"^(?!\s*#|\{\{- /\*|\[%|\s*$)"
_KEY = r"^ *(?:- )?(?=[a-z]\w*:)"
_SLOT = re.compile(r"\[\[ (\w+)\.(\w+) \| (yaml|compose|duration|yaml_list|compose_list) \]\]")


def _line_dropped(tree: Files) -> Iterator[Site]:
    for family in _FAMILIES:
        for path, lines in chosen(tree, family):
            for index, line in enumerate(lines):
                if re.match(_MEANT, line):
                    yield replace_lines(path, lines, index, index + 1, [])


def _slot_exchanged(tree: Files) -> Iterator[Site]:
    """Each slot, filled with the next attribute of the same object that the template prints."""
    for family in _FAMILIES:
        for path, lines in chosen(tree, family):
            seen: dict[str, list[str]] = {}
            for match in _SLOT.finditer(tree[path]):
                seen.setdefault(match[1] + match[3], []).append(match[2])
            for index, line in enumerate(lines):
                for match in _SLOT.finditer(line) if re.match(_MEANT, line) else ():
                    others = list(dict.fromkeys(seen[match[1] + match[3]]))
                    other = rotated(others, match[2])
                    if other != match[2]:
                        new = f"[[ {match[1]}.{other} | {match[3]} ]]"
                        changed = line[: match.start()] + new + line[match.end() :]
                        yield replace_lines(path, lines, index, index + 1, [changed])


def _in_all(pattern: str, spot: str, *new: str) -> Sites:
    """On the lines of all templates that match, each spot, replaced by each of ``new`` (a regex template)."""
    return together(
        *(
            spots_where(family, pattern, spot, lambda m: [m.expand(text) for text in new])
            for family in _FAMILIES
        )
    )


def _kind(name: str, sites: Sites, most: int = 12) -> Kind:
    return Kind(f"templates: {name}", Target.TEMPLATE, Expect.CHECK, sites, most)


_LOOP = r"(?<= in )([\w.]+)(?= %\])"
_IF = r"(?<=\[% if )(.+?)(?= %\])"
_ANY = r"^"
_EVERYBODY = "0.0.0.0"  # noqa: S104
KINDS = (
    _kind("line dropped", _line_dropped, 30),
    _kind("key misspelt", _in_all(_KEY, r"(\w+)(\w)(\w)(?=:)", r"\1\3\2"), 14),
    _kind(
        "flag flipped", together(_in_all(_MEANT, r"\btrue\b", "false"), _in_all(_MEANT, r"\bfalse\b", "true"))
    ),
    _kind("number changed", _in_all(_KEY, r"(?<=: )'?(\d+)'?$", r"\g<1>7"), 6),
    _kind("word changed", _in_all(_KEY, r"(?<=: )([a-z][\w-]+)$", r"\1s")),
    _kind(
        "constant in place of a slot",
        _in_all(_MEANT, r"\[\[ [^\]]* \| (?:yaml|compose|duration|matcher) \]\]", "broken"),
        20,
    ),
    _kind(
        "empty list in place of a slot", _in_all(_MEANT, r"\[\[ .*? \| (?:yaml|compose)_list \]\]", "[]"), 10
    ),
    _kind("slot exchanged", _slot_exchanged, 16),
    _kind("condition inverted", _in_all(_ANY, _IF, r"not (\1)")),
    _kind("condition never true", _in_all(_ANY, _IF, "false")),
    _kind("first or last left out", _in_all(_ANY, _LOOP, r"\1[1:]", r"\1[:-1]"), 20),
    _kind("all but the first left out", _in_all(_ANY, _LOOP, r"\1[:1]")),
    _kind("nothing in the loop", _in_all(_ANY, _LOOP, r"\1[:0]")),
    _kind(
        "routes in another order",
        spots_where(
            "alertmanager/alertmanager.yml.j2",
            _ANY,
            r"plan\.routes",
            lambda m: [f"{m[0]} | reverse", f"({m[0]}[1:] + {m[0]}[:1])"],
        ),
        2,
    ),
    _kind(
        "sides of an inhibit rule exchanged",
        spots_where(
            "alertmanager/alertmanager.yml.j2",
            _ANY,
            r"rule\.(?:source|target)\b",
            lambda m: ["rule.target" if m[0] == "rule.source" else "rule.source"],
        ),
        2,
    ),
    _kind(
        "expected alerts left out",
        spots_where(
            "prometheus/rule_tests.yml.j2", _ANY, r"check\.(?:expected|sample)(?= %\])", lambda _: ["none"]
        ),
        3,
    ),
    _kind(
        "published to everybody",
        spots_where(
            "docker-compose.yml.j2", _ANY, r"\[\[ port\.address \| comment \]\]", lambda _: [_EVERYBODY]
        ),
        1,
    ),
    _kind(
        "healthy made started",
        spots_where("docker-compose.yml.j2", _ANY, "service_healthy", lambda _: ["service_started"]),
        1,
    ),
    _kind(
        "message changed",
        lines_where(
            "alertmanager/genesis.tmpl.j2",
            r"^(?:Impact|What|Who|Runbook|Dashboard).*",
            lambda m: [m[0].replace(".Annotations", ".Labels")],
        ),
        4,
    ),
    _kind(
        "link of a document changed",
        together(
            spots_where(
                "docs/alerts.md.j2",
                _ANY,
                r"row\.alert \| runbook_link",
                lambda _: ["(row.alert ~ 's') | runbook_link"],
            ),
            spots_where(
                "docs/runbook.md.j2", r"^- \[\[ title", r"url \| link", lambda _: ["(url ~ '9') | link"]
            ),
        ),
        2,
    ),
)
