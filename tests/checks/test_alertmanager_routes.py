"""Who gets each alert: faults in the routes are found at the route that is to blame."""

from dataclasses import replace
from pathlib import Path

import pytest

from genesis_monitoring.checks.alertmanager.routes import check_alertmanager_routes as check
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG as FILE

from .rule_tree import RuleTree, rule_tree


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


def test_a_route_that_does_not_hand_on_leaves_one_receiver_out(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "continue: true", "continue: false")
    finding = tree.one(check, "GM602")
    assert finding.location.line == tree.line(FILE, "- receiver: pager") < line
    assert "sent to pager; the spec says pager, chat" in finding.message
    assert finding.related == tree.spec_place("severities.P0")
    assert tree.one(check, "GM604").location.line == tree.line(FILE, "- receiver: chat")


def test_another_receiver(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "    - receiver: chat", "    - receiver: pager", nth=2)
    finding = tree.one(check, "GM602")
    assert (finding.location.line, finding.related) == (line, tree.spec_place("severities.P2"))


def test_another_default_receiver(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "  receiver: chat\n  group_by", "  receiver: pager\n  group_by")
    finding = tree.one(check, "GM602")
    assert finding.message.startswith("any alert that no route is made for: sent to pager")
    assert (finding.location.line, finding.related) == (line, tree.spec_place("routing.default_receiver"))


def test_a_route_that_takes_too_much(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "'severity=\"P0\"'", "'severity=~\"P.\"'")
    finding = tree.one(check, "GM602")
    assert "sent to pager, chat" in finding.message
    assert (finding.location.line, finding.related) == (line - 2, tree.spec_place("severities.P2"))


@pytest.mark.parametrize("new", ["'severty=\"P2\"'", "'severity=\"P3\"'", "'severity=~\"P\"'"])
def test_an_alert_that_no_route_takes_is_told_even_if_the_default_is_right(tree: RuleTree, new: str) -> None:
    line = tree.spoil(FILE, "'severity=\"P2\"'", new)
    finding = tree.one(check, "GM603")
    assert "taken by no route, so sent to the default, chat" in finding.message
    assert (finding.location.line, finding.related) == (line - 2, tree.spec_place("severities.P2"))


def test_a_dropped_route(tree: RuleTree) -> None:
    text = tree.text(FILE)
    start, end = text.index("    # from: severities.P2"), text.index("inhibit_rules:")
    (tree.out / FILE).write_text(text[:start] + "\n" + text[end:], "utf-8")
    assert tree.one(check, "GM603").location.line == tree.line(FILE, "  routes:")


def test_routes_in_the_wrong_order(tree: RuleTree) -> None:
    text = tree.text(FILE)
    head, first, second, tail = (
        text[: text.index("    # from: severities.P0")],
        text[text.index("    # from: severities.P0") : text.rindex("    # from: severities.P0")],
        text[text.rindex("    # from: severities.P0") : text.index("    # from: severities.P2")],
        text[text.index("    # from: severities.P2") :],
    )
    (tree.out / FILE).write_text(head + second + first + tail, "utf-8")
    shadowed = tree.one(check, "GM604")
    assert shadowed.location.line == tree.line(FILE, "- receiver: pager")
    assert f"to chat on line {tree.line(FILE, '- receiver: chat')} " in shadowed.message


def test_a_receiver_that_no_route_names(tree: RuleTree) -> None:
    tree.spoil(FILE, "receivers:\n", "receivers:\n  - name: spare\n")
    finding = tree.one(check, "GM605")
    assert finding.location.line == tree.line(FILE, "- name: spare")


def test_what_amtool_cannot_tell_is_no_success(tree: RuleTree) -> None:
    tree.spoil(FILE, "- name: pager", "- name: pagr")
    finding = tree.one(check, "GM004")
    assert "amtool could not tell who gets an alert" in finding.message


def test_a_matcher_that_cannot_be_read(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "'severity=\"P2\"'", "'severity = = \"P2\"'")
    assert tree.one(check, "GM004").location.line == line


@pytest.mark.parametrize(("searched", "asked_for"), [("", 4), ("\n        - 'alertname=~\".+\"'", 20)])
def test_of_alerts_that_no_route_tells_apart_amtool_is_asked_for_one(
    tree: RuleTree, searched: str, asked_for: int
) -> None:
    tree.spoil(FILE, "'severity=\"P2\"'", f"'severity=\"P2\"'{searched}")
    asked, tool = tree.out.parent / "asked", tree.out.parent / "amtool"
    tool.write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexec amtool "$@"\n')
    tool.chmod(0o755)
    tools = replace(tree.context.tools, amtool=Amtool(str(tool)))
    assert list(check(replace(tree.context, tools=tools))) == []
    assert len(asked.read_text().splitlines()) == asked_for
