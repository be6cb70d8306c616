"""What a tool writes just before it ends is read, however late we look."""

import selectors
import time
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.clients.process import run_tool

SCRIPT = "until [ -e go ]; do sleep 0.01; done; echo late"


def test_output_that_comes_between_a_look_and_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(selectors.DefaultSelector):
        """Sees nothing at its first look, during which the tool writes and ends."""

        def select(self, timeout: float | None = None) -> list[Any]:
            if not (tmp_path / "go").exists():
                (tmp_path / "go").touch()
                time.sleep(0.5)
                return []
            return super().select(timeout)

    monkeypatch.setattr(selectors, "DefaultSelector", Late)
    assert run_tool(("/bin/sh", "-c", SCRIPT), cwd=tmp_path, timeout=10).stdout == "late\n"
