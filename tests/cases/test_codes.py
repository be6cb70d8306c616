"""The corpus is complete: every code, and every place in the checks that can say something, has a case."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import genesis_monitoring.spec
from genesis_monitoring.checks.dashboards import panel_history
from genesis_monitoring.spec import reporter as reporter_module
from genesis_monitoring.spec.reporter import Reporter

from .reading import FOLDER, case_files, load_cases
from .test_cases import findings_of

SPEC_FOLDER = Path(genesis_monitoring.spec.__file__).parent
SAYS = frozenset({"contradiction", "duplicate", "error", "reference", "references", "unique"})


def test_every_code_of_the_spec_has_a_case() -> None:
    sources = [*SPEC_FOLDER.glob("*.py"), Path(panel_history.__file__)]
    emitted = {code for path in sources for code in re.findall(r'"(GM1[0-9]{2})"', path.read_text("utf-8"))}
    tests = "".join(path.read_text("utf-8") for path in FOLDER.glob("test_*.py"))
    tried = {code for file in case_files() for case in load_cases(file) for code, _, _ in case.found}
    tried.update(re.findall(r'"(GM1[0-9]{2})"', tests))
    assert len(emitted) > 12
    assert emitted - tried == set()


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    cases = [case for file in case_files() for case in load_cases(file)]
    assert len({case.text for case in cases}) == len(cases)
    assert sum(bool(case.found) for case in cases) >= 200


def test_everything_that_the_checks_say_is_said_in_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[tuple[str, int]] = set()
    own = inspect.getsourcefile(reporter_module)
    honest = Reporter.error

    def listening(self: Reporter, *args: object, **options: object) -> None:
        frame = inspect.currentframe()
        while frame is not None and frame.f_code.co_filename in (own, __file__):
            frame = frame.f_back
        assert frame is not None
        said.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        honest(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Reporter, "error", listening)
    for file in case_files():
        for case in load_cases(file):
            findings_of(case.text)
    silent = [
        f"{file}:{first}"
        for file, first, last in _calls()
        if not any(name == file and first <= line <= last for name, line in said)
    ]
    assert silent == []


def _calls() -> list[tuple[str, int, int]]:
    """File, first and last line of every call of the reporter in the checks."""
    calls: list[tuple[str, int, int]] = []
    for path in sorted(SPEC_FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in SAYS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "reporter"
            ):
                calls.append((path.name, node.lineno, node.end_lineno or node.lineno))
    assert len(calls) > 60
    return calls
