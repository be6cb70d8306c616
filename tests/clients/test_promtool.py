"""How files are spread over processes of promtool."""

import os
from pathlib import Path

import pytest

from genesis_monitoring.clients.process import ToolMissing, ToolTimedOut
from genesis_monitoring.clients.promtool import Promtool


def fake(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_each_file_is_tested_once_in_a_few_processes_a_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    tool = Promtool(fake(tmp_path / "tool", 'echo "$@"'))
    names = [f"{number}.yml" for number in range(19)]
    runs = tool.test_rules(tmp_path, names)
    words = [run.stdout.split() for run in runs]
    assert [word[:2] for word in words] == [["test", "rules"]] * 8
    assert sorted(name for word in words for name in word[2:]) == sorted(names)


def test_rules_are_checked_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    tool = Promtool(fake(tmp_path / "tool", "echo $#"))
    assert [run.stdout for run in tool.check_rules(tmp_path, ["x"] * 19)] == ["23\n"]


def test_batches_run_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    meet = 'touch "$3.here"; while [ ! -e 0.here ] || [ ! -e 1.here ]; do sleep 0.01; done'
    runs = Promtool(fake(tmp_path / "tool", meet), timeout=10).test_rules(tmp_path, ["0", "1"])
    assert [run.exit_code for run in runs] == [0, 0]


def test_long_lists_do_not_make_long_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    runs = Promtool(fake(tmp_path / "tool", "echo $#")).check_rules(tmp_path, ["x"] * 2600)
    assert len(runs) == 6
    assert sum(int(run.stdout) - 4 for run in runs) == 2600


def test_one_batch_that_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    tool = fake(tmp_path / "tool", '[ "$3" = 1 ] && sleep 60; true')
    with pytest.raises(ToolTimedOut):
        Promtool(tool, timeout=0.5).test_rules(tmp_path, ["0", "1"])


def test_lint_is_fatal_in_the_real_tool(tmp_path: Path) -> None:
    twice = "      - {record: a:b, expr: up}\n" * 2
    (tmp_path / "r.yml").write_text(f"groups:\n  - name: g\n    rules:\n{twice}")
    (run,) = Promtool().check_rules(tmp_path, ["r.yml"])
    assert run.exit_code == 3
    assert "duplicate rule" in run.stdout


def test_a_missing_tool_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        Promtool(str(tmp_path / "no")).check_config(tmp_path, "prometheus.yml")
