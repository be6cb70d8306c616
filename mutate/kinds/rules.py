"""Faults in the generated rule files."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mutate.edits import (
    added_under,
    chosen,
    doubled,
    dropped,
    lines_where,
    number,
    replace_lines,
    rotated,
    spots_where,
    together,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

RULES = "prometheus/rules/*.yml"
_EXPR = r"^        expr: "
_ALERT_EXPR = r"^        expr: '(?:\w|:)+ (?=[<>=!]+ )"
_LABEL = r"^          (severity|component|team|sli|job): "
_ANNOTATION = r"^          (\w+): (?=['\"])"
_SELECTED = r"\b(?!sli:)[a-z]\w*_\w+(?=[{\[)]| offset)"
_FLIPS = {"<": (">", "<="), ">": ("<", ">="), "<=": ("<", ">="), ">=": (">", "<")}
_SEVERITIES = ("P0", "P1", "P2", "P3")
_OTHERS = {"component": "other", "team": "nobody", "sli": "test_failures", "job": "grafana"}


def _misspelt(name: str) -> tuple[str, ...]:
    """The name with two letters changed round, and with one left out."""
    middle = len(name) // 2
    while name[middle] == name[middle + 1]:
        middle += 1
    swapped = name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :]
    return (swapped, name[:middle] + name[middle + 1 :])


def _other_label(match: re.Match[str]) -> Iterator[str]:
    label, value = match[1], match[2]
    other = rotated(_SEVERITIES, value) if label == "severity" else _OTHERS[label]
    yield f"          {label}: {other}"


def _other_time(match: re.Match[str]) -> Iterator[str]:
    yield f"        for: {int(match[1]) * 30}{ {'h': 'm', 'm': 's'}[match[2]] }"
    yield f"        for: {int(match[1]) * 2}{match[2]}"


def _other_threshold(match: re.Match[str]) -> Iterator[str]:
    value = float(match[1])
    for other in (value * 0.5, value * 2, value + 1):
        yield number(other)


def _unwrapped(pattern: str) -> Sites:
    """Each call that ``pattern`` begins (up to its opening parenthesis), replaced by what is in it."""
    found = re.compile(pattern)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, RULES):
            for index, line in enumerate(lines):
                for match in found.finditer(line) if re.match(_EXPR, line) else ():
                    inner, end = _argument(line, match.end())
                    changed = line[: match.start()] + inner + line[end:]
                    yield replace_lines(path, lines, index, index + 1, [changed])

    return sites


def _argument(line: str, begin: int) -> tuple[str, int]:
    """What stands up to the parenthesis that closes the one before ``begin``, without ``round``'s second."""
    depth, end = 1, begin
    while depth:
        depth += {"(": 1, ")": -1}.get(line[end], 0)
        end += 1
    return line[begin : end - 1].removesuffix(", 0.000001"), end


def _expressions_exchanged(tree: Files) -> Iterator[Site]:
    """Two neighbouring alerts, each with the other's expression."""
    for path, lines in chosen(tree, RULES):
        alerts = [index + 1 for index, line in enumerate(lines) if line.startswith("      - alert:")]
        for one, other in pairwise(alerts):
            if lines[one] != lines[other]:
                new = [lines[other], *lines[one + 1 : other], lines[one]]
                site = replace_lines(path, lines, one, other + 1, new)
                yield Site(path, f"line {one + 1}: {lines[one].strip()[:60]} ↔ line {other + 1}", site.build)


def _kind(name: str, sites: Sites, most: int = 8) -> Kind:
    return Kind(f"rules: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_COMPARE = r"[<>]=?(?= [0-9])"
KINDS = (
    _kind("comparator flipped", spots_where(RULES, _ALERT_EXPR, _COMPARE, lambda m: _FLIPS[m[0]]), 12),
    _kind(
        "threshold scaled",
        spots_where(RULES, _ALERT_EXPR + r"[<>=!]+ ", r"([0-9.]+)(?='$)", _other_threshold),
        15,
    ),
    _kind(
        "traffic guard changed",
        spots_where(RULES, r"^        expr: '.*\(", r"(?<=>= )(1000|30|10)\b", lambda m: ["1", m[0] + "0"]),
    ),
    _kind(
        "guard against zero dropped", spots_where(RULES, _EXPR, r"> 0(?=\))", lambda _: [">= 0", "> -1"]), 6
    ),
    _kind("for changed", lines_where(RULES, r"^        for: (\d+)([hm])$", _other_time), 12),
    _kind("for dropped", dropped(RULES, r"^        for: ")),
    _kind("label dropped", dropped(RULES, _LABEL), 10),
    _kind("label value changed", lines_where(RULES, _LABEL + r"(\S+)$", _other_label), 12),
    _kind(
        "label name misspelt",
        spots_where(
            RULES,
            r"^          (?=severity|component|team|sli)",
            r"(severity|component|team|sli)(?=: )",
            lambda m: [m[0][:-2] + m[0][-1]],
        ),
    ),
    _kind(
        "label added",
        added_under(RULES, r"^        labels:$", "          tier: gold", "          environment: test"),
        6,
    ),
    _kind(
        "value in a label",
        lines_where(RULES, _LABEL + r"\S+$", lambda m: [f"          {m[1]}: '{{{{ $value }}}}'"]),
    ),
    _kind("metric misspelt", spots_where(RULES, _EXPR, _SELECTED, lambda m: _misspelt(m[0])), 12),
    _kind(
        "recorded series misspelt", spots_where(RULES, _EXPR, r"(?<=sli:)\w+(?=:)", lambda m: _misspelt(m[0]))
    ),
    _kind(
        "recorded under another name",
        spots_where(RULES, r"^      - record: ", r"(?<=sli:)\w+(?=:)", lambda m: _misspelt(m[0])),
    ),
    _kind(
        "window changed",
        spots_where(
            RULES,
            _EXPR,
            r"(?<=\[)(\d+)([mh])(?=\])",
            lambda m: [f"{int(m[1]) * 2}{m[2]}", f"{int(m[1]) * 12}s"],
        ),
        10,
    ),
    _kind(
        "offset changed",
        spots_where(RULES, _EXPR, r" offset (\d+)([mh])", lambda m: ["", f" offset {int(m[1]) * 3}{m[2]}"]),
        6,
    ),
    _kind("aggregation dropped", _unwrapped(r"\b(?:sum|min|max|group)(?: by \([\w, ]+\) )?\("), 12),
    _kind(
        "aggregation exchanged",
        spots_where(
            RULES,
            _EXPR,
            r"\b(?<!absent\()(?:sum|min|max)(?=\(| by)",
            lambda m: ["avg", rotated(("sum", "min", "max"), m[0])],
        ),
        10,
    ),
    _kind(
        "by changed",
        spots_where(RULES, _EXPR, r"(?<=by \()[\w, ]+(?=\))", lambda m: ["region", m[0] + ", pod"]),
        8,
    ),
    _kind("by dropped", spots_where(RULES, _EXPR, r" by \([\w, ]+\) ", lambda _: [""]), 8),
    _kind(
        "quantile changed",
        spots_where(RULES, _EXPR, r"(?<=histogram_quantile\()[0-9.]+", lambda _: ["0.9", "0.999", "95"]),
    ),
    _kind(
        "factor dropped",
        spots_where(RULES, _EXPR, r"\b(?:100|1000|2628000|86400) \* | / 60\b", lambda _: [""]),
        10,
    ),
    _kind(
        "factor changed",
        spots_where(
            RULES, _EXPR, r"\b(?:100|1000|2628000|86400)(?= \* )|(?<=/ )(?:60|500)\b", lambda m: [m[0] + "0"]
        ),
        8,
    ),
    _kind(
        "function exchanged",
        spots_where(
            RULES,
            _EXPR,
            r"\b(?:rate|increase|deriv|avg_over_time|abs)(?=\()",
            lambda m: [
                {
                    "rate": "irate",
                    "increase": "delta",
                    "deriv": "delta",
                    "avg_over_time": "max_over_time",
                    "abs": "ceil",
                }[m[0]]
            ],
        ),
        10,
    ),
    _kind(
        "rate dropped", spots_where(RULES, _EXPR, r"\b(?:rate|increase)\((\w+)\[\w+\]\)", lambda m: [m[1]]), 8
    ),
    _kind("rounding dropped", _unwrapped(r"\bround\("), 4),
    _kind(
        "set operator exchanged",
        spots_where(
            RULES,
            _EXPR,
            r"(?<=\) )(?:and|or)(?= [a-z(])",
            lambda m: ["unless", "or" if m[0] == "and" else "and"],
        ),
        8,
    ),
    _kind(
        "arithmetic exchanged",
        spots_where(
            RULES, _EXPR, r"(?<=\) )[+/](?= )|(?<=1 )-", lambda m: [{"+": "-", "/": "*", "-": "+"}[m[0]]]
        ),
        8,
    ),
    _kind(
        "matcher changed", spots_where(RULES, _EXPR, r'(?<==")\w+(?=")', lambda m: ["other", m[0][:-1]]), 8
    ),
    _kind("matcher dropped", spots_where(RULES, _EXPR, r"\{[^{}]+\}", lambda _: [""]), 6),
    _kind(
        "absence of another metric",
        spots_where(RULES, r"^        expr: 'absent", r"(?<=absent\(sum\()\w+", lambda _: ["up_time"]),
        6,
    ),
    _kind("expression broken", spots_where(RULES, _EXPR, r"\)(?='$)", lambda _: ["", "))"]), 6),
    _kind("expressions exchanged", _expressions_exchanged, 6),
    _kind(
        "rule dropped",
        together(dropped(RULES, r"^      - alert: "), dropped(RULES, r"^      - record: ")),
        12,
    ),
    _kind(
        "rule doubled", together(doubled(RULES, r"^      - alert: "), doubled(RULES, r"^      - record: ")), 8
    ),
    _kind(
        "alert renamed",
        spots_where(RULES, r"^      - alert: ", r"\w+$", lambda m: [m[0] + "2", m[0].lower()]),
        6,
    ),
    _kind("annotation dropped", dropped(RULES, _ANNOTATION), 12),
    _kind(
        "annotation changed",
        spots_where(RULES, _ANNOTATION, r"(?<=[a-z])(?:['\"])$", lambda m: [" never" + m[0]]),
        10,
    ),
    _kind(
        "runbook of another alert",
        spots_where(RULES, r"^          runbook_url: ", r"\w+(?=\.md'$)", lambda _: ["Watchdogs"]),
        6,
    ),
    _kind(
        "panel of another alert",
        spots_where(RULES, r"^          panel_url: ", r"\d+(?='$)", lambda m: [str(int(m[0]) + 1)]),
        6,
    ),
    _kind(
        "annotation template broken",
        spots_where(
            RULES,
            r"^          description: ",
            r"\$value \||\$labels\.\w+",
            lambda _: ["$valeu |", "$labels.nowhere"],
        ),
        8,
    ),
    _kind("group renamed", lines_where(RULES, r"^  - name: (\S+)$", lambda m: [f"  - name: {m[1]}-old"]), 4),
    _kind(
        "group evaluated seldom", added_under(RULES, r"^  - name: ", "    interval: 1h", "    limit: 1"), 6
    ),
    _kind("alert held on", added_under(RULES, r"^        for: ", "        keep_firing_for: 1h"), 4),
    _kind(
        "rule evaluated on the past",
        spots_where(RULES, _ALERT_EXPR, r"(?=[<>])", lambda _: ["offset 1h "]),
        4,
    ),
)
