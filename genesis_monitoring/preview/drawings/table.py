"""``table``, and whatever has no drawing of its own: a line a series.

Of what Grafana does to an answer before it is a table, that is done here which our dashboards ask for:
``reduce`` (a series becomes its name and one value) and ``organize`` (columns are named, ordered, left out).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.preview.asking import PanelData
from genesis_monitoring.preview.colours import on, shape, writing
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.states import nothing
from genesis_monitoring.preview.drawings.values import calc_of
from genesis_monitoring.preview.fields import Field, Shown, field_of
from genesis_monitoring.preview.markdown import link
from genesis_monitoring.preview.markup import element, text
from genesis_monitoring.render.quoting import Quoted

_NAME = "__name__"
_ROWS = 100
_RAW = re.compile(r"\$\{__value\.(?:raw|text)\}")

Cell = str | float | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was asked for and as it is shown."""

    key: str
    title: str
    field: Field


def draw_table(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    if not data.frames:
        return nothing(panel)
    reduced = any(one.get("id") == "reduce" for one in _transformations(panel))
    rows = _reduced(panel, data) if reduced else _merged(panel, data)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    titles = _organised(panel, keys)
    columns = [Column(key, title, field_of(panel, title, "", data.span.end)) for key, title in titles.items()]
    rows = _sorted(panel, rows, columns)
    head = element("tr", *(element("th", column.title, scope="col") for column in columns))
    body = [element("tr", *(_cell(row.get(column.key), column.field) for column in columns)) for row in rows]
    more = len(body) - _ROWS
    return element(
        "div",
        element("table", element("thead", head), element("tbody", *body[:_ROWS])),
        element("p", f"and {more} more", class_="note") if more > 0 else None,
        class_="table",
    )


def _reduced(panel: PanelView, data: PanelData) -> list[Row]:
    calc = calc_of(panel)
    return [{"Field": frame.name, "Last *": frame.reduced(calc)} for frame in data.frames]


def _merged(panel: PanelView, data: PanelData) -> list[Row]:
    """A line for each label set, with a value of each query that has it."""
    calc = calc_of(panel)
    refs = list(dict.fromkeys(frame.ref for frame in data.frames))
    labels = list(dict.fromkeys(key for frame in data.frames for key in frame.labels if key != _NAME))
    rows: dict[tuple[str, ...], dict[str, Cell]] = {}
    for frame in data.frames:
        own = {label: frame.labels.get(label, "") for label in labels} or {"Series": frame.name}
        row = rows.setdefault(tuple(own.values()), dict(own))
        row["Value" if len(refs) == 1 else f"Value #{frame.ref}"] = frame.reduced(calc)
    return list(rows.values())


def _cell(value: Cell, field: Field) -> Quoted:
    shown = _named(value, field) if isinstance(value, str) else field.shown(value)
    kind = str((field.custom.get("cellOptions") or {}).get("type") or "auto")
    style = None
    if kind.startswith("color-background"):
        style = f"background:{shape(shown.color)};color:{on(shown.color)}"
    elif kind == "color-text":
        style = f"color:{writing(shown.color)}"
    inside = text(shown.text)
    links = field.config.get("links") or ()
    if isinstance(value, str) and links:
        inside = link(inside, _RAW.sub(value.replace("\\", r"\\"), str(links[0].get("url") or "")))
    return element("td", inside, class_=None if isinstance(value, str) else "value", style=style)


def _named(value: str, field: Field) -> Shown:
    """A text, with the colour that a mapping gives it."""
    for mapping in field.config.get("mappings") or ():
        options = mapping.get("options") or {}
        if mapping.get("type") == "regex" and _found(str(options.get("pattern") or ""), value):
            result = options.get("result") or {}
        elif mapping.get("type") == "value" and value in options:
            result = options[value]
        else:
            continue
        return Shown(str(result.get("text") or value), str(result.get("color") or "text"))
    return Shown(value, "text")


def _found(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return False


def _organised(panel: PanelView, columns: Sequence[str]) -> dict[str, str]:
    titles = {column: column for column in columns}
    for one in _transformations(panel):
        options = one.get("options")
        if one.get("id") != "organize" or not isinstance(options, Mapping):
            continue
        out, named = options.get("excludeByName") or {}, options.get("renameByName") or {}
        order = options.get("indexByName") or {}
        kept = [name for name in titles if not out.get(name)]
        places = {name: float(order.get(name, len(titles))) for name in kept}
        titles = {name: str(named.get(name) or titles[name]) for name in sorted(kept, key=places.__getitem__)}
    return titles


def _sorted(panel: PanelView, rows: list[Row], columns: Sequence[Column]) -> list[Row]:
    for one in reversed(panel.options.get("sortBy") or ()):
        key = next((column.key for column in columns if column.title == one.get("displayName")), None)
        if key is not None:
            rows = sorted(rows, key=lambda row: _rank(row.get(key)), reverse=bool(one.get("desc")))
    return rows


def _rank(cell: Cell) -> tuple[bool, float, str]:
    return (
        (isinstance(cell, str), cell, "")
        if isinstance(cell, float | int)
        else (cell is not None, 0.0, cell or "")
    )


def _transformations(panel: PanelView) -> Sequence[Mapping[str, Any]]:
    return [one for one in panel.raw.get("transformations") or () if isinstance(one, Mapping)]
