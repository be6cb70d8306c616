"""A fault in a generated rule turns its generated tests red, and the finding names alert and scenario."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml
from plan.specs import ROOT, Data, as_text

from genesis_monitoring.checks.rule_tests.run import check_rule_tests
from genesis_monitoring.commands.project import Inputs, load_project

from .rule_tree import RuleTree

STARTER = ROOT / "genesis_monitoring" / "commands" / "starter.yaml"
RULES, MISSING = "prometheus/rules/shop.yml", "prometheus/rules/shop.missing.yml"


@dataclass(frozen=True, slots=True)
class Fault:
    """``old`` becomes ``new`` in the rule of ``file`` that begins with ``rule``; ``seen`` scenarios fail."""

    name: str
    rule: str
    old: str
    new: str
    seen: tuple[str, ...]
    file: str = RULES

    def __str__(self) -> str:
        return self.name


EXACT = "the threshold fires: it is not good"
LATE, GONE, FAILS = "RequestLatencyHigh", "SLIDataMissing", "RequestErrorRateHigh"
FEW = "OrdersFew"
ALERT, ERRORS = "- alert: ", "- record: 'sli:request_error_rate:percent'"
ORDERS = "- record: 'sli:orders:per_second'"
TIMING = "fires after its time, not before, and resolves"
FAULTS = (
    Fault("threshold raised", ALERT + FAILS, ">= 1'", ">= 2'", (f"{FAILS}: a bad value fires",)),
    Fault(
        "threshold lowered", ALERT + FAILS, ">= 1'", ">= 0.4'", (f"{FAILS}: a good value is quiet",)
    ),
    Fault("boundary", ALERT + FAILS, ">= 1'", "> 1'", (f"{FAILS}: exactly on {EXACT}",)),
    Fault(
        "boundary of a level of its own",
        ALERT + LATE,
        "> 1000'",
        ">= 1000'",
        (f"{LATE}: exactly on the threshold is still quiet",),
    ),
    Fault(
        "comparison turned",
        ALERT + LATE,
        "> 1000'",
        "< 1000'",
        (f"{LATE}: a good value is quiet", f"{LATE}: a bad value fires", f"{LATE}: {TIMING}"),
    ),
    Fault("for a minute shorter", ALERT + LATE, "for: 5m", "for: 4m", (f"{LATE}: {TIMING}",)),
    Fault("for a minute longer", ALERT + FAILS, "for: 5m", "for: 6m", (f"{FAILS}: {TIMING}",)),
    Fault(
        "severity",
        ALERT + FAILS,
        "severity: P1",
        "severity: P2",
        (f"{FAILS}: {TIMING}", f"{FAILS}: a bad value fires"),
    ),
    Fault("annotation", ALERT + LATE, "Requests are", "Request is", (f"{LATE}: a bad value fires",)),
    Fault("window", ERRORS, "[30m]", "[1h]", (f"{FAILS}: too little traffic is no data, and quiet",)),
    Fault("sum", ERRORS, "sum(increase(", "count(increase(", (f"{FAILS}: a bad value fires",)),
    Fault("counter left out", ORDERS, '"__term__", "2"', '"__term__", "1"', (f"{FEW}: a bad value fires",)),
    Fault("slope for rate", ORDERS, "rate(", "deriv(", (f"{FEW}: a counter restart is quiet",)),
    Fault(
        "guard against little traffic",
        ERRORS,
        ">= 100",
        "> 0",
        (f"{FAILS}: too little traffic is no data, and quiet",),
    ),
    Fault(
        "absence is success",
        ALERT + FAILS,
        "sli:request_error_rate:percent >= 1",
        "(sli:request_error_rate:percent or vector(9)) >= 1",
        (f"{FAILS}: no series is no data, and quiet", f"{FAILS}: no traffic is no data, and quiet"),
    ),
    Fault(
        "absence of another metric",
        ALERT + GONE,
        "absent(",
        "count(",
        (
            f"{GONE}: fires for every SLI whose series are absent, after its time and not before",
            f"{GONE}: is quiet while the series are there, fires when they end, and resolves when they are "
            "back",
        ),
        MISSING,
    ),
)  # fmt: skip


def rounds() -> list[tuple[Fault, ...]]:
    """One fault at most in the tests of each alert: the alerts do not know of each other."""
    lanes: dict[str, list[Fault]] = {}
    for fault in FAULTS:
        lanes.setdefault(fault.seen[0].partition(":")[0], []).append(fault)
    return [tuple(one for one in faults if one) for faults in zip_longest(*lanes.values())]


def _with_orders(data: Data) -> Data:
    """The spec with a rate that is to be high, of two counters, and without the many rules of budgets."""
    del data["slis"]["requests_in_time"]
    del data["slis"]["request_error_rate"]["budget"]
    counter = {"type": "counter", "unit": "count", "help": "Orders", "job": "shop", "status": "exported"}
    data["metrics"] |= {"shop_orders_total": counter, "shop_reorders_total": counter}
    data["slis"]["orders"] = {
        "kind": "rate", "title": "Orders", "component": "shop", "unit": "per_second", "window": "5m",
        "counters": ["shop_orders_total", "shop_reorders_total"], "objective": {"good": ">", "target": 1},
    }  # fmt: skip
    alert = {**data["alerts"]["RequestErrorRateHigh"], "sli": "orders", "for": "1m"}
    data["alerts"][FEW] = {key: value for key, value in alert.items() if key != "panel"}
    return data


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> RuleTree:
    spec = tmp_path / "slo.yaml"
    spec.write_text(as_text(_with_orders(yaml.safe_load(STARTER.read_text("utf-8")))), "utf-8")
    project = load_project(Inputs(spec, None, None, None))
    for artifact in project.artifacts:
        if artifact.path.startswith("prometheus/"):
            (tmp_path / artifact.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / artifact.path).write_bytes(artifact.data)
    return RuleTree(tmp_path, project)


def test_without_a_fault_all_is_green(tree: RuleTree) -> None:
    assert tree.run(check_rule_tests) == []


@pytest.mark.parametrize("faults", rounds(), ids=lambda faults: ", ".join(map(str, faults)))
def test_a_fault_in_a_rule_is_seen_in_its_scenario(faults: tuple[Fault, ...], tree: RuleTree) -> None:
    for fault in faults:
        before, begin, rest = tree.text(fault.file).partition(fault.rule)
        own, end, after = rest.partition("\n      # from: ")
        assert fault.old in own, f"{fault.old} is not in {own}"
        text = before + begin + own.replace(fault.old, fault.new) + end + after
        (tree.out / fault.file).write_text(text, "utf-8")
    found = tree.run(check_rule_tests)
    assert {one.code for one in found} == {"GM501"}
    named = {match[1] for one in found if (match := re.search(r' in the test "(.*?)" at ', one.message))}
    for fault in faults:
        assert set(fault.seen) <= named, fault
    for one in found:
        line = tree.text(one.location.file.removeprefix(f"{tree.out}/")).splitlines()[one.location.line - 1]
        assert "- eval_time: " in line
        assert one.related, "it leads back to the spec"
