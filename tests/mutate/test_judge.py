"""The mutation harness at work on Genesis: what it leaves out, and what it says of a gate with a hole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from genesis_monitoring.checks.registry import CHECKS
from genesis_monitoring.clients.process import ToolRun
from mutate.gate import Base, Workshop, load_base
from mutate.inputs import Watched, watch
from mutate.judge import Judge
from mutate.mutant import Expect, Mutant, Target
from mutate.tools import plain_tools, remembering

REPOSITORY = Path(__file__).parents[2]
RULES = "prometheus/rules/system.yml"
TEST = "prometheus/tests/system-1m.yml"


@pytest.fixture(scope="module")
def base() -> Base:
    return load_base(REPOSITORY)


@pytest.fixture(scope="module")
def workshop(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(base, tmp_path_factory.mktemp("workshop"))


def watched(workshop: Workshop, *names: str) -> tuple[Watched, ...]:
    chosen = [check for check in CHECKS if check.name in names]
    assert len(chosen) == len(names)
    found, findings = watch(workshop.context(plain_tools()), chosen)
    assert findings == ()
    return found


def mutant(base: Base, path: str, old: str, new: str, target: Target = Target.GENERATED) -> Mutant:
    text = (base.files if target is Target.GENERATED else base.templates)[path]
    assert old in text
    return Mutant("kind", target, Expect.CHECK, path, "change", text.replace(old, new))


def test_a_fault_is_caught_by_the_checks_there_are_and_the_tree_is_put_back(
    base: Base, workshop: Workshop
) -> None:
    fault = mutant(base, RULES, "sli:cpu_usage:percent > 85", "sli:cpu_usage:percent > 86")
    judge = Judge(workshop, plain_tools(), watched(workshop, "conformance"), frozenset())
    verdict = judge(fault)
    assert (verdict.codes, verdict.located, verdict.note) == (("GM209",), True, "")
    assert judge(replace(fault, text=base.files[RULES])).codes == ()
    assert (workshop.out / RULES).read_text("utf-8") == base.files[RULES]
    assert not replace(judge, watched=())(fault).caught


def test_a_template_that_renders_the_same_is_no_fault(base: Base, workshop: Workshop) -> None:
    judge = Judge(workshop, plain_tools(), (), frozenset())
    name = "prometheus/rules.yml.j2"
    assert judge(mutant(base, name, "[% endfor %]", "[% endfor -%]\n", Target.TEMPLATE)).equal is False
    same = mutant(
        base,
        name,
        "[% for rule in group.recording %]",
        "[% for rule in group.recording[:] %]",
        Target.TEMPLATE,
    )
    assert judge(same).equal
    broken = mutant(base, name, "[% endif %]", "", Target.TEMPLATE)
    assert judge(broken).codes == ("render",)


def test_what_a_check_reads_is_what_it_is_run_for(workshop: Workshop) -> None:
    by_name = {
        one.check.name: one
        for one in watched(workshop, "conformance", "links", "compose-config", "alertmanager-config")
    }
    assert by_name["conformance"].notices([RULES])
    assert not by_name["conformance"].notices(["docker-compose.yml", "alertmanager/alertmanager.yml"])
    assert by_name["links"].notices(["docs/alerts.md"])
    assert by_name["compose-config"].notices(["docker-compose.yml"])
    assert not by_name["compose-config"].notices([RULES])
    assert by_name["alertmanager-config"].notices(["alertmanager/templates/genesis.tmpl"])
    assert by_name["conformance"].cost < by_name["compose-config"].cost


@dataclass(frozen=True, slots=True)
class CountingPromtool:
    """Says that all is well, and what it was asked about."""

    asked: list[str] = field(default_factory=list)

    def check_config(self, tree: Path, file: str) -> ToolRun:
        return self._answer(file)

    def check_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        return tuple(self._answer(file) for file in files)

    def test_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        self.asked.extend(files)
        sections = "".join(f"Unit Testing:  {file}\n  SUCCESS\n\n" for file in files)
        return (ToolRun((), 0, sections, "", 0.0),)

    def _answer(self, file: str) -> ToolRun:
        self.asked.append(file)
        return ToolRun((), 0, f"Checking {file}\n  SUCCESS: 1 rules found\n", "", 0.0)


def ask(files: Mapping[str, str], workshop: Workshop, path: str, *, presumed: bool) -> list[str]:
    """Which test files promtool is asked about after ``path`` has changed."""
    counting = CountingPromtool()
    tools = remembering(replace(plain_tools(), promtool=counting), files if presumed else {})
    tests = sorted(file for file in files if file.startswith("prometheus/tests/"))
    tools.promtool.test_rules(workshop.out, tests)
    assert len(counting.asked) == (0 if presumed else len(tests))
    counting.asked.clear()
    workshop.put({path: files[path] + "# changed\n"})
    try:
        runs = tools.promtool.test_rules(workshop.out, tests)
    finally:
        workshop.put_back({path: ""})
    assert all(f"Unit Testing:  {test}" in run.stdout for test, run in zip(tests, runs, strict=True))
    return counting.asked


@pytest.mark.parametrize("presumed", [True, False])
def test_promtool_is_asked_only_about_tests_that_a_change_concerns(
    base: Base, workshop: Workshop, presumed: bool
) -> None:
    files = base.files
    assert ask(files, workshop, TEST, presumed=presumed) == [TEST]
    loading = [f for f, text in files.items() if f.startswith("prometheus/tests/") and "system.yml" in text]
    assert ask(files, workshop, RULES, presumed=presumed) == sorted(loading)
    assert ask(files, workshop, "docker-compose.yml", presumed=presumed) == []
