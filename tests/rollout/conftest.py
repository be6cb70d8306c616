"""What the tests of a rollout share: the plan that every case is judged by, and a server that has a few."""

from collections.abc import Iterator

import pytest

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan

from .history import load_plan
from .judging import FEW, prometheus_with


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan()


@pytest.fixture(scope="session")
def server(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Has the history of each case in ``FEW``, by its place."""
    with prometheus_with(FEW, plan, tmp_path_factory.mktemp("few")) as running:
        yield running
