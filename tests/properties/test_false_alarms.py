"""No false alarms: a valid spec, whatever it says, has a tree that is clean by every check and every tool.

Each batch draws its own specs, so a failure names a batch that can be run alone.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from plan.specs import Data, as_text

from .strategies import specs

BATCHES, BATCH = 20, 10
"""200 specs."""

pytestmark = pytest.mark.live


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_valid_spec_has_a_clean_tree(batch: int) -> None:
    seen: set[str] = set()

    @seed(batch)
    @settings(
        deadline=None,
        database=None,
        max_examples=BATCH,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(specs(least=2, most=5))
    def check(data: Data) -> None:
        seen.add(as_text(data))
        with tempfile.TemporaryDirectory(prefix="genesis-mon-specs-") as name:
            folder = Path(name)
            (folder / "results").mkdir()
            (folder / "slo.yaml").write_text(as_text(data), "utf-8")
            command(folder, "render")
            findings = json.loads(command(folder, "validate", "--strict", "--format", "json"))["findings"]
            assert alarms(findings) == []

    check()
    assert len(seen) == BATCH


def command(folder: Path, *arguments: str) -> str:
    """What the command prints; it has to succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "genesis_monitoring", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def alarms(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All but notes."""
    return [finding for finding in findings if finding["severity"] != "info"]
