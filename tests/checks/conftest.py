"""The good tree, fresh for each test."""

from pathlib import Path

import pytest

from .sample import Sample, write_sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return write_sample(tmp_path / "generated")
