"""A dashboard's JSON as Grafana saves it, read into rows of panels. What is not known is left as it stands.

It is read and not the plan, so a page shows what Grafana is given, be it ours of today, ours of another
commit or one that a person has saved.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.errors import GenesisMonError

COLUMNS = 24
_ROW = "row"
_OFFERED = re.compile(r"label_values\((.+),\s*(\w+)\)", re.ASCII)

Config = Mapping[str, Any]


class NoDashboardError(GenesisMonError):
    """A file is no dashboard."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a panel stands, in columns (of 24) and grid rows."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Target:
    """A query. ``shape`` is how Grafana asks for its answer: time_series, table or heatmap."""

    ref: str
    expr: str
    legend: str
    instant: bool
    shape: str


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A link on a panel or on the dashboard."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel. ``defaults`` and ``overrides`` are its ``fieldConfig``, ``raw`` is all of it."""

    id: int
    type: str
    title: str
    description: str
    grid: Grid
    targets: tuple[Target, ...]
    defaults: Config
    overrides: tuple[Config, ...]
    options: Config
    links: tuple[ViewLink, ...]
    time_from: str
    interval: str
    raw: Config


@dataclass(frozen=True, slots=True)
class RowView:
    """Panels below a title; those before the first row of a dashboard have none.

    It is there for each value chosen of the variable ``repeat``.
    """

    title: str
    collapsed: bool
    panels: tuple[PanelView, ...]
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Events that are drawn over the panels, by a query."""

    name: str
    expr: str
    title: str
    color: str


@dataclass(frozen=True, slots=True)
class DashboardView:
    """A dashboard. ``variables`` are the choices at its start, by name; lists are joined for PromQL.

    ``offered`` are the series and the label that the values of a variable come from.
    """

    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    time_from: str
    time_to: str
    variables: Mapping[str, str]
    labels: Mapping[str, str]
    links: tuple[ViewLink, ...]
    annotations: tuple[Annotation, ...]
    rows: tuple[RowView, ...]
    offered: Mapping[str, tuple[str, str]]

    @property
    def panels(self) -> tuple[PanelView, ...]:
        """Those of all rows."""
        return tuple(panel for row in self.rows for panel in row.panels)


def read_dashboard(text: str, name: str) -> DashboardView:
    """Raises NoDashboardError, with ``name``, for what Grafana would not show."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or not isinstance(data.get("panels"), list):
            raise ValueError("it has no list of panels")
        return _dashboard(data)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NoDashboardError(
            f"{name} is no dashboard as Grafana saves it: {str(error)[:200]}",
            "render it anew, or export it again",
        ) from None


def _dashboard(data: Config) -> DashboardView:
    time = data.get("time") or {}
    listed = [
        one for one in (data.get("templating") or {}).get("list") or () if one.get("type") != "datasource"
    ]
    return DashboardView(
        uid=str(data.get("uid") or ""),
        title=str(data.get("title") or ""),
        description=str(data.get("description") or ""),
        tags=tuple(str(tag) for tag in data.get("tags") or ()),
        time_from=str(time.get("from") or "now-6h"),
        time_to=str(time.get("to") or "now"),
        variables={str(one["name"]): _chosen(one) for one in listed},
        labels={str(one.get("label") or one["name"]): _choice(one) for one in listed if one.get("hide") != 2},
        links=_links(data.get("links")),
        annotations=tuple(_annotations(data)),
        rows=tuple(_rows(data["panels"])),
        offered={
            str(one["name"]): (found[1], found[2])
            for one in listed
            if (found := _OFFERED.fullmatch(str(one.get("definition") or "")))
        },
    )


def _chosen(variable: Config) -> str:
    """As PromQL takes it: a regular expression of all that is chosen."""
    value = (variable.get("current") or {}).get("value")
    values = [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
    if "$__all" in values or (not values and variable.get("includeAll")):
        return str(variable.get("allValue") or ".*")
    if not values:
        return ".*" if variable.get("type") == "query" else str(variable.get("query") or "")
    return values[0] if len(values) == 1 else "|".join(re.escape(one) for one in values)


def _choice(variable: Config) -> str:
    shown = (variable.get("current") or {}).get("text")
    values = [str(one) for one in (shown if isinstance(shown, list) else [shown]) if one]
    return ", ".join(values) or ("All" if _chosen(variable) == ".*" else _chosen(variable))


def _annotations(data: Config) -> list[Annotation]:
    found = []
    for one in (data.get("annotations") or {}).get("list") or ():
        target = one.get("target") or {}
        expr = target.get("expr") or one.get("expr")
        if expr and one.get("enable", True):
            title = str(one.get("titleFormat") or one.get("name") or "")
            found.append(
                Annotation(str(one.get("name") or ""), str(expr), title, str(one.get("iconColor") or "red"))
            )
    return found


def _rows(panels: list[Config]) -> list[RowView]:
    rows: list[tuple[str, bool, list[PanelView], str]] = [("", False, [], "")]
    ordered = sorted(panels, key=lambda one: (_grid(one).y, _grid(one).x))
    for one in ordered:
        if one.get("type") == _ROW:
            inside = [_panel(panel) for panel in one.get("panels") or ()]
            shut, repeat = bool(one.get("collapsed")), str(one.get("repeat") or "")
            rows.append((str(one.get("title") or ""), shut, inside, repeat))
        else:
            rows[-1][2].append(_panel(one))
    return [
        RowView(title, shut, tuple(inside), repeat) for title, shut, inside, repeat in rows if title or inside
    ]


def _panel(data: Config) -> PanelView:
    field = data.get("fieldConfig") or {}
    return PanelView(
        id=int(data.get("id") or 0),
        type=str(data.get("type") or ""),
        title=str(data.get("title") or ""),
        description=str(data.get("description") or ""),
        grid=_grid(data),
        targets=tuple(_target(one) for one in data.get("targets") or () if not one.get("hide")),
        defaults=dict(field.get("defaults") or {}),
        overrides=tuple(dict(one) for one in field.get("overrides") or ()),
        options=dict(data.get("options") or {}),
        links=_links(data.get("links")),
        time_from=str(data.get("timeFrom") or ""),
        interval=str(data.get("interval") or ""),
        raw=data,
    )


def _target(data: Config) -> Target:
    return Target(
        str(data.get("refId") or ""),
        str(data.get("expr") or ""),
        str(data.get("legendFormat") or ""),
        bool(data.get("instant")),
        str(data.get("format") or "time_series"),
    )


def _links(data: Any) -> tuple[ViewLink, ...]:
    return tuple(ViewLink(str(one.get("title") or ""), str(one.get("url") or "")) for one in data or ())


def _grid(data: Config) -> Grid:
    place = data.get("gridPos") or {}
    width = min(max(int(place.get("w") or COLUMNS), 1), COLUMNS)
    x = min(max(int(place.get("x") or 0), 0), COLUMNS - width)
    return Grid(x, max(int(place.get("y") or 0), 0), width, min(max(int(place.get("h") or 8), 1), 100))
