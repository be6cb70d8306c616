"""Links of generated pages, paths in containers, and YAML files read with their places."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.context import TreeFile
from genesis_monitoring.checks.dashboards.links import check_links
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.checks.yaml_files import InvalidYaml, load_yaml
from genesis_monitoring.plan.mounts import source_of
from genesis_monitoring.plan.stack import MountPlan

from .stack_tree import StackTree, stack_tree


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def test_a_runbook_page_that_is_gone_is_told(tree: StackTree) -> None:
    (tree.out / "docs/runbooks/Watchdog.md").unlink()
    found = tree.run(check_links)
    assert {finding.code for finding in found} == {"GM715"}
    page, link = sorted(found, key=lambda finding: "alerts.md" in finding.location.file)
    assert page.location.file.endswith("docs/runbooks/Watchdog.md")
    assert page.message == "the runbook page of Watchdog is not there, and the alert links to it"
    assert page.related[0].line == tree.spec_line("meta_alerts.watchdog")
    assert link.location.line == tree.line("docs/alerts.md", "runbooks/Watchdog.md")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("See [it](gone.md).", "the link to gone.md leads nowhere: there is no page docs/gone.md"),
        ("See [it](../../slo.md).", "there is no page ../slo.md"),
        ("[p](http://localhost:3000/d/phase5-rollout?viewPanel=99)", "has no panel 99"),
        ("[p](http://localhost:3000/d/phase6)", "there is no such dashboard; there is phase5-rollout"),
        ("[p](http://localhost:3000/d/phase5-rollout?viewPanel=10)", ""),
        ("- Panel: <http://localhost:3000/d/phase5-rollout?viewPanel=99>", "has no panel 99"),
        ("- Dashboard: <http://localhost:3000/d/phase6>", "there is no such dashboard"),
        ("- Panel: <http://localhost:3000/d/phase5-rollout?viewPanel=10> \\<http://localhost:3000/d/x>", ""),
        ("[a](alerts.md) and [o](https://other.example/x.md) `[x](y.md)` \\[x\\](y.md)", ""),
        ("```\n[x](y.md)\n```", ""),
    ],
)
def test_a_link_of_a_page_leads_somewhere(tree: StackTree, text: str, message: str) -> None:
    tree.write("docs/alerts.md", f"# Alerts\n\n{text}\n")
    found = tree.run(check_links)
    assert len(found) == bool(message)
    for finding in found:
        assert finding.code == "GM715"
        assert message in finding.message
        assert finding.location.line == 3


def test_the_links_as_rendered_lead_somewhere(tree: StackTree) -> None:
    assert tree.run(check_links) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/etc/a/b/c.yml", "./tree/b/c.yml"),
        ("/etc/a", "./tree"),
        ("/etc/a/own/x", None),
        ("/etc/ab", None),
        ("/host/x", "../y/x"),
    ],
)
def test_a_path_in_a_container_comes_from_the_longest_mount(path: str, source: str | None) -> None:
    mounts = (
        MountPlan("bind", "./tree", "/etc/a", True, None, None),
        MountPlan("volume", "data", "/etc/a/own", False, None, None),
        MountPlan("bind", "../y/", "/host/", True, None, None),
    )
    assert source_of(mounts, path) == source


MERGED = "base: &base\n  a: 1\n  b: 2\none:\n  <<: *base\n  b: 3\n"


def test_merged_values_stand_where_they_were_written() -> None:
    assert load_yaml(TreeFile("x", MERGED))["one"] == {"a": 1, "b": 3}
    assert locate_path(MERGED, ("one", "a")) == (2, 6)
    assert locate_path(MERGED, ("one", "b")) == (6, 6)
    assert locate_path(MERGED, ("one", "c")) == (4, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: [", (1, 5)), ("- 1\n", (1, 1)), ("b:\n  c: 1\n  c: 2\n", (3, 3)), ("", (1, 1)), ("a: 1\0", None)],
)  # fmt: skip
def test_what_is_no_yaml_is_refused(text: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(InvalidYaml) as refused:
        load_yaml(TreeFile("x", text))
    if place is not None:
        assert refused.value.place[0] in (place[0], place[0] + 1)
