"""Who gets each alert: what amtool makes of the file, and the routes of the plan, against the spec."""

from dataclasses import replace
from pathlib import Path

import pytest

from genesis_monitoring.checks.alertmanager.routes import check_alertmanager_routes as check
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG as FILE
from genesis_monitoring.findings import Location

from .rule_tree import RuleTree, rule_tree


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "nth", "words", "origin"),
    [
        ("continue: true", "continue: false", 1, "sent to pager by amtool; the spec says pager, chat",
         "severities.P0"),
        ("    - receiver: chat", "    - receiver: pager", 2, "sent to pager by amtool; the spec says chat",
         "severities.P2"),
        ("  receiver: chat\n  group_by", "  receiver: pager\n  group_by", 1,
         "any alert that no route is made for: sent to pager", "routing.default_receiver"),
        ("'severity=\"P0\"'", "'severity=~\"P.\"'", 1, "sent to pager, chat", "severities.P2"),
        ("'severity=\"P0\"'", "'severty=\"P0\"'", 1, "sent to chat by amtool; the spec says pager, chat",
         "severities.P0"),
    ],
)  # fmt: skip
def test_a_file_that_sends_alerts_elsewhere(
    tree: RuleTree, old: str, new: str, nth: int, words: str, origin: str
) -> None:
    tree.spoil(FILE, old, new, nth)
    finding = tree.one(check, "GM602")
    assert words in finding.message
    assert (finding.location,) == tree.spec_place(origin)
    assert finding.related == (Location((tree.out / FILE).as_posix()),)


def test_routes_that_are_not_those_of_the_severities(tree: RuleTree) -> None:
    """What is made of the spec is walked, too: the receivers of an alert are taken from the spec itself."""
    plan = tree.project.plan
    first, *others = plan.alertmanager.routes
    routes = (first, *(replace(one, hands_on=False) for one in others))
    wrong = replace(plan, alertmanager=replace(plan.alertmanager, routes=routes))
    (finding,) = check(replace(tree.context, plan=wrong))
    assert "sent to pager by the routes of the plan; the spec says pager, chat" in finding.message
    assert (finding.location,) == tree.spec_place("severities.P0")


def test_what_amtool_cannot_tell_is_no_success(tree: RuleTree) -> None:
    tree.spoil(FILE, "- name: pager", "- name: pagr")
    finding = tree.one(check, "GM004")
    assert "amtool could not tell who gets an alert" in finding.message


def test_of_alerts_that_no_route_tells_apart_amtool_is_asked_for_one(tree: RuleTree) -> None:
    asked, tool = tree.out.parent / "asked", tree.out.parent / "amtool"
    tool.write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexec amtool "$@"\n')
    tool.chmod(0o755)
    tools = replace(tree.context.tools, amtool=Amtool(str(tool)))
    assert list(check(replace(tree.context, tools=tools))) == []
    assert len(asked.read_text().splitlines()) == 4
