"""What is generated, by the tools of today: newer ones than Debian has, and vmalert."""

from pathlib import Path

import pytest
from plan.specs import compiled, every_kind, genesis, rendered, write
from plan.tools import names

from bench.synthetic import Slo, budget_spec
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.spec.load import parse_spec

from .installed import ran

pytestmark = [pytest.mark.peers, pytest.mark.timeout(1800)]


def _two_slos() -> Plan:
    spec = parse_spec(
        budget_spec([Slo("availability", 99.9), Slo("answers", 99, by="route")]), "slo.yaml"
    ).spec
    return compile_plan(spec, spec.profile_in_force)


@pytest.mark.parametrize("spec", ["genesis", "every kind", "two SLOs"])
def test_tools_of_today_take_what_is_generated(spec: str, tmp_path: Path) -> None:
    plan = _two_slos() if spec == "two SLOs" else compiled(genesis() if spec == "genesis" else every_kind())
    tree = write(rendered(plan), tmp_path)
    rules, tests = names(tree, "prometheus/rules"), names(tree, "prometheus/tests")
    ran("promtool", "check", "config", "prometheus/prometheus.yml", cwd=tree)
    ran("promtool", "check", "rules", "--lint=all", "--lint-fatal", *rules, cwd=tree)
    ran("amtool", "check-config", "alertmanager/alertmanager.yml", cwd=tree)
    assert ran("promtool", "test", "rules", *tests, cwd=tree).count("SUCCESS") == len(tests) > 0
    ran("vmalert", "-dryRun", *(f"-rule={name}" for name in rules), cwd=tree)
