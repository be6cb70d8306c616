"""The generated file in a real Alertmanager: what the file says is what it does."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.alertmanager.live import check_alertmanager_live as check
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG as FILE
from genesis_monitoring.findings import Severity

from .rule_tree import RuleTree, rule_tree, tree_of


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


def test_a_wrong_receiver_is_told_as_the_static_check_tells_it(tree: RuleTree) -> None:
    tree.spoil(FILE, "    - receiver: chat", "    - receiver: pager", nth=2)
    finding = tree.one(check, "GM602")
    assert "sent to pager by Alertmanager; the spec says chat" in finding.message
    assert (finding.location,) == tree.spec_place("severities.P2")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("[component, sli]", "grouped by component, sli; the spec says component"),
        ("[x]", "grouped by nothing"),
    ],
)
def test_other_groups(tree: RuleTree, new: str, words: str) -> None:
    tree.spoil(FILE, "group_by: [component]", f"group_by: {new}")
    finding = tree.one(check, "GM612")
    assert words in finding.message
    assert (finding.location,) == tree.spec_place("severities.P2")


@pytest.mark.parametrize(
    ("old", "new", "words", "rule"),
    [
        ("[team, component]", "[team, compnent]", "with another component falls silent and should not", 1),
        ("[team, component]", "[team, component, sli]", "RequestsFail, RequestsSlow should fall silent", 1),
        ("RequestsFail|", "", "RequestsFail should fall silent and does not", 1),
        ("|RequestsSlow", "|RequestsSlow|QueueLong", "QueueLong falls silent and should not", 1),
        ("'severity=\"P0\"'\n      - ", "'severity=\"P1\"'\n      - ", "should fall silent and does not", 2),
    ],
)
def test_inhibition_that_does_not_work(tree: RuleTree, old: str, new: str, words: str, rule: int) -> None:
    tree.spoil(FILE, old, new)
    finding = tree.one(check, "GM611")
    assert words in finding.message
    name = ("database-down", "blocker")[rule - 1]
    assert (finding.location,) == tree.spec_place(f"routing.inhibit.{name}")


def test_a_rule_that_can_never_work_is_told(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path / "spec",
        lambda data: data["routing"]["inhibit"]["database-down"].update(equal=["team", "sli"]),
    )
    finding = tree.one(check, "GM611", Severity.WARNING)
    assert "can never silence anything: no source and target agree in team, sli" in finding.message


def test_a_file_that_alertmanager_refuses_was_not_checked(tree: RuleTree) -> None:
    tree.spoil(FILE, "group_wait: 1m", "group_weight: 1m")
    assert "group_weight not found" in tree.one(check, "GM004").message
