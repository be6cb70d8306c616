"""Panel ids against the dashboards that are already committed: GM123, and GM124 where they cannot be read."""

from pathlib import Path

import pytest
from scratch import REPOSITORY

from genesis_monitoring.checks.dashboards.panel_history import check_panel_history
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import parse_spec

from .reading import BASE, Case, load_cases

DASHBOARD = Path("grafana/dashboards/shop.json")
CASES = [pytest.param(case, id=case.name) for case in load_cases("panel-ids.cases")]


def compared(text: str, out: Path) -> tuple[Finding, ...]:
    loaded = parse_spec(text, "slo.yaml")
    return check_panel_history(out, compile_plan(loaded.spec, "rollout"), loaded.source)


@pytest.fixture(name="committed", scope="module")
def _committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dashboards of the base, as committed."""
    out = tmp_path_factory.mktemp("generated")
    plan = compile_plan(parse_spec(BASE, "slo.yaml").spec, "rollout")
    for artifact in render_plan(plan, Templates(default_folder())):
        if artifact.path == str(DASHBOARD):
            (out / DASHBOARD).parent.mkdir(parents=True)
            (out / DASHBOARD).write_text(artifact.text, "utf-8")
    return out


def test_the_same_dashboard_is_accepted(committed: Path) -> None:
    assert compared(BASE, committed) == ()


def test_a_title_that_grafana_would_take_for_a_template_is_the_same_title(tmp_path: Path) -> None:
    text = BASE.replace("title: Latency\n", "title: Latency ${HOME} <b>\n")
    assert text != BASE
    plan = compile_plan(parse_spec(text, "slo.yaml").spec, "rollout")
    (tmp_path / DASHBOARD).parent.mkdir(parents=True)
    for artifact in render_plan(plan, Templates(default_folder())):
        if artifact.path == str(DASHBOARD):
            (tmp_path / DASHBOARD).write_text(artifact.text, "utf-8")
    assert compared(text, tmp_path) == ()


@pytest.mark.parametrize("case", CASES)
def test_a_change_of_ids_gives_what_is_marked(case: Case, committed: Path) -> None:
    findings = compared(case.text, committed)
    found = sorted((f.code, f.location.line, f.location.column) for f in findings)
    assert found == list(case.found), findings
    said = "\n".join(f"{f.message}\n{f.hint}" for f in findings)
    for words in case.says:
        assert words in said


def test_ids_in_a_collapsed_row_are_looked_at_too(tmp_path: Path) -> None:
    text = BASE.replace("        title: Customers\n", "        title: Customers\n        collapsed: true\n")
    assert text != BASE
    plan = compile_plan(parse_spec(text, "slo.yaml").spec, "rollout")
    (tmp_path / DASHBOARD).parent.mkdir(parents=True)
    for artifact in render_plan(plan, Templates(default_folder())):
        if artifact.path == str(DASHBOARD):
            (tmp_path / DASHBOARD).write_text(artifact.text, "utf-8")
    assert compared(text, tmp_path) == ()
    assert [one.code for one in compared(text.replace("id: 11", "id: 999"), tmp_path)] == ["GM123"]


def test_a_panel_of_its_own_accord_may_get_another_title(tmp_path: Path) -> None:
    """Nowhere in the spec could be said that it is meant, and its id says whose panel it is."""
    text = (REPOSITORY / "docs/examples/service/slo.yaml").read_text()
    plan = compile_plan(parse_spec(text, "slo.yaml").spec, "steady-state")
    (tmp_path / DASHBOARD).parent.mkdir(parents=True)
    for artifact in render_plan(plan, Templates(default_folder())):
        if artifact.path == str(DASHBOARD):
            (tmp_path / DASHBOARD).write_text(artifact.text, "utf-8")
    loaded = parse_spec(text.replace("kind: latency\n", "kind: latency\n    title: Slow\n"), "slo.yaml")
    assert "Slow" in [panel.title for panel in loaded.spec.dashboards["shop"].rows[0].panels]
    assert check_panel_history(tmp_path, compile_plan(loaded.spec, "steady-state"), loaded.source) == ()


def test_without_a_committed_dashboard_any_id_will_do(tmp_path: Path) -> None:
    assert compared(BASE.replace("id: 11", "id: 999"), tmp_path) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"panels": [1]}',
        b'{"panels": [{}]}',
        b'{"panels": {}}',
        b'{"panels": "none"}',
        b'{"panels": null}',
        pytest.param(b"[" * 100_000, id="nested too deep"),
    ],
)
def test_a_dashboard_that_cannot_be_read_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / DASHBOARD
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    (finding,) = compared(BASE, tmp_path)
    assert (finding.code, finding.severity) == ("GM124", Severity.WARNING)
    assert finding.location.file == str(file)


def test_a_folder_in_place_of_a_dashboard_is_told(tmp_path: Path) -> None:
    (tmp_path / DASHBOARD).mkdir(parents=True)
    assert [finding.code for finding in compared(BASE, tmp_path)] == ["GM124"]
