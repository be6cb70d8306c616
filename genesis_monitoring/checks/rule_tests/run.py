"""The rule tests, run by promtool on the rules that are shipped.

GM501 (error): a test fails. The alert would fire when it should not, or stay quiet when it should fire, or
carry other labels than its receivers expect. Correct the SLI or the alert in the spec; the tests follow.

GM502 (error): there is no rule test, a file holds none, or promtool did not report success for it: nothing
is proven about those alerts. Run ``genesis-mon render``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from genesis_monitoring.artifacts import ORIGIN_MARK
from genesis_monitoring.checks.context import RENDER_HINT, CheckContext, TreeFile
from genesis_monitoring.checks.positions import (
    child,
    items,
    locate_message,
    place_of,
    read_nodes,
    scalar,
)
from genesis_monitoring.checks.promtool_text import (
    Section,
    parse_preamble,
    parse_problems,
    parse_test_sections,
)
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.findings import Finding

if TYPE_CHECKING:
    from yaml import Node

TESTS = "prometheus/tests/*.yml"
RULES = "prometheus/rules/*.yml"

_START = re.compile(
    r"^ +(?:alertname: (?P<alert>.*?), time: (?P<at>\S+?)"
    r'|expr: (?P<expr>".*"), time: (?P<when>\S+?)), *$'
)
_NAME = re.compile(r"^ +name: (?P<name>.*),$")
_SAMPLE = re.compile(r"\} ([+-]?(?:[0-9.]+E[+-][0-9]+|Inf)|NaN)(?=, \{|$)")
"""A sample's value as promtool tells it, behind its labels."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class FailedTest:
    """One failed expectation. ``alert`` or ``expr`` is empty; ``group`` is the test's name, if it has one."""

    group: str
    alert: str
    expr: str
    at: str
    expected: str
    got: str


def check_rule_tests(context: CheckContext) -> Iterator[Finding]:
    """GM501 and GM502."""
    wanted = context.read(TESTS, "rule tests")
    for finding in wanted.findings:
        yield Finding("GM502", finding.severity, finding.location, finding.message, finding.hint)
    texts = _depends_on(context, wanted.files)
    files = tuple(file for file in wanted.files if texts[file.path] not in context.proven.tests)
    given = frozenset(file.path for file in files)
    runs = context.tools.promtool.test_rules(context.out, tuple(sorted(given))) if files else ()
    output = "\n".join(run.stdout for run in runs)
    sections = {
        section.file: section
        for run in runs
        for section in parse_test_sections(run.stdout, [word for word in run.argv if word in given])
    }
    for file in files:
        section = sections.get(file.path, Section(file.path, False, "", ""))
        found = tuple(_judge(context, file, section, parse_preamble(output)))
        if not found and texts[file.path]:
            context.proven.tests.add(texts[file.path])
        yield from found


def _depends_on(context: CheckContext, tests: Sequence[TreeFile]) -> dict[str, tuple[str, ...]]:
    """All that the result of each test depends on; nothing where files on disk are not what is rendered."""
    import yaml

    rendered = {artifact.path: artifact.text for artifact in context.artifacts}
    same = {
        file.path: file.text
        for file in (*tests, *context.read(RULES, "rules").files)
        if file.text == rendered[file.path]
    }
    found = {}
    for file in tests:
        head = yaml.safe_load(file.text.partition("\ntests:")[0]) if file.path in same else None
        rules = head.get("rule_files", ()) if isinstance(head, dict) else ()
        paths = [normpath(join(dirname(file.path), name)) for name in rules]
        whole = bool(paths) and all(path in same for path in paths)
        found[file.path] = (file.text, *(same[path] for path in paths)) if whole else ()
    return found


def parse_failed_tests(failure: str) -> tuple[FailedTest, ...]:
    """The failed expectations in what promtool prints behind ``FAILED:``."""
    lines = failure.splitlines()
    starts = [number for number, line in enumerate(lines) if _START.match(line)]
    return tuple(_failed_test(lines, first, after) for first, after in pairwise([*starts, len(lines)]))


def _failed_test(lines: list[str], first: int, after: int) -> FailedTest:
    start = _START.match(lines[first])
    name = _NAME.match(lines[first - 1]) if first else None
    body = [line for line in lines[first + 1 : after] if not _NAME.match(line)]
    expected, _, got = " ".join(" ".join(body).split()).partition("got:")
    groups = start.groupdict(default="") if start else {}
    return FailedTest(
        group=name["name"] if name else "",
        alert=groups.get("alert", ""),
        expr=groups.get("expr", ""),
        at=groups.get("at", "") or groups.get("when", ""),
        expected=_shorten(expected.strip().removeprefix("exp:").strip(" ,")),
        got=_shorten(got.strip(" ,")),
    )


def _judge(context: CheckContext, file: TreeFile, section: Section, preamble: str) -> Iterator[Finding]:
    failed = parse_failed_tests(section.failure)
    for test in failed:
        what = f"alert {test.alert}" if test.alert else f"expression {test.expr}"
        place = _place(file, test)
        name = _scenario(file.text, place[0]) or test.group
        title = f' in the test "{name}"' if name else ""
        message = f"{what} fails{title} at {test.at}: expected {test.expected}, got {test.got}"
        yield context.finding("GM501", file, place, message)
    if failed:
        return
    for problem in parse_problems(section):
        place = (problem.line, problem.column) if problem.line else locate_message(file.text, problem.message)
        yield context.finding("GM501", file, place, f"the tests did not run: {problem.message}")
    if section.failure:
        return
    reason = ""
    if not section.succeeded:
        reason = f"promtool did not report success for these tests; it said: {preamble[:_SHOWN] or 'nothing'}"
    elif section.warning:
        reason = f"promtool tested nothing: {section.warning}"
    elif "eval_time:" not in file.text:
        reason = "the file holds no test"
    if reason:
        yield context.finding("GM502", file, (0, 0), reason, hint=RENDER_HINT)


def _place(file: TreeFile, test: FailedTest) -> tuple[int, int]:
    """The expectation in the file: same test name, same alert or expression, same time, same values.

    Of an expression promtool does not tell the test's name.
    """
    groups = items(child(read_nodes(file.text), "tests"))
    named = [group for group in groups if (scalar(child(group, "name")) or "") == test.group]
    key = "alert_rule_test" if test.alert else "promql_expr_test"
    cases = [one for group in named or groups for one in items(child(group, key)) if _same_case(one, test)]
    alike = [one for one in cases if _values(one) == _told_values(test.expected)]
    for case in (*alike, *cases):
        return place_of(case)
    return locate_message(file.text, f'"{test.alert}"')


def _values(case: "Node") -> list[float]:
    """As they are generated; none where somebody wrote a number otherwise."""
    told = (scalar(child(one, "value")) or "0" for one in items(child(case, "exp_samples")))
    try:
        return sorted(float(one) for one in told)
    except ValueError:
        return []


def _told_values(expected: str) -> list[float]:
    return sorted(float(one) for one in _SAMPLE.findall(expected))


def _scenario(text: str, line: int) -> str:
    """The comment above an expectation, which names alert or SLI and scenario."""
    for above in reversed(text.splitlines()[: max(line - 1, 0)]):
        comment = above.strip()
        if not comment.startswith(ORIGIN_MARK):
            return comment.removeprefix("# ") if comment.startswith("# ") else ""
    return ""


def _same_case(case: "Node", test: FailedTest) -> bool:
    if _seconds(scalar(child(case, "eval_time")) or "0s") != _seconds(test.at):
        return False
    if test.alert:
        return scalar(child(case, "alertname")) == test.alert
    return _unquote(test.expr) == scalar(child(case, "expr"))


def _seconds(text: str) -> int | str:
    try:
        return parse_duration(text)
    except ValueError:
        return text


def _unquote(text: str) -> str:
    """promtool quotes an expression as Go does; only the common escapes matter here."""
    return text[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
