"""A budget's chain of rules is tested on its own where earlier traffic could keep its fastest tier quiet."""

import pytest
from scratch import REPOSITORY

from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import parse_spec

STARTER = (REPOSITORY / "genesis_monitoring" / "commands" / "starter.yaml").read_text("utf-8")
CASE = "shop-requests-in-time: everything bad fires"


@pytest.mark.parametrize(("objective", "alone"), [("94", True), ("99.9", False)])
def test_what_could_thin_the_errors_is_not_before_them(objective: str, alone: bool) -> None:
    text = STARTER.replace("budget: {objective: 95,", f"budget: {{objective: {objective},")
    assert text != STARTER
    spec = parse_spec(text, "slo.yaml").spec
    plan = compile_plan(spec, spec.profile_in_force)
    tests = [test for file in plan.rule_tests for test in file.tests]
    (found,) = [test for test in tests if any(check.case == CASE for check in test.exprs)]
    cases = [check.case for check in found.exprs] + [check.case for check in found.alerts]
    slos = {case.partition(":")[0] for case in cases}
    assert (slos == {"shop-requests-in-time"}) == alone
