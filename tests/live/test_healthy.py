"""In the healthy scenario all is well: no SLI is beyond a level or without a value."""

from pathlib import Path

import pytest

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.stack.played import play
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.stack.values import records_query, values_of

pytestmark = pytest.mark.live
ROOT = Path(__file__).parent.parent.parent
SPECS = {"rollout": ROOT / "slo.yaml", "shop": ROOT / "docs/examples/shop/slo.yaml"}


@pytest.mark.parametrize("name", SPECS)
def test_all_is_well(name: str) -> None:
    plan = load_project(Inputs(SPECS[name], None, None, None)).plan
    with play(plan, load_scenario("healthy"), 3600) as played:
        found = values_of(plan, played.reader.instant(records_query(plan), played.end).series)
    assert {one.sli: (one.value, one.level) for one in found if one.level not in ("good", "no level")} == {}
