"""Files against their documents: a fault in any key of any data file is told, once and at its line."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan.specs import artifacts, as_text, every_kind, every_kind_plan

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.comparison import compare
from genesis_monitoring.checks.conformance import check_conformance
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.findings import Finding

from .stack_tree import COMPOSE, DATASOURCES, PROVIDER, StackTree, written

_MOST = 25
"""Places of each file; ``make mutate`` tries more."""
RULES = "prometheus/rules/bill.yml"
TESTS = "prometheus/tests/"
DASHBOARD = "grafana/dashboards/shop.json"
CONFIG = "prometheus/prometheus.yml"
ALERTMANAGER = "alertmanager/alertmanager.yml"


@cache
def data_files() -> tuple[Artifact, ...]:
    return tuple(artifact for artifact in artifacts(every_kind_plan()) if artifact.document)


def few_of_each() -> tuple[Artifact, ...]:
    """All but the rule tests, which are long and alike; of these the shortest."""
    rule_tests = [one for one in data_files() if one.path.startswith(TESTS)]
    shortest = min(rule_tests, key=lambda one: len(one.text))
    return (*(one for one in data_files() if one not in rule_tests), shortest)


def kinds() -> set[str]:
    return {artifact.path.split("/")[0] for artifact in data_files()}


def read(artifact: Artifact) -> Any:
    """What stands in a file; a number of JSON need not be one of YAML (1e-09)."""
    return json.loads(artifact.text) if artifact.path.endswith(".json") else yaml.safe_load(artifact.text)


def test_every_kind_of_data_file_has_a_document() -> None:
    assert kinds() == {"prometheus", "alertmanager", "grafana", "docker-compose.yml"}
    others = [a.path for a in artifacts(every_kind_plan()) if not a.document]
    assert not [path for path in others if path.endswith((".yml", ".json"))]


@pytest.mark.parametrize("artifact", data_files(), ids=lambda artifact: artifact.path)
def test_a_file_as_rendered_is_right(artifact: Artifact) -> None:
    assert artifact.document is not None
    assert list(compare(artifact.document.data, read(artifact))) == []


@pytest.mark.parametrize("artifact", few_of_each(), ids=lambda artifact: artifact.path)
def test_any_single_fault_is_told_once(artifact: Artifact) -> None:
    assert artifact.document is not None
    # Through JSON, so that what is merged in (<<) is no longer one object in many places.
    seen = json.loads(json.dumps(read(artifact)))
    faults = 0
    paths = [*_paths(seen)]
    for path in paths[:: -(-len(paths) // _MOST)]:
        for spoilt in _spoilt(seen, path):
            found = list(compare(artifact.document.data, spoilt))
            assert len(found) == 1, (path, found)
            assert found[0].seen_at[: len(path)] == path or found[0].wanted_at[: len(path)] == path, path
            faults += 1
    assert faults > 10


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(min(len(value), 3)):
            yield from _paths(value[index], (*path, index))


def _spoilt(data: Any, path: tuple[str | int, ...]) -> Iterator[Any]:
    """The data with the value at ``path`` changed, or one more key in it, or without it."""
    for change in (_other, _more, _gone):
        new = copy.deepcopy(data)
        owner = new
        for step in path[:-1]:
            owner = owner[step]
        if change(owner, path[-1]):
            yield new


def _other(owner: Any, step: Any) -> bool:
    value = owner[step]
    if isinstance(value, dict | list):
        return False
    owner[step] = (
        not value if isinstance(value, bool) else value + 1 if not isinstance(value, str) else value + "x"
    )
    return True


def _more(owner: Any, step: Any) -> bool:
    if not isinstance(owner[step], dict):
        return False
    owner[step]["unheard_of"] = "x"
    return True


def _gone(owner: Any, step: Any) -> bool:
    del owner[step]
    return True


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> StackTree:
    spec = tmp_path / "slo.yaml"
    spec.write_text(as_text(every_kind()), "utf-8")
    return written(tmp_path / "generated", load_project(Inputs(spec, None, None, None)))


def only(tree: StackTree) -> Finding:
    (finding,) = tree.run(check_conformance)
    assert finding.code in ("GM209", "GM210")
    return finding


def test_the_tree_of_the_project_is_right(tree: StackTree) -> None:
    assert tree.run(check_conformance) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "nth", "said", "dotted"),
    [
        (RULES, "for: 9m", "for: 3m", 1, 'rules[TokensJump].for is "3m"; the spec says "9m"',
         "alerts.TokensJump"),
        (RULES, "severity: P2", "severity: P3", 2, 'rules[TokensJump].labels.severity is "P3"',
         "alerts.TokensJump"),
        (RULES, "        for: 9m\n", "", 1, 'for is missing; the spec says "9m"', "alerts.TokensJump"),
        (RULES, "month / 500", "month / 400", 1, "usd_per_month / 400", "slis.saving"),
        (f"{TESTS}bill-30s.yml", "alertname: TokensDeviate", "alertname: TokensDeviant", 1,
         'alertname is "TokensDeviant"', "alerts.TokensDeviate"),
        (f"{TESTS}bill-30s.yml", "sli: token_deviation", "sli: cost", 1, "exp_labels.sli is",
         "alerts.TokensDeviate"),
        (CONFIG, "metrics_path: /metrics", "metrics_path: /metrix", 1, "[prometheus].metrics_path",
         "stack.services.prometheus.scrape"),
        (CONFIG, "  scrape_timeout", "  query_log_file: x\n  scrape_timeout", 1,
         'global.query_log_file is not in the spec; here it is "x"', "prometheus"),
        (ALERTMANAGER, "continue: true", "continue: false", 1, "continue is false; the spec says true",
         "severities.P0"),
        (COMPOSE, "internal: true", "internal: false", 1, "networks.inside.internal is false",
         "stack.networks.inside"),
        (COMPOSE, "cap_drop: [ALL]", "cap_drop: []", 1, "x-hardening.cap_drop[1] is missing", "stack.logs"),
        (DATASOURCES, "isDefault: true", "isDefault: false", 1, "datasources[Prometheus].isDefault is false",
         "prometheus.service"),
        (PROVIDER, "allowUiUpdates: false", "allowUiUpdates: true", 1, "allowUiUpdates is", "dashboards"),
        (DASHBOARD, '"id": 1,', '"id": 1000,', 1, "id is 1000; the spec says 1",
         "dashboards.shop.rows.0.panels.1"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line_with_the_line_of_the_spec(
    tree: StackTree, path: str, old: str, new: str, nth: int, said: str, dotted: str
) -> None:
    line = tree.spoil(path, old, new, nth)
    finding = next(f for f in tree.run(check_conformance) if said in f.message)
    assert finding.location.file.endswith(path)
    assert abs(finding.location.line - line) <= 2
    assert not dotted or finding.related[0].line == tree.spec_line(dotted)


def test_a_rule_that_is_gone_and_one_that_is_too_much(tree: StackTree) -> None:
    text = tree.text(RULES)
    mark = "      # from: alerts.TokensJump"
    rest = text.split(mark)[1].partition("      # from: ")
    tree.write(RULES, text.split(mark)[0] + rest[1] + rest[2])
    assert only(tree).message == "groups[bill].rules[TokensJump] is missing; the spec says 'TokensJump'"
    tree.write(RULES, f"{text}      - alert: Mine\n        expr: vector(1)\n")
    assert only(tree).message == "groups[bill].rules[Mine] is not in the spec; here it is 'Mine'"
    assert only(tree).location.line == text.count("\n") + 1


@pytest.mark.parametrize(
    "path",
    [
        "prometheus/rules/x.yml",
        "prometheus/tests/x.yml",
        "alertmanager/templates/x.tmpl",
        "grafana/dashboards/x.json",
    ],
)
def test_a_file_that_a_tool_loads_and_nobody_asked_for(tree: StackTree, path: str) -> None:
    tree.write(path, "groups: []\n")
    assert only(tree).code == "GM210"


WITHIN_ITSELF = "a: &a\n  b: 1\n  c: *a\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))


@pytest.mark.parametrize("text", ["{", "a: [", "- a\n", "a: 1\na: 1\n", "", WITHIN_ITSELF, BOMB])
def test_what_cannot_be_read_is_not_right(tree: StackTree, text: str) -> None:
    for path in (CONFIG, DASHBOARD):
        tree.write(path, text)
    found = tree.run(check_conformance)
    assert {finding.code for finding in found if finding.location.file.endswith(CONFIG)} <= {"GM004", "GM209"}
    assert len({finding.location.file for finding in found}) == 2


@pytest.mark.parametrize(
    ("path", "text", "line", "said"),
    [
        (CONFIG, "a: 1\nb: 2\na: 3\n", 3, 'the key "a" stands twice'),
        (CONFIG, WITHIN_ITSELF, 1, "an anchor (&) stands within what it names"),
        (CONFIG, BOMB, 19, "its aliases (*) come to over 1000000 values"),
        (DASHBOARD, '{\n "a": 1,\n "a": 2\n}\n', 3, 'the key "a" stands twice'),
    ],
)
def test_what_is_refused_is_told_at_its_line(
    tree: StackTree, path: str, text: str, line: int, said: str
) -> None:
    tree.write(path, text)
    finding = next(finding for finding in tree.run(check_conformance) if finding.code == "GM004")
    assert (finding.location.line, said in finding.message) == (line, True)
    assert finding.related


def test_many_differences_are_cut(tree: StackTree) -> None:
    tree.write(
        RULES,
        tree.text(RULES)
        .replace("severity: P", "severity: X")
        .replace("team: ", "team: x")
        .replace("summary: '", "summary: 'x")
        .replace("impact: '", "impact: 'x"),
    )
    found = tree.run(check_conformance)
    assert len(found) == 21
    assert "more values of this file differ" in found[-1].message
