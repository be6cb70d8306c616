"""Modules of metric declarations against the catalogue, at the declaration that differs."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.prometheus.instrumentation import check_instrumentation as check

from .rule_tree import RuleTree, rule_tree, tree_of, without_plan

FILE = "instrumentation/warehouse_metrics.py"
BELT, PARCELS = "metrics.warehouse_belt_seconds", "metrics.warehouse_parcels_total"
MODULE = "prometheus.targets.warehouse"


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


def test_what_means_the_same_is_the_same(tree: RuleTree) -> None:
    tree.spoil(FILE, '"warehouse_parcels_total",', '"warehouse_parcels",')
    tree.spoil(FILE, "                60,\n", "                6e1,\n")
    tree.spoil(
        FILE, "        *,\n        from_: str,\n        class_: str,", "        *, class_: str, from_: str,"
    )
    tree.spoil(FILE, "Unit: seconds.", "in seconds")
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "words", "origin"),
    [
        (
            '"warehouse_belt_seconds",',
            '"warehouse_belt",',
            "warehouse_belt_seconds of warehouse is not",
            BELT,
        ),
        ('"warehouse_belt_seconds",', '"warehouse_belt",', "no metric warehouse_belt of", MODULE),
        ("seconds = Histogram(", "seconds = Gauge(", "type of warehouse_belt_seconds is Gauge", BELT),
        ("self.warehouse_belt_seconds =", "self.belt =", "attribute of warehouse_belt_seconds is belt", BELT),
        ("0.5,", "0.6,", "buckets of warehouse_belt_seconds are 0.6, 1, 60; the spec says 0.5, 1, 60", BELT),
        ("0.5,", "True or 0.5,", "is no declaration of a metric", MODULE),
        ('"belt",\n', '"bell",\n', "labels of warehouse_belt_seconds are bell; the spec says belt", BELT),
        ("            registry=registry,\n", "", "is not registered in the registry given", PARCELS),
        ("Parcels sent", "Parcels gone", "help of warehouse_parcels_total is 'Parcels gone'", PARCELS),
        ("    Gauge,\n", "", "Gauge of prometheus_client is not imported", MODULE),
        ("class Ware", "import os\nclass Ware", "import os is no declaration", MODULE),
        ("class WarehouseMetrics", "class Metrics", "classes are Metrics; wanted is WarehouseM", MODULE),
        ("class WarehouseMetrics:", "class WarehouseMetrics(dict):", "is no declaration", MODULE),
        ("CollectorRegistry = REGISTRY", "CollectorRegistry = CollectorRegistry()", "__init__", MODULE),
        ("from_,\n            class_,", "class_,\n            from_,", "does not pick a series of", PARCELS),
        ("def warehouse_belt_seconds_for", "def belt_for", "warehouse_belt_seconds_for is missing", BELT),
        ("def warehouse_belt_seconds_for", "def belt_for", "knows nothing of a method belt_for", MODULE),
        ("return self.", "print(1)\n        return self.", "is no declaration of a metric", MODULE),
    ],
)
def test_what_differs_is_told(tree: RuleTree, old: str, new: str, words: str, origin: str) -> None:
    tree.spoil(FILE, old, new)
    findings = tree.run(check)
    (finding,) = [finding for finding in findings if words in finding.message]
    assert {one.code for one in findings} == {"GM309"}
    assert finding.related == tree.spec_place(origin)


def test_a_metric_that_is_declared_twice(tree: RuleTree) -> None:
    lines = tree.text(FILE)
    first = lines.index("        # from: metrics.warehouse_parcels_total\n")
    after = lines.index("        # from: metrics.warehouse_belt_seconds\n")
    tree.spoil(FILE, lines[first:after], lines[first:after] * 2)
    (finding,) = tree.run(check)
    assert "warehouse_parcels_total is declared twice" in finding.message
    assert finding.location.line == tree.line(FILE, "self.warehouse_parcels_total = ", 2)


def test_what_is_not_python_was_not_checked(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "class Ware", "clas Ware")
    (finding,) = tree.run(check)
    assert (finding.code, finding.location.line) == ("GM004", line)


def test_nothing_is_run(tree: RuleTree, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    tree.spoil(FILE, "class Ware", f"open({str(trace)!r}, 'w')\nclass Ware")
    assert [finding.code for finding in tree.run(check)] == ["GM309"]
    assert not trace.exists()


def test_a_missing_module_and_a_missing_plan_are_told(tree: RuleTree) -> None:
    assert [finding.code for finding in check(without_plan(tree))] == ["GM004"]
    (tree.out / FILE).unlink()
    assert [finding.code for finding in tree.run(check)] == ["GM004"]


def test_without_targets_there_is_nothing_to_check(tmp_path: Path) -> None:
    def drop(data: dict[str, dict[str, object]]) -> None:
        data["metrics"] = {n: m for n, m in data["metrics"].items() if "warehouse" not in str(m)}
        del data["prometheus"]["targets"]

    assert tree_of(tmp_path / "spec", drop).run(check) == []
