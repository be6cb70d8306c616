"""Prometheus' own verdict on its configuration and rules.

GM301 (error): promtool refuses ``prometheus.yml``, or does not say that it accepts it. Prometheus would not
start with it. Correct the value in the spec that the finding names.

GM302 (error): promtool refuses a rule file, lint included, or does not say that it accepts it. Prometheus
would keep its old rules, or record one series twice. Correct the SLI or alert that the finding names.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import (
    child,
    items,
    locate_message,
    locate_word,
    place_of,
    read_nodes,
)
from genesis_monitoring.checks.promtool_text import (
    Problem,
    Section,
    parse_preamble,
    parse_problems,
    parse_sections,
)
from genesis_monitoring.findings import Finding

CONFIG = "prometheus/prometheus.yml"
RULES = "prometheus/rules/*.yml"

_RULE = re.compile(r'^group "(?P<group>[^"]*)", rule (?P<number>[0-9]+), ')
_DUPLICATE = re.compile(r'^"(?P<metric>[^"]*)".* recorded more than once')


def check_prometheus_config(context: CheckContext) -> Iterator[Finding]:
    """GM301. Faults of rule files that the spec renders are left to GM302."""
    wanted = context.read(CONFIG, "Prometheus configuration")
    yield from wanted.findings
    for file in wanted.files:
        output = context.tools.promtool.check_config(context.out, file.path).stdout
        sections = parse_sections(output)
        rules = set(context.read(RULES, "rule files").paths)
        yield from _judge(context, "GM301", file, sections, output)
        for section in sections:
            if section.file not in rules and section.file != file.path and section.failure:
                stray = TreeFile(section.file, "")
                for problem in parse_problems(section):
                    yield context.finding(
                        "GM301",
                        stray,
                        (problem.line, problem.column),
                        f"{problem.message} (loaded by {CONFIG}, but not rendered from the spec)",
                        hint="delete the file, or move what it holds into the spec",
                    )


def check_rules(context: CheckContext) -> Iterator[Finding]:
    """GM302."""
    wanted = context.read(RULES, "rule files")
    yield from wanted.findings
    runs = context.tools.promtool.check_rules(context.out, wanted.paths) if wanted.files else ()
    output = "\n".join(run.stdout for run in runs)
    sections = parse_sections(output)
    for file in wanted.files:
        yield from _judge(context, "GM302", file, sections, output)


def _judge(
    context: CheckContext, code: str, file: TreeFile, sections: tuple[Section, ...], output: str
) -> Iterator[Finding]:
    """What promtool says about one file; saying nothing is a finding too."""
    own = [section for section in sections if section.file == file.path]
    problems = [problem for section in own for problem in parse_problems(section)]
    if not problems and not any(section.succeeded for section in own):
        said = parse_preamble(output) or "nothing"
        problems = [Problem(f"promtool did not say that it accepts this file; it said: {said[:300]}")]
    for problem in problems:
        yield context.finding(code, file, _place(file, problem), problem.message)


def _place(file: TreeFile, problem: Problem) -> tuple[int, int]:
    if problem.line:
        return (problem.line, problem.column)
    rule = _RULE.match(problem.message)
    if rule:
        groups = items(child(read_nodes(file.text), "groups"))
        for group in groups:
            name = child(group, "name")
            if name is not None and name.value == rule["group"]:
                return place_of(child(child(group, "rules"), int(rule["number"]) - 1))
    duplicate = _DUPLICATE.match(problem.message)
    if duplicate:
        return locate_word(file.text, duplicate["metric"], nth=2)
    return locate_message(file.text, problem.message)
