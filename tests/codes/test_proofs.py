"""Every code has a bad case, a test in which it is found, and a good one: a sound project without it.

Bad cases stand where the check is tested: in a test's own text, in the table it is parametrized with, or in
the ``.cases`` files. Here is only seen that none is missing.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from cases.reading import case_files, load_cases
from cli.sandbox import run

from genesis_monitoring.code_pages import CODE, all_codes, page

TESTS = Path(__file__).parent.parent
NO_PROOF = frozenset({"codes", "mutate", "report"})
"""Folders whose tests take codes as they come: pages, statistics, layout."""


@cache
def bad_cases() -> Mapping[str, frozenset[str]]:
    """The tests that name a code, by code."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        if path.relative_to(TESTS).parts[0] not in NO_PROOF:
            for code, test in _named_in(ast.parse(path.read_text("utf-8"))):
                found[code].add(f"{path.relative_to(TESTS).as_posix()}::{test}")
    for file in case_files():
        for case in load_cases(file):
            for code, _, _ in case.found:
                found[code].add(f"cases/{file}: {case.name}")
    return {code: frozenset(tests) for code, tests in found.items()}


def _named_in(module: ast.Module) -> Iterator[tuple[str, str]]:
    tables = {
        target.id: node
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for test in module.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            used = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
            for part in (test, *(tables[name] for name in sorted(used & tables.keys()))):
                for node in ast.walk(part):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        for code in re.findall(rf"\b{CODE.pattern}\b", node.value):
                            yield code, test.name


@pytest.mark.parametrize("code", [code for code in all_codes() if not page(code).retired])
def test_a_code_has_a_bad_case(code: str) -> None:
    assert bad_cases().get(code) or page(code).retired, f"no test finds {code}"


@pytest.fixture(name="sound", scope="module")
def _sound(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a strict ``validate``, live servers included, prints of a project that ``init`` begins.

    What ``init`` cannot know is set: where people reach the servers and the pages.
    """
    project = tmp_path_factory.mktemp("sound")
    assert run("genesis-mon init", project).code == 0
    spec = project / "slo.yaml"
    text = spec.read_text("utf-8").replace("git.example.com", "git.shop.io")
    spec.write_text(text.replace("http://localhost:", "http://mon.shop.io:"), "utf-8")
    (project / "results").mkdir()
    assert run("genesis-mon render", project).code == 0
    done = run("genesis-mon validate --strict --format json", project)
    assert done.code == 0, done.stdout + done.stderr
    assert '"findings"' in done.stdout
    return done.stdout


@pytest.mark.parametrize("code", all_codes())
def test_a_code_has_a_good_case(code: str, sound: str) -> None:
    assert code not in sound
