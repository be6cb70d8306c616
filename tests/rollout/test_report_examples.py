"""The reports in ``docs/examples/`` are what the code makes of their cases."""

import os
from pathlib import Path

import pytest
from scratch import REPOSITORY

from genesis_monitoring.plan.compile import Plan

from .examples import EXAMPLES, FOLDER, chart_of, report_of
from .history import Case

_LARGEST = 1_500_000
_IN_README = {
    "healthy": ("sli-rag_latency_p95", "path-cost_reduction"),
    "failed": ("sli-cost_reduction", "alerts-timeline"),
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


def _expect(path: Path, text: str) -> None:
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the examples are not rewritten in CI"
        path.write_text(text)
    assert path.read_text() == text, "make examples"
