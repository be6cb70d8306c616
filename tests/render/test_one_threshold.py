"""One threshold changed in ``slo.yaml``: what ``render --diff`` shows, and that it is nothing else."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan.specs import GENESIS, genesis_plan

from .command import genesis_mon, tree_of
from .dashboards import every_panel

DASHBOARD = "grafana/dashboards/phase5-rollout.json"


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` becomes ``new`` in the SLI ``sli``; ``alert`` stands on it and ``panels`` draw or name it."""

    sli: str
    old: str
    new: str
    component: str
    alert: str | None
    panels: frozenset[int]
    fires_elsewhere: bool = True
    """Whether the alert itself changes, not only what its runbook says."""

    def __str__(self) -> str:
        return f"{self.sli}: {self.old} → {self.new}"

    @property
    def files(self) -> set[str]:
        files = {DASHBOARD} if self.panels else set()
        if self.alert:
            files.add(f"docs/runbooks/{self.alert}.md")
        if self.alert and self.fires_elsewhere:
            files |= {f"prometheus/rules/{self.component}.yml", *self.tests}
        return files

    @property
    def tests(self) -> set[str]:
        """The files in which the alert is tested: its length of time and its values may be sampled apart."""
        return {
            file.path
            for file in genesis_plan().rule_tests
            for test in file.tests
            if any(check.alert == self.alert for check in test.alerts)
        }


def change(
    sli: str, old: str, new: str, component: str, alert: str | None, *panels: int, fires: bool = True
) -> Change:
    return Change(sli, old, new, component, alert, frozenset(panels), fires)


CHANGES = (
    change("rag_latency_p95", "target: 100", "target: 150", "hybrid-rag", "HybridRAGLatencyHigh", 10, 123),
    change(
        *("rag_latency_p95", "no_go: 200", "no_go: 300", "hybrid-rag", "HybridRAGLatencyHigh", 10, 123),
        fires=False,
    ),
    change("rag_accuracy_top3", "target: 90", "target: 91.5", "hybrid-rag", "HybridRAGAccuracyLow", 13),
    change(
        "cost_reduction", "alert: 75", "alert: 78", "cost", "CostReductionTargetMissed", 21, 101, 121, 122
    ),
    change("cost_reduction", "target: 80", "target: 82", "cost", "CostReductionTargetMissed", 21, 101, 122),
    change("memory_usage", "alert: 85", "alert: 87", "system", "MemoryUsageHigh", 30),
    change("test_pass_rate", "target: 98", "target: 99", "test-suite", "TestPassRateLow", 1, 33, 101, 121),
    change("request_error_rate", "target: 0.1", "target: 0.2", "system", "SystemErrorRateHigh", 3, 101, 121),
    change(
        "memory_storage_cost_trend", "target: 1", "target: 2.5", "cost", "MemoryStorageCostTrendingUp", 113
    ),
    change("htdag_latency_p95", "target: 150", "target: 200", "system", None, 117),
)


def changed_spec(one: Change) -> str:
    head, mark, rest = GENESIS.read_text("utf-8").partition(f"\n  {one.sli}:\n")
    assert mark, f"{one.sli} is not in the spec"
    body, objective, after = rest.partition("objective: {")
    assert "\n  " not in body.replace("\n    ", ""), f"{one.sli} has no objective"
    line, newline, tail = after.partition("\n")
    assert f"{one.old}," in line.replace("}", ","), line
    return head + mark + body + objective + line.replace(one.old, one.new, 1) + newline + tail


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unchanged")
    (folder / "slo.yaml").write_bytes(GENESIS.read_bytes())
    genesis_mon("render", cwd=folder)
    return folder


@pytest.mark.parametrize("one", CHANGES, ids=str)
def test_one_threshold_changes_its_alert_panels_tests_and_runbook_and_nothing_else(
    one: Change, unchanged: Path, tmp_path: Path
) -> None:
    shutil.copytree(unchanged, tmp_path, dirs_exist_ok=True)
    spec = tmp_path / "slo.yaml"
    spec.write_text(changed_spec(one), "utf-8")
    before = tree_of(tmp_path / "generated")
    diff = genesis_mon("render", "--diff", cwd=tmp_path)
    assert tree_of(tmp_path / "generated") == before
    shown = {line[6:] for line in diff.splitlines() if line.startswith("+++ b/")} - {"manifest.json"}
    assert shown == one.files

    genesis_mon("render", cwd=tmp_path)
    after = tree_of(tmp_path / "generated")
    assert {path for path in before if before[path] != after[path]} - {"manifest.json"} == one.files
    _only_the_alert(one, before, after)
    _only_the_panels(one, before, after)
    _the_diff_shows_the_new_number(one, diff)


def _only_the_alert(one: Change, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    if not one.alert or not one.fires_elsewhere:
        return
    path = f"prometheus/rules/{one.component}.yml"
    old, new = (yaml.safe_load(tree[path])["groups"][0]["rules"] for tree in (before, after))
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert [b["alert"] for _, b in differing] == [one.alert]
    assert set(_changes(*differing[0])) <= {"expr", "annotations.description", "annotations.measured"}
    for path in one.tests:
        old, new = (yaml.safe_load(tree[path]) for tree in (before, after))
        last = {where.rpartition(".")[2] for where in _changes(old, new)}
        assert last <= {"series", "values", "description", "measured", "value", "exp_alerts"}


_FOLLOWS = (
    *("description", "options.content", "targets"),
    *(f"fieldConfig.defaults.{key}" for key in ("thresholds.steps", "min", "max", "custom.axisSoft")),
    "fieldConfig.overrides",
)
"""What of a panel a level is in."""


def _only_the_panels(one: Change, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    old, new = (json.loads(tree[DASHBOARD]) for tree in (before, after))
    assert {key for key in new if old[key] != new[key]} <= {"panels"}
    pairs = list(zip(map(_bare, every_panel(old)), map(_bare, every_panel(new)), strict=True))
    assert {b["id"] for a, b in pairs if a != b} == one.panels
    for a, b in pairs:
        for where in _changes(a, b):
            assert where.startswith(_FOLLOWS), where


def _the_diff_shows_the_new_number(one: Change, diff: str) -> None:
    number = one.new.partition(": ")[2]
    added = [line for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    removed = [line for line in diff.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert any(number in line for line in added)
    assert removed


def _bare(panel: dict[str, Any]) -> dict[str, Any]:
    """Without the panels of a folded row, which are looked at by themselves."""
    return {key: value for key, value in panel.items() if key != "panels"}


def _changes(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """The dotted places of what differs; a list of another length is one place."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from _changes(old[key], new[key], f"{where}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _changes(
                one, other, f"{where}.{index}" if isinstance(one, dict) and "color" in one else where
            )
    elif old != new:
        yield where
