"""All checks together: clean on a good tree, and never silent when they could not look."""

import importlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.registry import CHECKS, COMMON_CODES, SPEC_CHECKS, Check, run_checks
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.code_pages import page
from genesis_monitoring.findings import Finding, Location, Severity

from .sample import ALERTMANAGER, COMPOSE, CONFIG, RULES, TESTS, Sample

TOOL_CHECKS = {"prometheus-config", "prometheus-rules", "rule-tests", "alertmanager-config", "compose-config"}
PLAIN = tuple(check for check in CHECKS if check.name in TOOL_CHECKS)
"""The checks that need no plan: the sample is a tree without a spec."""
FILES = (CONFIG, RULES, TESTS, ALERTMANAGER, COMPOSE)


def tools(path: Path, script: str, timeout: float = 5.0) -> Toolbox:
    """All tools played by one script."""
    tool = path / "tool"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return Toolbox(Promtool(str(tool), timeout), Amtool(str(tool), timeout), Compose(str(tool), timeout))


def of_check(findings: tuple[Finding, ...]) -> set[str]:
    """The names of the checks that say that they did not run."""
    return {f.message.removeprefix("the check ").split(" ")[0] for f in findings}


def test_the_good_tree_is_clean(sample: Sample) -> None:
    assert run_checks(sample.context(), PLAIN) == ()


@pytest.mark.parametrize("strict", [False, True])
def test_missing_tools(sample: Sample, monkeypatch: pytest.MonkeyPatch, strict: bool) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    findings = run_checks(sample.context(strict=strict), PLAIN)
    assert of_check(findings) == TOOL_CHECKS
    severity = Severity.ERROR if strict else Severity.WARNING
    assert {(f.code, f.severity, f.location.file) for f in findings} == {
        ("GM001", severity, sample.out.as_posix())
    }
    assert all(f.hint for f in findings)


@pytest.mark.parametrize("script", ["kill -SEGV $$", "kill -KILL $$", "echo 'panic: oh' >&2; exit 2"])
def test_crashing_tools(sample: Sample, tmp_path: Path, script: str) -> None:
    findings = run_checks(sample.context(tools=tools(tmp_path, script)), PLAIN)
    assert of_check(findings) == TOOL_CHECKS
    assert {(f.code, f.severity) for f in findings} == {("GM002", Severity.ERROR)}


def test_hanging_tools(sample: Sample, tmp_path: Path) -> None:
    findings = run_checks(sample.context(tools=tools(tmp_path, "sleep 60", timeout=0.3)), PLAIN)
    assert of_check(findings) == TOOL_CHECKS
    assert {(f.code, f.severity) for f in findings} == {("GM003", Severity.ERROR)}


def test_tools_that_say_nothing_are_not_believed(sample: Sample, tmp_path: Path) -> None:
    findings = run_checks(sample.context(tools=tools(tmp_path, "exit 0")), PLAIN)
    assert {f.code for f in findings} == {"GM301", "GM302", "GM502", "GM601", "GM801"}


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_no_success(sample: Sample, path: str) -> None:
    (sample.out / path).unlink()
    found = {(f.code, f.location.file) for f in run_checks(sample.context(), PLAIN)}
    assert ("GM502" if path == TESTS else "GM004", f"{sample.out.as_posix()}/{path}") in found


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_the_spec_does_not_render_is_no_success(sample: Sample, path: str) -> None:
    findings = run_checks(sample.context(without=path), PLAIN)
    assert any(
        f.code == ("GM502" if path == TESTS else "GM004") and f.location == Location("slo.yaml")
        for f in findings
    )


@pytest.mark.parametrize("path", FILES)
def test_a_folder_or_bytes_in_the_place_of_a_file_are_told(sample: Sample, path: str) -> None:
    (sample.out / path).write_bytes(b"\xff\xfe")
    assert any("is not UTF-8" in f.message for f in run_checks(sample.context(), PLAIN))
    (sample.out / path).unlink()
    (sample.out / path).mkdir()
    assert any("is not a file" in f.message for f in run_checks(sample.context(), PLAIN))


def test_a_file_missing_for_several_checks_is_told_once(sample: Sample) -> None:
    (sample.out / COMPOSE).unlink()
    twin = next(check for check in PLAIN if check.name == "compose-config")
    assert [f.code for f in run_checks(sample.context(), (*PLAIN, twin))] == ["GM004"]


def test_checks_run_at_the_same_time_and_the_order_is_fixed(sample: Sample) -> None:
    meeting = threading.Barrier(3, timeout=10)

    def check_of(name: str) -> Check:
        def run(context: CheckContext) -> Iterator[Finding]:
            meeting.wait()
            yield Finding("GM999", Severity.ERROR, Location(name), "m")

        return Check(name, "test", ("GM999",), run)

    findings = run_checks(sample.context(), [check_of(name) for name in "cab"])
    assert [f.location.file for f in findings] == ["a", "b", "c"]


def test_findings_before_a_crash_are_kept(sample: Sample, tmp_path: Path) -> None:
    (sample.out / "prometheus/rules/service.yml").unlink()
    (sample.out / "prometheus/prometheus.yml").write_bytes(b"\xff")
    found = run_checks(sample.context(tools=tools(tmp_path, "kill -KILL $$")), PLAIN[:1])
    assert [f.code for f in found] == ["GM004"]


def test_a_defect_of_a_check_is_not_hidden(sample: Sample) -> None:
    def run(context: CheckContext) -> Iterator[Finding]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_checks(sample.context(), [Check("bad", "test", (), run)])


def test_names_are_unique_and_no_check_takes_a_common_code() -> None:
    names = [check.name for check in (*CHECKS, *SPEC_CHECKS)]
    assert len(set(names)) == len(names)
    codes = [code for check in (*CHECKS, *SPEC_CHECKS) for code in check.codes]
    assert not set(codes) & set(COMMON_CODES)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_check_explains_itself(check: Check) -> None:
    assert importlib.import_module(check.run.__module__).__doc__
    assert check.run.__doc__
    assert all(page(code).title for code in check.codes)
