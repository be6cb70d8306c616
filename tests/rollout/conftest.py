"""What the tests of a rollout share: the plan that every case is judged by, and a server that has a few."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.once import ReadOnce
from cli.sandbox import run

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.window import format_iso

from .history import load_plan, load_spec_text, window_of
from .judging import FEW, prometheus_with

ReadOnce().install()


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan()


def sign(folder: Path, server: Server, start: str, *more: str, by: str = "Hudson") -> None:
    """A name on each checkpoint that needs one."""
    for index in ("28", "55"):
        line = f"{index} --sign-off {by} --start {start} --prometheus {server.url} {' '.join(more)}"
        answer = run(f"genesis-mon rollout checkpoint {line} --alertmanager {server.url}", folder)
        assert "signed off by" in answer.stdout, answer.stderr


@pytest.fixture(scope="session")
def server(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Has the history of each case in ``FEW``, by its place."""
    with prometheus_with(FEW, plan, tmp_path_factory.mktemp("few")) as running:
        yield running


@pytest.fixture(scope="session")
def records(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec, evidence of some of the rollouts, and a ledger.

    ``healthy`` is a GO, as the ledger attests the rest, ``hole`` a HOLD. ``retrieval-slow`` is a NO-GO after
    20 of 48 hours, and ``underway`` still open.
    """
    folder = tmp_path_factory.mktemp("records")
    (folder / "slo.yaml").write_text(load_spec_text())
    for index, case in enumerate(FEW):
        if case.name not in ("healthy", "hole", "retrieval-slow", "underway"):
            continue
        start = format_iso(window_of(index).start)
        if case.name == "healthy":
            sign(folder, server, start)
            said = "attest memory_compression --by Ann --evidence 'run 12'"
            assert run(f"genesis-mon rollout {said} --start {start}", folder).code == 0
        at = window_of(index).start + (20 * 3600 if case.name == "retrieval-slow" else case.at)
        line = f"--start {start} --at {format_iso(at)} --record {case.name}.json.gz"
        done = run(f"genesis-mon rollout verdict --prometheus {server.url} {line}", folder)
        assert done.code == {"healthy": 0, "retrieval-slow": 1}.get(case.name, 4), done.stderr
    return folder
