"""The plan that every case is judged by."""

import pytest

from genesis_monitoring.plan.compile import Plan

from .history import load_plan


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan()
