"""A few of the cases, one a kind, on a real Prometheus; ``tests/live`` has them all. And their table."""

import os

import pytest
from scratch import REPOSITORY

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan

from .case_table import format_table
from .history import CASES
from .judging import FEW, assert_as_wanted, judge_case

TABLE = REPOSITORY / "docs" / "verdict-cases.md"


@pytest.mark.parametrize("index", range(len(FEW)), ids=[case.name for case in FEW])
def test_case(index: int, server: Server, plan: Plan) -> None:
    verdict, again = judge_case(server.url, FEW[index], index, plan)
    assert_as_wanted(verdict, FEW[index])
    assert again == verdict


def test_the_table_of_cases_is_current() -> None:
    """``GENESIS_MON_REWRITE=1`` writes it."""
    table = format_table(CASES)
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the table is not rewritten in CI"
        TABLE.write_text(table)
    assert TABLE.read_text() == table


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({(case.edits, case.at) for case in CASES}) == len(CASES)
    assert {case.verdict for case in CASES} == {"GO", "NO-GO", "HOLD"}
