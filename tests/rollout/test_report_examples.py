"""The reports in ``docs/examples/`` are what the code makes of their cases."""

import os
import re
from pathlib import Path

import pytest
from scratch import REPOSITORY

from genesis_monitoring.plan.compile import Plan

from .examples import EXAMPLES, FOLDER, PLANNED, chart_of, report_of
from .history import Case

_LARGEST = 1_500_000
_IN_README = {
    "healthy": ("path-cost_reduction",),
    "failed": ("path-cost_reduction",),
}


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case.name)
@pytest.mark.parametrize(("format_", "ending"), [("html", "html"), ("markdown", "md")])
def test_the_example_is_current(case: Case, format_: str, ending: str, plan: Plan, tmp_path: Path) -> None:
    """``make examples`` writes it."""
    text = report_of(case, plan, tmp_path, format_)
    _expect(FOLDER / f"{case.name}.{ending}", text)
    assert len(text.encode()) < _LARGEST
    assert case.verdict in text.split("Window")[0]
    if format_ == "html":
        shown = (REPOSITORY / "README.md").read_text()
        for slug in _IN_README[case.name]:
            image = FOLDER / f"{case.name}-{slug}.svg"
            _expect(image, chart_of(text, slug))
            assert f"({image.relative_to(REPOSITORY)})" in shown


def test_an_episode_has_one_length_everywhere(plan: Plan, tmp_path: Path) -> None:
    """In reasons, time line and the list of all: an alert of 150 minutes was said to last 149, too."""
    text = report_of(next(case for case in EXAMPLES if case.name == "failed"), plan, tmp_path, "markdown")
    spans = {"CostReductionTargetMissed": "2 hours 30 minutes", "VectorDBServiceDown": "7 minutes"}
    for alert, span in spans.items():
        in_reasons = re.findall(rf"{alert} \([a-z-]+\) for ([^;|]*?) from", text)
        rows = [line for line in text.splitlines() if line.startswith("|") and f"{alert} (" in line]
        in_tables = [row for row in rows if "ledger line" not in row]
        assert in_reasons
        assert set(in_reasons) == {span}
        assert len(in_tables) >= 3
        assert all(span in line for line in in_tables), in_tables


def test_planned_is_told_apart_from_missing(plan: Plan, tmp_path: Path) -> None:
    """At the top in a line; alerts that could not fire are none that did not."""
    text = report_of(PLANNED, plan, tmp_path, "markdown")
    assert plan.planned.line
    assert f"**{plan.planned.line}**" in text.split("## In numbers")[0]
    numbers = text.split("## In numbers")[1].split("## Why")[0]
    assert "| Retrieval latency P95 | planned | ○ not exposed yet |" in numbers
    assert "| CPU usage | no data | ? nothing recorded |" in numbers
    assert "| ◆ P0 | 0 | none fired | ○ 1 alert planned, and blind |" in numbers
    healthy = report_of(EXAMPLES[0], plan, tmp_path, "markdown")
    assert "planned" not in healthy.split("## What to do next")[0]


def _expect(path: Path, text: str) -> None:
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the examples are not rewritten in CI"
        path.write_text(text)
    assert path.read_text() == text, "make examples"
