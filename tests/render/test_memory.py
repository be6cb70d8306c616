"""A spec of many SLIs is rendered in little more memory than its text takes."""

import gc
import tracemalloc
from pathlib import Path

from bench.synthetic import synthetic_spec
from genesis_monitoring.commands.project import Inputs, load_project


def held(size: int, folder: Path) -> tuple[int, int]:
    """Bytes held for a project of ``size`` SLIs that can be written, and the bytes that would be."""
    spec = folder / f"{size}.yaml"
    spec.write_text(synthetic_spec(size), "utf-8")
    gc.collect()
    tracemalloc.start()
    try:
        project = load_project(Inputs(spec, None, None, None))
        gc.collect()
        memory, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return memory, sum(len(artifact.data) for artifact in project.artifacts)


def test_what_is_held_for_an_sli_is_less_than_twice_its_files(tmp_path: Path) -> None:
    held(10, tmp_path)
    few, many = held(10, tmp_path), held(40, tmp_path)
    assert many[0] - few[0] < 2 * (many[1] - few[1])
