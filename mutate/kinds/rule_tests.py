"""Faults in the generated rule tests."""

import re
from collections.abc import Iterator

from mutate.edits import (
    block_end,
    chosen,
    dropped,
    lines_where,
    number,
    replace_lines,
    rotated,
    spots_where,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

TESTS = "prometheus/tests/*.yml"
_CASE = r"^      - eval_time: "
_GROUPS = ("cost", "hybrid-rag", "system", "test-suite", "monitoring")


def _expectation_emptied(tree: Files) -> Iterator[Site]:
    """A case that expects something, expecting nothing."""
    for path, lines in chosen(tree, TESTS):
        for index, line in enumerate(lines):
            if re.match(r"^        exp_(alerts|samples):$", line):
                yield replace_lines(path, lines, index, block_end(lines, index), [line + " []"])


def _all_groups_but_one(tree: Files) -> Iterator[Site]:
    """All groups but the first left out: what they prove is proven no more."""
    for path, lines in chosen(tree, TESTS):
        groups = [index for index, line in enumerate(lines) if line.startswith("  - name:")]
        if len(groups) > 1:
            yield replace_lines(path, lines, groups[1] - 1, len(lines), [])


def _tests_emptied(tree: Files) -> Iterator[Site]:
    """A file without any test, and one where a group has no case left."""
    for path, lines in chosen(tree, TESTS):
        first = lines.index("tests:")
        yield replace_lines(path, lines, first, len(lines), ["tests: []"])
        for index, line in enumerate(lines):
            if line in ("    alert_rule_test:", "    promql_expr_test:"):
                yield replace_lines(path, lines, index, block_end(lines, index), [line + " []"])


def _other_time(match: re.Match[str]) -> Iterator[str]:
    """Earlier and later by so much that another state is met."""
    minutes = int(match[2]) * (60 if match[3] == "h" else 1)
    yield f"{match[1]}{minutes * 3}m"
    yield f"{match[1]}0m"


def _levels_changed(tree: Files) -> Iterator[Site]:
    """Each level in the values of a recorded series, changed; a raw counter may start anywhere."""
    for path, lines in chosen(tree, TESTS):
        for index, line in enumerate(lines[1:], 1):
            if "series: 'sli:" not in lines[index - 1]:
                continue
            for match in re.finditer(r"[0-9.]+(?=x)", line):
                other = number(float(match[0]) * 3 + 7)
                changed = line[: match.start()] + other + line[match.end() :]
                yield replace_lines(path, lines, index, index + 1, [changed])


def _test(name: str, sites: Sites, most: int = 8) -> Kind:
    return Kind(f"rule tests: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_SERIES = r"^      - series: (?!.*_bucket)"
KINDS = (
    _test("case dropped", dropped(TESTS, _CASE), 14),
    _test("group dropped", dropped(TESTS, r"^  - name: "), 14),
    _test("all groups but one dropped", _all_groups_but_one, 6),
    _test(
        "time of a case changed", lines_where(TESTS, r"^(      - eval_time: )(\d+)([mh])$", _other_time), 10
    ),
    _test(
        "expected label changed",
        spots_where(
            TESTS, r"^              (?:severity|component|team|sli): ", r"\S+$", lambda m: [m[0] + "x"]
        ),
    ),
    _test("expected label dropped", dropped(TESTS, r"^              (severity|component|team|sli): ")),
    _test(
        "expected annotation changed",
        spots_where(
            TESTS, r"^              \w+: ['\"]", r"(?<=[a-z])(?:['\"])$", lambda m: [" never" + m[0]]
        ),
    ),
    _test(
        "expected annotation dropped",
        dropped(TESTS, r"^              (summary|description|impact|runbook_url): "),
    ),
    _test("expectation emptied", _expectation_emptied),
    _test(
        "expected value changed",
        spots_where(TESTS, r"^            value: ", r"[0-9.]+$", lambda m: [number(float(m[0]) * 2 + 1)]),
    ),
    _test("alert misspelt", spots_where(TESTS, r"^        alertname: ", r"\w+$", lambda m: [m[0][:-1]])),
    _test("alert dropped from a case", dropped(TESTS, r"^        alertname: ")),
    _test(
        "expression changed",
        spots_where(TESTS, r"^        expr: ", r"(?<=sli:)\w+(?=:)", lambda _: ["test_failures"]),
    ),
    _test(
        "input series misspelt",
        spots_where(TESTS, _SERIES, r"[a-z]\w+_\w+(?=[{':]|$)", lambda m: [m[0][:-2] + m[0][-1]]),
    ),
    _test("input series dropped", dropped(TESTS, _SERIES)),
    _test(
        "input values changed",
        _levels_changed,
        10,
    ),
    _test(
        "rules of another group loaded",
        spots_where(TESTS, r"^rule_files: ", r"[\w-]+(?=\.yml)", lambda m: [rotated(_GROUPS, m[0])]),
    ),
    _test("rules not loaded", lines_where(TESTS, r"^rule_files: ", lambda _: ["rule_files: []"])),
    _test("tests emptied", _tests_emptied, 6),
)
