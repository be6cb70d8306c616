"""The tables of Grafana's types and units are the published ones, and they refuse what does not fit."""

import enum
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.models import common, dashboard, gauge, prometheus, stat, text, timeseries, units
from plan.specs import artifacts, every_kind_plan, genesis_plan

from genesis_monitoring.plan.compile import Plan

from .grafana_types import CUSTOM, OPTIONS, type_faults, types as tables
from .grafana_units import UNIT_IDS, is_unit

pytestmark = pytest.mark.filterwarnings("ignore:Prefer using dashboardv2")

PUBLISHED: dict[str, type] = {
    "Dashboard": dashboard.Dashboard,
    "Time": dashboard.DashboardDashboardTime,
    "TimePicker": dashboard.TimePickerConfig,
    "TimeOption": dashboard.TimeOption,
    "Link": dashboard.DashboardLink,
    "Templating": dashboard.DashboardDashboardTemplating,
    "Variable": dashboard.VariableModel,
    "Option": dashboard.VariableOption,
    "Source": common.DataSourceRef,
    "Annotations": dashboard.AnnotationContainer,
    "Annotation": dashboard.AnnotationQuery,
    "AnnotationFilter": dashboard.AnnotationPanelFilter,
    "Row": dashboard.RowPanel,
    "Grid": dashboard.GridPos,
    "Panel": dashboard.Panel,
    "Transformation": dashboard.DataTransformerConfig,
    "Matcher": dashboard.MatcherConfig,
    "Library": dashboard.LibraryPanelRef,
    "FieldConfigs": dashboard.FieldConfigSource,
    "Override": dashboard.DashboardFieldConfigSourceOverrides,
    "Setting": dashboard.DynamicConfigValue,
    "FieldConfig": dashboard.FieldConfig,
    "Thresholds": dashboard.ThresholdsConfig,
    "Threshold": dashboard.Threshold,
    "Color": dashboard.FieldColor,
    "Query": prometheus.Dataquery,
    "TimeseriesOptions": timeseries.Options,
    "Legend": common.VizLegendOptions,
    "Tooltip": common.VizTooltipOptions,
    "StatOptions": stat.Options,
    "GaugeOptions": gauge.Options,
    "Reduce": common.ReduceDataOptions,
    "TextSize": common.VizTextDisplayOptions,
    "TextOptions": text.Options,
    "Code": text.CodeOptions,
    "TimeseriesField": common.GraphFieldConfig,
    "LineMode": common.GraphThresholdsStyleConfig,
    "LineStyle": common.LineStyle,
    "Scale": common.ScaleDistributionConfig,
    "Stacking": common.StackingConfig,
    "HideFrom": common.HideSeriesConfig,
}
NAMES = {cls: name for name, cls in PUBLISHED.items()} | {prometheus.TimeRange: "Time"}
SCALARS: dict[object, str] = {str: "text", float: "number", int: "whole", bool: "flag", object: "any"}
LOOSER = {
    # Grafana saves the links of panels with title, url and targetBlank alone.
    "Link": {
        *("type", "icon", "tooltip", "tags", "asDropdown", "placement"),
        *("targetBlank", "includeVars", "keepTime"),
    },
    "Annotation": {"placement"},
}  # fmt: skip
UNTYPED = {"snapshot", "actions", "mappings", "adhocFilters", "resultAssertions", "scopes", "panels"}
"""What the tables leave open: nothing of it is drawn here."""


def keys(cls: type) -> dict[str, str]:
    """The JSON key of each attribute, as the class writes it."""
    source = inspect.getsource(cls.to_json)  # type: ignore[attr-defined]
    found = re.findall(r'"(\w+)": self\.(\w+),|payload\["(\w+)"\] = self\.(\w+)', source)
    return {attribute: key for a, b, c, d in found for key, attribute in ((a or c, b or d),)}


def shape(hint: Any) -> str:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return "|".join(sorted(shape(one) for one in inner if one is not type(None)))
    if origin is typing.Literal:
        return f"<{','.join(inner)}>"
    if origin is list:
        return f"[{shape(inner[0])}]"
    if origin is dict:
        return "{any}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return f"<{','.join(str(one.value) for one in hint)}>"
    if hint in NAMES:
        return NAMES[hint]
    return SCALARS.get(hint, "Query" if hint.__name__ == "Dataquery" else hint.__name__)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_table_is_the_published_type(name: str) -> None:
    cls = PUBLISHED[name]
    hints = typing.get_type_hints(cls)
    published = {key: hints[attribute] for attribute, key in keys(cls).items()}
    table = tables()[name]
    assert set(table) == set(published)
    for key, hint in published.items():
        optional = type(None) in typing.get_args(hint)
        assert not (table[key].required and optional and (name, key) != ("Row", "id")), key
        if not (optional or key in LOOSER.get(name, ()) or table[key].required):
            pytest.fail(f"{name}.{key} is required")
        if key not in UNTYPED:
            alternatives = [one for one in table[key].shape.split("|") if one != "null"]
            assert "|".join(sorted(alternatives)) == shape(hint), key


def test_every_table_is_compared() -> None:
    assert set(tables()) == set(PUBLISHED)
    assert {*OPTIONS.values(), *CUSTOM.values()} <= set(PUBLISHED)


def test_the_units_are_the_published_ones() -> None:
    assert {getattr(units, name) for name in vars(units) if name[0].isupper()} == UNIT_IDS


@pytest.mark.parametrize(
    ("unit", "known"),
    [
        ("percent", True),
        ("ms", True),
        ("prefix:€", True),
        ("time:YYYY", True),
        ("prefix:", False),
        ("milliseconds", False),
        ("Percent", False),
        ("", False),
    ],
)
def test_a_unit_is_known_or_not(unit: str, known: bool) -> None:
    assert is_unit(unit) is known


def faults(value: object, name: str) -> list[tuple[object, ...]]:
    return [(fault.path, fault.message, fault.known) for fault in type_faults(value, name, ())]


GRID = {"h": 8, "w": 12, "x": 0, "y": 0}


@pytest.mark.parametrize(
    ("value", "name", "path", "message", "known"),
    [
        (GRID | {"h": "8"}, "Grid", ("h",), 'h is "8", and must be a whole number', True),
        (GRID | {"h": 8.5}, "Grid", ("h",), "h is 8.5, and must be a whole number", True),
        (GRID | {"h": True}, "Grid", ("h",), "h is true, and must be a whole number", True),
        (GRID | {"h": None}, "Grid", ("h",), "h is null", False),
        (GRID | {"z": 1}, "Grid", ("z",), "z is no key of Grafana's here", False),
        ({"h": 8, "w": 12, "x": 0}, "Grid", ("y",), "y is missing", True),
        ("12", "Grid", (), '"12" stands where an object must', True),
        ({"tags": "a"}, "Link", ("tags",), 'tags is "a", and must be a list', True),
        ({"tags": [1]}, "Link", ("tags", 0), "tags is 1, and must be text", True),
        ({"mode": "log"}, "Thresholds", ("mode",), 'mode is "log", and may be one of absolute', True),
        ({"barAlignment": "1"}, "TimeseriesField", ("barAlignment",), "may be one of -1, 0, 1", True),
        ({"barAlignment": True}, "TimeseriesField", ("barAlignment",), "may be one of -1, 0, 1", True),
        ({"spanNulls": "no"}, "TimeseriesField", ("spanNulls",), "must be true or false", True),
        ({"mappings": [1]}, "FieldConfig", ("mappings", 0), "must be an object", True),
        ({"thresholds": {"mode": "absolute", "steps": [{}]}}, "FieldConfig", None, "color is missing", True),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(
    value: object, name: str, path: tuple[str | int, ...] | None, message: str, known: bool
) -> None:
    found = [fault for fault in faults(value, name) if message in str(fault[1])]
    assert len(found) == 1
    assert found[0][2] is known
    if path is not None:
        assert found[0][0] == path


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (GRID, "Grid"),
        ({"barAlignment": -1, "spanNulls": 3600, "insertNulls": False}, "TimeseriesField"),
        ({"value": None, "color": "green"}, "Threshold"),
        ({"text": ["a"], "value": "a"}, "Option"),
        ({"title": "Runbook", "url": "https://a.example", "targetBlank": True}, "Link"),
    ],
)
def test_what_fits_is_let_through(value: object, name: str) -> None:
    assert faults(value, name) == []


def walk_shapes() -> Iterator[str]:
    for fields in tables().values():
        for field in fields.values():
            yield from re.findall(r"[A-Za-z]+", re.sub(r"<[^>]*>", "", field.shape))


def test_every_shape_is_known() -> None:
    scalars = {"text", "number", "whole", "flag", "any", "null"}
    assert set(walk_shapes()) <= scalars | set(tables())


@pytest.mark.parametrize("plan", [every_kind_plan(), genesis_plan()], ids=["every-kind", "genesis"])
def test_what_is_rendered_is_what_grafana_publishes(plan: Plan) -> None:
    dashboards = [json.loads(a.text) for a in artifacts(plan) if a.path.startswith("grafana/dashboards/")]
    assert dashboards
    for drawn in dashboards:
        assert faults(drawn, "Dashboard") == []
        for panel in drawn["panels"]:
            if panel["type"] == "row":
                assert faults(panel, "Row") == []
                continue
            assert faults(panel, "Panel") == []
            assert faults(panel["options"], OPTIONS[panel["type"]]) == []
            if panel["type"] == "text":
                continue
            defaults = panel["fieldConfig"]["defaults"]
            if "custom" in defaults:
                assert faults(defaults["custom"], CUSTOM[panel["type"]]) == []
            assert is_unit(defaults["unit"])


def test_panels_have_ids_of_their_own_and_lie_side_by_side() -> None:
    for artifact in artifacts(every_kind_plan()):
        if not artifact.path.startswith("grafana/dashboards/"):
            continue
        panels = json.loads(artifact.text)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        cells = [
            (x, y)
            for grid in (panel["gridPos"] for panel in panels)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        ]
        assert len(set(cells)) == len(cells)
        assert {x for x, _ in cells} <= set(range(24))
