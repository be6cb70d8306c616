"""What provisions Grafana, and the links within the tree: every fault has its line."""

from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.context import TreeFile
from genesis_monitoring.checks.dashboards.links import check_links
from genesis_monitoring.checks.dashboards.provisioning import check_provisioning
from genesis_monitoring.checks.differences import ABSENT, OneOf, differences, same
from genesis_monitoring.checks.mounts import source_of
from genesis_monitoring.checks.yaml_files import InvalidYaml, load_yaml, locate_merged, merged_at, stands
from genesis_monitoring.plan.stack import MountPlan

from .stack_tree import DATASOURCES, PROVIDER, StackTree, stack_tree, stack_tree_of, without_plan


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def test_the_rendered_files_are_clean(tree: StackTree) -> None:
    assert tree.run(check_provisioning) == []
    assert tree.run(check_links) == []


OTHER = """\
  - name: Other
    uid: other
    type: loki
    access: proxy
    url: 'http://loki:3100'
"""


@pytest.mark.parametrize(
    ("path", "old", "new", "message", "below"),
    [
        (DATASOURCES, "genesis-prometheus", "genesis", 'uid is "genesis", and must be', 0),
        (DATASOURCES, "type: prometheus", "type: loki", 'type is "loki", and must be "prometheus"', 0),
        (DATASOURCES, "access: proxy", "access: direct", 'access is "direct", and must be "proxy"', 0),
        (DATASOURCES, "prometheus:9090", "prometheus:9091", 'url is "http://prometheus:9091", and', 0),
        (DATASOURCES, "isDefault: true", "isDefault: false", "isDefault is false, and must be true", 0),
        (DATASOURCES, "editable: false", "editable: true", "editable is true, and must be false", 0),
        (DATASOURCES, "prune: true", "prune: false", "prune is false, and must be true", 0),
        (DATASOURCES, "timeInterval: 15s", "timeInterval: 1m", 'timeInterval is "1m", and must be 15s', 0),
        (DATASOURCES, "      httpMethod: POST\n", "", "jsonData.httpMethod is missing", None),
        (DATASOURCES, "apiVersion: 1", "apiVersion: 2", "apiVersion is 2, and must be 1", 0),
        (DATASOURCES, "name: Prometheus", "name: ''", 'name is "", and must be a name', 0),
        (DATASOURCES, "datasources:", "datasource:", "datasources is not a list of data sources", None),
        (DATASOURCES, "    type: prometheus\n", "    type: a\n    type: prometheus\n", "stands twice", 1),
        (DATASOURCES, "datasources:", "datasources: [", "not valid YAML", None),
        (PROVIDER, "/etc/grafana/dashboards", "/var/lib/a", 'options.path is "/var/lib/a"', 0),
        (PROVIDER, "type: file", "type: files", 'type is "files", and must be "file"', 0),
        (PROVIDER, "allowUiUpdates: false", "allowUiUpdates: true", "allowUiUpdates is true", 0),
        (PROVIDER, "disableDeletion: true", "disableDeletion: false", "disableDeletion is false", 0),
        (PROVIDER, "folder: '", "folder: 'My ", 'folder is "My Genesis Phase', 0),
        (PROVIDER, "folder: '", "folder: '$HOME ", 'folder is "(value of $HOME) Genesis', 0),
        (PROVIDER, "Seconds: 30", "Seconds: 3000", "must be a whole number from 10 to 60", 0),
        (PROVIDER, "providers:", "provider:", "providers is not a list of providers", None),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line(
    tree: StackTree, path: str, old: str, new: str, message: str, below: int | None
) -> None:
    line = tree.spoil(path, old, new)
    (finding,) = tree.run(check_provisioning)
    assert finding.code == "GM714"
    assert message in finding.message
    assert finding.location.file.endswith(path)
    if below is not None:
        assert finding.location.line == line + below
        assert finding.related or finding.location.line < 7


def test_the_data_source_that_panels_ask_is_missed_among_others(tree: StackTree) -> None:
    tree.write(DATASOURCES, tree.text(DATASOURCES).replace("genesis-prometheus", "mine") + OTHER)
    assert 'there is no data source with the uid "genesis-prometheus", which panels ask' in {
        finding.message for finding in tree.run(check_provisioning)
    }


def test_a_data_source_of_ones_own_may_stand_beside(tree: StackTree) -> None:
    tree.write(DATASOURCES, tree.text(DATASOURCES) + OTHER)
    assert tree.run(check_provisioning) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("uid: other", "uid: genesis-prometheus", 'the uid "genesis-prometheus" stands twice'),
        ("name: Other", "name: Prometheus", 'the name "Prometheus" stands twice'),
        ("type: loki", "type: loki\n    isDefault: true", "two data sources are the default"),
    ],
)
def test_a_data_source_that_is_in_the_way_is_told(tree: StackTree, old: str, new: str, message: str) -> None:
    tree.write(DATASOURCES, tree.text(DATASOURCES) + OTHER.replace(old, new))
    (finding,) = tree.run(check_provisioning)
    assert finding.message == message


def test_a_provider_that_stands_twice_is_told(tree: StackTree) -> None:
    head, mark, entry = tree.text(PROVIDER).partition("  # from: dashboards\n")
    tree.write(PROVIDER, head + mark + entry + entry)
    assert {finding.message for finding in tree.run(check_provisioning)} == {
        'the name "genesis" stands twice',
        'the path "/etc/grafana/dashboards" stands twice',
    }


def test_a_mount_that_misses_the_dashboards_is_told_with_its_place_in_the_spec(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["grafana"]["mounts"][1]["target"] = "/var/lib/dashboards"

    tree = stack_tree_of(tmp_path / "spec", change)
    (finding,) = tree.run(check_provisioning)
    assert finding.message == (
        "grafana reads /etc/grafana/dashboards, and no mount brings grafana/dashboards there"
    )
    assert finding.location.line == tree.line(PROVIDER, "path: /etc/grafana/dashboards")
    assert finding.related[0].line == tree.spec_line("stack.services.grafana.mounts")


def test_dollar_signs_are_read_as_grafana_reads_them(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["metadata"]["title"] = "Costs $150 a month, ${HOME}"

    assert stack_tree_of(tmp_path / "spec", change).run(check_provisioning) == []


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


@pytest.mark.parametrize("check", [check_provisioning, check_links])
def test_without_a_plan_nothing_was_checked(tree: StackTree, check: Any) -> None:
    assert {finding.code for finding in check(without_plan(tree))} == {"GM004"}


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
    assert locate_merged(MERGED, ("one", "a")) == (2, 6)
    assert locate_merged(MERGED, ("one", "b")) == (6, 6)
    assert locate_merged(MERGED, ("one", "c")) == (4, 1)
    assert stands(MERGED, ("one", "a"))
    assert not stands(MERGED, ("one", "c"))
    assert merged_at(MERGED, ("one",))[0] in (1, 2)
    assert merged_at(MERGED, ("base",)) == (0, 0)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: [", (1, 5)), ("- 1\n", (1, 1)), ("b:\n  c: 1\n  c: 2\n", (3, 3)), ("", (1, 1)), ("a: 1\0", None)],
)  # fmt: skip
def test_what_is_no_yaml_is_refused(text: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(InvalidYaml) as refused:
        load_yaml(TreeFile("x", text))
    if place is not None:
        assert refused.value.place[0] in (place[0], place[0] + 1)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(1, 1.0, True), (1, True, False), (False, 0, False), (None, ABSENT, False), (("a",), ["a"], True)],
)
def test_values_of_one_kind_are_the_same(one: object, other: object, equal: bool) -> None:
    assert same(one, other) is equal


def test_differences_are_the_deepest() -> None:
    wanted = {"a": [{"b": 1}, {"b": OneOf((2, None))}], "c": 1}
    seen = {"a": [{"b": 3}, {"b": None}], "d": 1}
    assert {(one.path, one.text) for one in differences(wanted, seen)} == {
        (("a", 0, "b"), "is 3, and must be 1"),
        (("c",), "is missing, and must be 1"),
        (("d",), "is 1, and must not be there"),
    }
