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


RECEIVER = "sent to pager by Alertmanager; the spec says chat"


@pytest.mark.parametrize(
    ("route", "told", "old", "new", "words", "rule"),
    [
        (
            ("    - receiver: chat", "    - receiver: pager", 2),
            ("GM602", RECEIVER),
            *(
                "[team, component]",
                "[team, compnent]",
                "with another component falls silent and should not",
                1,
            ),
        ),
        (
            ("group_by: [component]", "group_by: [component, sli]", 1),
            ("GM612", "grouped by component, sli; the spec says component"),
            *(
                "[team, component]",
                "[team, component, sli]",
                "RequestsFail, RequestsSlow should fall silent",
                1,
            ),
        ),
        (
            ("group_by: [component]", "group_by: [x]", 1),
            ("GM612", "grouped by nothing"),
            *("RequestsFail|", "", "RequestsFail should fall silent and does not", 1),
        ),
        (
            *(None, None, "|RequestsSlow", "|RequestsSlow|QueueLong"),
            *("QueueLong falls silent and should not", 1),
        ),
        (
            *(None, None, "'severity=\"P0\"'\n      - ", "'severity=\"P1\"'\n      - "),
            *("should fall silent and does not", 2),
        ),
    ],
)
def test_what_alertmanager_does_otherwise_is_told(
    tree: RuleTree,
    route: tuple[str, str, int] | None,
    told: tuple[str, str] | None,
    old: str,
    new: str,
    words: str,
    rule: int,
) -> None:
    """A route and an inhibition at once: a finding does not hide another one."""
    tree.spoil(FILE, old, new)
    if route:
        tree.spoil(FILE, *route)
    found = tree.run(check)
    if told:
        (finding,) = [one for one in found if one.code == told[0]]
        assert told[1] in finding.message
        assert (finding.location,) == tree.spec_place("severities.P2")
    (finding,) = [one for one in found if one.code == "GM611"]
    assert words in finding.message
    name = ("database-down", "blocker")[rule - 1]
    assert (finding.location,) == tree.spec_place(f"routing.inhibit.{name}")
    assert {one.code for one in found} == {"GM611", *(told or ())[:1]}
    assert all(one.severity is Severity.ERROR for one in found)


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
