"""The reports in ``docs/examples/`` are what the code makes of their cases."""

import os
from pathlib import Path

import pytest

from genesis_monitoring.plan.compile import Plan

from .examples import EXAMPLES, FOLDER, report_of
from .history import Case

_LARGEST = 1_500_000


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case.name)
@pytest.mark.parametrize(("format_", "ending"), [("html", "html"), ("markdown", "md")])
def test_the_example_is_current(case: Case, format_: str, ending: str, plan: Plan, tmp_path: Path) -> None:
    """``make examples`` writes it."""
    text = report_of(case, plan, tmp_path, format_)
    path = FOLDER / f"{case.name}.{ending}"
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the examples are not rewritten in CI"
        path.write_text(text)
    assert path.read_text() == text, "make examples"
    assert len(text.encode()) < _LARGEST
    assert case.verdict in text.split("Window")[0]
