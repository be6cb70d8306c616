"""Every case of ``tests/rollout/cases.yaml`` on a real Prometheus, and judged again from its record."""

from collections.abc import Iterator

import pytest
from rollout.history import CASES, load_plan
from rollout.judging import assert_as_wanted, judge_case, prometheus_with

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


@pytest.fixture(scope="module")
def server(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with prometheus_with(CASES, plan, tmp_path_factory.mktemp("all")) as running:
        yield running


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case.name for case in CASES])
def test_case(index: int, server: Server, plan: Plan) -> None:
    verdict, again = judge_case(server.url, CASES[index], index, plan)
    assert_as_wanted(verdict, CASES[index])
    assert again == verdict
