"""Grafana's published types: JSON in, its faults out.

They are those of grafana-foundation-sdk, which is made from Grafana's own schema. Its classes check nothing
when they read; what they say of themselves is read here: the keys that a class writes, and the types of its
attributes.
"""

import enum
import importlib
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from grafana_foundation_sdk.models import dashboard, prometheus, units

from genesis_monitoring.documents.node import Path

UNITS = frozenset(getattr(units, name) for name in vars(units) if name[0].isupper())
"""The ids that Grafana formats values by; it shows the bare number for any other."""
_OWN_UNIT = re.compile("count:.+")
"""Ids that carry a word of their own: numbers by their scale with that word behind, as 1.2 K queries/s."""
_OPTIONAL: dict[type, frozenset[str]] = {
    # Grafana saves the links of panels with title, url and targetBlank alone.
    dashboard.DashboardLink: frozenset(
        {"type", "icon", "tooltip", "tags", "asDropdown", "placement", "includeVars", "keepTime"}
    ),
    dashboard.AnnotationQuery: frozenset({"placement"}),
}
"""What Grafana leaves out although its schema asks for it."""
_OPEN = frozenset({"snapshot", "actions", "mappings", "adhocFilters", "resultAssertions", "scopes", "panels"})
"""Keys that are not looked into: nothing of them is drawn here, or it is looked at by itself."""
_SCALARS: Mapping[Any, str] = {
    str: "text",
    float: "a number",
    int: "a whole number",
    bool: "a flag",
}

Fault = tuple[Path, str]


def dashboard_faults(drawn: Mapping[str, Any]) -> Iterator[Fault]:
    """What Grafana does not have in a dashboard and its panels."""
    yield from faults(drawn, dashboard.Dashboard)
    yield from _panel_faults(drawn, ())


def _panel_faults(holder: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    for index, panel in enumerate(holder["panels"]):
        at: Path = (*path, "panels", index)
        if panel["type"] == "row":
            yield from faults(panel, dashboard.RowPanel, at)
            yield from _panel_faults(panel, at)
            continue
        models = importlib.import_module(f"grafana_foundation_sdk.models.{panel['type'].replace('-', '')}")
        yield from faults(panel, dashboard.Panel, at)
        yield from faults(panel["options"], models.Options, (*at, "options"))
        defaults = panel.get("fieldConfig", {}).get("defaults", {})
        if "custom" in defaults:
            yield from faults(defaults["custom"], models.FieldConfig, (*at, "custom"))
        unit = defaults.get("unit", "none")
        if unit not in UNITS and not _OWN_UNIT.fullmatch(unit):
            yield (*at, "unit"), f"{defaults['unit']} is no unit of Grafana's"


def faults(value: object, cls: type, path: Path = ()) -> Iterator[Fault]:
    """What of ``value``, which stands at ``path``, the class does not allow."""
    if not isinstance(value, dict):
        yield path, f"{json.dumps(value)} stands where an object must"
        return
    fields = _fields(cls)
    for key, inner in value.items():
        if key not in fields:
            yield (*path, key), f"{key} is no key of Grafana's here"
        elif key not in _OPEN:
            yield from _hint_faults(inner, fields[key], (*path, key))
    for key, hint in fields.items():
        if key not in value and type(None) not in typing.get_args(hint) and key not in _OPTIONAL.get(cls, ()):
            yield (*path, key), f"{key} is missing"


@cache
def _fields(cls: type) -> Mapping[str, Any]:
    """The type of each JSON key, as the class writes it."""
    hints = typing.get_type_hints(cls)
    source = inspect.getsource(cls.to_json)  # type: ignore[attr-defined]
    written = re.findall(r'"(\w+)": self\.(\w+),|payload\["(\w+)"\] = self\.(\w+)', source)
    return {a or c: hints[b or d] for a, b, c, d in written}


def _hint_faults(value: object, hint: Any, path: Path) -> Iterator[Fault]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        found = [tuple(_hint_faults(value, one, path)) for one in inner if one is not type(None)]
        if all(found):
            yield from found[0]
    elif origin is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _hint_faults(item, inner[0], (*path, index))
    elif origin is typing.Literal or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        allowed = inner or tuple(one.value for one in hint)
        if isinstance(value, bool) or value not in allowed:
            yield path, f"{json.dumps(value)} may be one of {', '.join(map(str, allowed))}"
    elif hint in _SCALARS:
        if not _fits(value, hint):
            yield path, f"{json.dumps(value)} must be {_SCALARS[hint]}"
    elif origin in (list, dict):
        if not isinstance(value, origin):
            yield path, f"{json.dumps(value)} must be a {origin.__name__}"
    elif hint is not object:
        yield from faults(value, prometheus.Dataquery if hint.__name__ == "Dataquery" else hint, path)


def _fits(value: object, scalar: type) -> bool:
    if isinstance(value, bool) or scalar in (bool, str):
        return type(value) is scalar
    return isinstance(value, int) or (isinstance(value, float) and (scalar is float or value.is_integer()))
