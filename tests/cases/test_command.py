"""Broken specs through the real command: findings with places, an exit code, and nothing written."""

import os
from pathlib import Path

import pytest
from cli.sandbox import Answer, execute

from .reading import BASE, Case, case_files, load_cases

CASES = [
    pytest.param(case, id=f"{file.removesuffix('.cases')}: {case.name}")
    for file in case_files()
    if file not in ("lint.cases", "panel-ids.cases")
    for case in load_cases(file)[:3]
    if case.found
]


def run(*args: str, cwd: Path) -> Answer:
    return execute([("genesis-mon", *args)], cwd, os.environ)


@pytest.mark.parametrize("case", CASES)
def test_render_tells_every_mistake_and_writes_nothing(case: Case, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(case.text, "utf-8")
    done = run("render", "--spec", "slo.yaml", cwd=tmp_path)
    said = done.stdout + done.stderr
    assert done.code == 1
    assert "Traceback" not in said
    for code, line, column in case.found:
        assert f"slo.yaml:{line}:{column}: error {code}" in said
    assert [path.name for path in tmp_path.iterdir()] == ["slo.yaml"]


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_render_without_a_file_is_a_wrong_call(kind: str, tmp_path: Path) -> None:
    if kind == "folder":
        (tmp_path / "slo.yaml").mkdir()
    done = run("render", "--spec", "slo.yaml", cwd=tmp_path)
    assert done.code == 2
    assert "slo.yaml: error GM101" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_panel_that_moved_stops_render(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(BASE, "utf-8")
    assert run("render", cwd=tmp_path).code == 0
    (case,) = (one for one in load_cases("panel-ids.cases") if one.name == "two panels change places")
    (tmp_path / "slo.yaml").write_text(case.text, "utf-8")
    before = (tmp_path / "generated/grafana/dashboards/shop.json").read_bytes()
    done = run("render", cwd=tmp_path)
    assert done.code == 1
    for code, line, column in case.found:
        assert f"slo.yaml:{line}:{column}: error {code}" in done.stdout + done.stderr
    assert (tmp_path / "generated/grafana/dashboards/shop.json").read_bytes() == before
