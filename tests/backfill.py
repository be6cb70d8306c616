"""A real Prometheus with a past of our making: series in, a running server out."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from genesis_monitoring.clients.process import run_tool
from genesis_monitoring.clients.server import LISTEN, Server, serve
from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool

BLOCK_SECONDS = 54 * 3600
"""Blocks begin at multiples of this; a rollout of 48 h fits into one."""

CONFIG = """\
global: {evaluation_interval: 1s}
rule_files: ['rules/*.yml']
"""

_AS_STORED = ("--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h")
"""Blocks are left as they are. To make larger ones of them takes longer than all questions to them."""

Points = Sequence[tuple[float, float | str]]


def exposition(series: Iterable[tuple[str, Points]]) -> str:
    """OpenMetrics text of series such as ``up{job="x"}``, each with its times and values."""
    lines = [f"{name} {value} {time:.3f}" for name, points in series for time, value in points]
    return "\n".join((*lines, "# EOF", ""))


def store(data: Path, text: str, scratch: Path) -> None:
    """Write ``text`` as blocks into ``data``."""
    file = scratch / "series.txt"
    file.write_text(text)
    command = ("tsdb", "create-blocks-from", "--max-block-duration=60h", "openmetrics", str(file), str(data))
    run = run_tool((*find_tool(PROMTOOL).argv, *command), cwd=scratch, timeout=300, merged=True)
    assert run.exit_code == 0, run.stdout
    file.unlink()


@contextlib.contextmanager
def running(data: Path, scratch: Path, config: str = CONFIG, *more: str) -> Iterator[Server]:
    """Prometheus on ``data``, which keeps everything. ``scratch`` holds its configuration and ``rules/``."""
    (scratch / "prometheus.yml").write_text(config)
    argv = (
        *find_tool(PROMETHEUS).argv,
        f"--config.file={scratch / 'prometheus.yml'}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={LISTEN}",
        *(more or ("--storage.tsdb.retention.time=20y", *_AS_STORED)),
    )
    with serve("prometheus", argv, cwd=scratch, scratch=scratch, timeout=600) as server:
        yield server
