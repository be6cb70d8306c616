"""What a spec may say is taken by the field's own tools: Compose, promtool, amtool, and running servers.

Each case of ``accepted.cases`` is rendered and validated; servers run with the arguments of the Compose file.
"""

from pathlib import Path

import pytest
from cases.reading import Case, load_cases
from cli.sandbox import run

pytestmark = pytest.mark.live
CHECKS = (
    *("conformance", "compose-config", "compose-security", "mounts"),
    *("prometheus-config", "prometheus-rules", "prometheus-live"),
    *("alertmanager-config", "alertmanager-live"),
)
"""All that ask a tool or a server, but for rule tests, which are slow and proven elsewhere."""


OF_REFERENCES = frozenset({"an expression of two metrics, grouped by a label that one has"})
"""Accepted as far as names go; that its expression gives no such label is told by ``render``."""
CASES = [case for case in load_cases("accepted.cases") if case.name not in OF_REFERENCES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_accepted_is_taken_by_the_tools(case: Case, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(case.text, "utf-8")
    assert run("genesis-mon render", tmp_path).code == 0
    only = " ".join(f"--only {check}" for check in CHECKS)
    done = run(f"genesis-mon validate {only} --format json", tmp_path)
    assert done.code == 0, done.stdout
