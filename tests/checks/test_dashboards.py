"""Each fault of a dashboard has its code, its line and its place in the spec."""

from typing import Any

import pytest

from genesis_monitoring.checks.dashboards.layout import check_dashboards
from genesis_monitoring.findings import Finding

from .sample import DASHBOARD, DATASOURCES, Sample, panel


def run(sample: Sample) -> list[Finding]:
    return list(check_dashboards(sample.context()))


def set_at(*path: str | int, to: Any) -> Any:
    """A change of the dashboard that puts ``to`` at the path; ``...`` removes what is there."""

    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        if to is ...:
            del data[path[-1]]
        else:
            data[path[-1]] = to

    return change


def test_the_good_tree_is_clean(sample: Sample) -> None:
    assert run(sample) == []


GRID = '"gridPos": {'
P2 = ("panels", 2)
NESTED = ("panels", 3, "panels", 0)


@pytest.mark.parametrize(
    ("change", "code", "message", "line_of", "spec_line"),
    [
        (
            set_at(*P2, "id", to=1),
            "GM702",
            'panel 1 "Panel 2": the id is that of panel 1',
            ('"id": 1,', 2, 0),
            52,
        ),
        (set_at(*NESTED, "id", to=100), "GM702", "is that of row 100", ('"id": 100,', 2, 0), 53),
        (set_at(*P2, "id", to=0), "GM702", "not a whole number from 1", ('"id": 0', 1, 0), 52),
        (set_at(*P2, "id", to=True), "GM702", "not a whole number from 1", ('"id": true', 1, 0), 52),
        (set_at(*P2, "id", to="2"), "GM702", "not a whole number from 1", ('"id": "2"', 1, 0), 52),
        (set_at(*P2, "id", to=...), "GM702", "panel None", ('"type": "timeseries"', 1, 1), 52),
        (set_at(*P2, "gridPos", "x", to=11), "GM703", 'lies over panel 1 "Panel 1"', (GRID, 3, 0), 52),
        (set_at(*P2, "gridPos", "x", to=13), "GM703", "not within 24 columns", (GRID, 3, 0), 52),
        (set_at(*P2, "gridPos", "h", to=0), "GM703", "h=0", (GRID, 3, 0), 52),
        (set_at(*P2, "gridPos", "y", to=1.5), "GM703", "y=1.5", (GRID, 3, 0), 52),
        (set_at(*P2, "gridPos", to=...), "GM703", "x=None", ('"type": "timeseries"', 1, 2), 52),
        (
            set_at(*P2, "targets", 0, "datasource", to="Prometheus"),
            "GM704",
            "query 1: the datasource is not {type, uid}",
            ('"datasource": "Prometheus"', 1, 0),
            52,
        ),
        (
            set_at(*NESTED, "targets", 0, "datasource", "uid", to="other"),
            "GM704",
            'the datasource "other" is neither',
            ('"uid": "other"', 1, 2),
            53,
        ),
        (
            set_at(*P2, "targets", 0, "datasource", "type", to="loki"),
            "GM704",
            "is of type prometheus, not loki",
            ('"type": "loki"', 1, 1),
            52,
        ),
        (
            set_at(*P2, "datasource", to={"type": "prometheus"}),
            "GM704",
            'panel 2 "Panel 2": the datasource is not',
            ('"type": "prometheus"', 5, 1),
            52,
        ),
        (
            set_at("templating", "list", 1, "datasource", "uid", to="$gone"),
            "GM704",
            'variable "job"',
            ('"uid": "$gone"', 1, 2),
            50,
        ),
        (
            set_at("annotations", "list", 1, "datasource", "uid", to="gone"),
            "GM704",
            'annotation "alerts"',
            ('"uid": "gone"', 1, 2),
            50,
        ),
        (
            set_at(*P2, "fieldConfig", "defaults", "unit", to=""),
            "GM705",
            "has no unit",
            ('"unit": ""', 1, 0),
            52,
        ),
        (set_at(*NESTED, "fieldConfig", to=...), "GM705", "has no unit", ('"type": "gauge"', 1, 2), 53),
        (set_at(*P2, "title", to=" "), "GM706", "has no title", ('"title": " "', 1, 0), 52),
        (set_at("panels", 0, "title", to=...), "GM706", 'row 100 "" has no title', ('"id": 100', 1, 1), 50),
        (
            set_at(*P2, "description", to=...),
            "GM706",
            "has no description",
            ('"type": "timeseries"', 1, 2),
            52,
        ),
        (set_at(*P2, "targets", to=[]), "GM706", "has no query", ('"targets": []', 1, 0), 52),
        (
            set_at(*P2, "targets", 0, "expr", to=""),
            "GM706",
            "query 1 has no expression",
            ('"expr": ""', 1, 0),
            52,
        ),
        (set_at("title", to=None), "GM706", "the dashboard has no title", None, 50),
        (set_at("panels", to=[]), "GM706", "the dashboard has no panel", ('"panels": []', 1, 0), 50),
        (set_at("panels", to={}), "GM701", "panels is not a list", ('"panels": {}', 1, 0), 50),
        (set_at("panels", 3, "panels", to=[1]), "GM701", "panels is not a list", None, 50),
        (set_at("panels", to=...), "GM701", "panels is not a list", None, 50),
    ],
)
def test_a_fault_is_found_at_its_line(
    sample: Sample, change: Any, code: str, message: str, line_of: tuple[str, int, int] | None, spec_line: int
) -> None:
    sample.spoil_dashboard(change)
    (finding,) = run(sample)
    assert finding.code == code
    assert message in finding.message
    assert finding.location.file.endswith(DASHBOARD)
    if line_of is not None:
        words, nth, above = line_of
        assert finding.location.line == sample.line(DASHBOARD, words, nth) - above
    assert [location.line for location in finding.related] == [spec_line]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('{\n  "panels": [,]\n}\n', "not valid JSON: Expecting value", 2),
        ('{"panels": [], "title": NaN}\n', "NaN is no JSON number", 0),
        ('{"panels": [], "id": 1, "id": 2}\n', 'the key "id" stands twice', 0),
        ("[]\n", "the file holds no JSON object", 1),
        ("", "not valid JSON", 1),
        ("[" * 100_000, "nested too deeply", 0),
    ],
)
def test_what_is_no_dashboard(sample: Sample, text: str, message: str, line: int) -> None:
    (sample.out / DASHBOARD).write_text(text)
    (finding,) = run(sample)
    assert finding.code == "GM701"
    assert message in finding.message
    assert finding.location.line == line


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [1], [None], {"a": 1}])
@pytest.mark.parametrize(
    "path",
    [
        ("templating",),
        ("annotations",),
        ("templating", "list"),
        (*P2, "targets"),
        (*P2, "targets", 0),
        (*P2, "gridPos"),
        (*P2, "fieldConfig"),
        (*P2, "fieldConfig", "defaults"),
        (*P2, "datasource"),
        (*P2, "title"),
        (*P2, "type"),
        (*P2, "id"),
        ("panels", 3, "panels"),
        ("panels", 3),
    ],
    ids=lambda path: ".".join(str(part) for part in path) if isinstance(path, tuple) else None,
)
def test_no_odd_value_raises(sample: Sample, path: tuple[str | int, ...], odd: object) -> None:
    sample.spoil_dashboard(set_at(*path, to=odd))
    assert all(finding.code.startswith("GM70") for finding in run(sample))


def test_panels_of_a_collapsed_row_lie_over_nothing_below_it(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        data["panels"].append(panel(4, "stat", "service:up", 0, 10))

    sample.spoil_dashboard(change)
    assert run(sample) == []


def test_panels_within_a_collapsed_row_may_not_overlap(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        data["panels"][3]["panels"].append(panel(4, "stat", "service:up", 11, 17))

    sample.spoil_dashboard(change)
    (finding,) = run(sample)
    assert finding.message == 'panel 4 "Panel 4" lies over panel 3 "Panel 3"'


def test_a_tall_panel_is_remembered_below_a_short_one(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        data["panels"][1]["gridPos"]["h"] = 30
        data["panels"].append(panel(4, "stat", "service:up", 0, 20))

    sample.spoil_dashboard(change)
    assert [finding.message for finding in run(sample)] == [
        'row 101 "Details" lies over panel 1 "Panel 1"',
        'panel 4 "Panel 4" lies over panel 1 "Panel 1"',
    ]


def test_a_text_panel_needs_neither_unit_nor_query_nor_description(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        data["panels"][2] = {
            "id": 2,
            "type": "text",
            "title": "Read me",
            "gridPos": {"x": 12, "y": 1, "w": 12, "h": 8},
        }

    sample.spoil_dashboard(change)
    assert run(sample) == []


def test_a_datasource_that_is_no_longer_provisioned_is_found(sample: Sample) -> None:
    sample.spoil(DATASOURCES, "uid: prometheus", "uid: metrics")
    (finding,) = run(sample)
    assert finding.code == "GM704"
    assert 'the datasource "prometheus" is neither provisioned' in finding.message


def test_panels_below_a_second_open_row_are_counted_anew(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        inner = data["panels"][3].pop("panels")
        data["panels"].extend(inner)
        inner[0]["title"] = ""

    sample.spoil_dashboard(change)
    (finding,) = run(sample)
    assert [location.line for location in finding.related] == [53]
