"""A dashboard and a source in, one HTML page out that asks nobody for anything."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from genesis_monitoring.preview.asking import PanelData, Span, ask, find_span, shown_text
from genesis_monitoring.preview.changes import Changes
from genesis_monitoring.preview.colours import declarations, shape
from genesis_monitoring.preview.dashboard import DashboardView, PanelView, RowView, ViewLink
from genesis_monitoring.preview.drawings.registry import draw
from genesis_monitoring.preview.fields import Field
from genesis_monitoring.preview.markdown import link, to_html
from genesis_monitoring.preview.markup import element, joined, text
from genesis_monitoring.preview.sources import Source
from genesis_monitoring.render.quoting import Quoted
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.times import spell_time

_REPEATED = 20
"""A row is drawn so often at most."""
TEMPLATE = "preview/preview.html.j2"


@dataclass(frozen=True, slots=True)
class Preview:
    """A page, and what could not be asked: a line for each panel."""

    html: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is made for. ``least`` is the smallest step of a range, in seconds.

    ``changes`` is how the dashboard differs from another one, if it is compared.
    """

    source: Source
    least: float
    changes: Changes = field(default_factory=Changes)


def make_preview(dashboard: DashboardView, asked: Asked, templates: Templates) -> Preview:
    """Ask for all that ``dashboard`` shows, and lay it out. Raises ServerError."""
    source = asked.source
    span = find_span(dashboard.time_from, dashboard.time_to, source.now)
    if source.start is not None:
        span = Span(source.start, source.now)
    problems: list[str] = []
    drawn = [pair for row in dashboard.rows for pair in _repeated(row, dashboard, source, span)]
    rows = [_row(row, number, board, asked, span, problems) for number, (row, board) in enumerate(drawn)]
    body = joined(*rows)
    page = templates.render(
        TEMPLATE,
        title=shown_text(dashboard.title, dashboard.variables),
        description=_prose(dashboard, dashboard.description),
        facts=tuple(_facts(dashboard, source, span)),
        links=_links(dashboard.links),
        changes=_changes(asked.changes),
        body=body,
        light=Quoted(declarations(body, "light")),
        dark=Quoted(declarations(body, "dark")),
    )
    return Preview(page, tuple(problems))


def _facts(dashboard: DashboardView, source: Source, span: Span) -> Iterator[tuple[str, str]]:
    if source.name:
        yield "Source", source.name
        yield "Time", f"{spell_time(span.start)} to {spell_time(span.end)}"
    else:
        yield "Source", "none: this is the layout, without data"
        yield "Time", f"{dashboard.time_from} to {dashboard.time_to}"
    yield from dashboard.labels.items()
    if dashboard.tags:
        yield "Tags", ", ".join(dashboard.tags)


def _repeated(
    row: RowView, dashboard: DashboardView, source: Source, span: Span
) -> Iterator[tuple[RowView, DashboardView]]:
    """``row`` once for each value chosen of its variable, with the choices that it is drawn with."""
    if row.repeat not in dashboard.offered:
        yield row, dashboard
        return
    series, label = dashboard.offered[row.repeat]
    chosen = dashboard.variables.get(row.repeat, ".*")
    found = source.latest(f"group by ({label}) ({series})", span.end).series
    values = sorted({dict(one.labels).get(label, "") for one in found} - {""})
    values = [value for value in values if re.fullmatch(chosen, value)]
    # Where nobody knows which there are, the layout is shown once.
    for value in values[:_REPEATED] or [chosen]:
        yield row, replace(dashboard, variables={**dashboard.variables, row.repeat: value})


def _row(
    row: RowView, number: int, dashboard: DashboardView, asked: Asked, span: Span, problems: list[str]
) -> Quoted:
    top = min((panel.grid.y for panel in row.panels), default=0)
    place = (top, f"-{number}" if row.repeat else "")
    panels = [_panel(panel, place, dashboard, asked, span, problems) for panel in row.panels]
    grid = element("div", *panels, class_="grid")
    if not row.title:
        return element("section", grid, aria_label="Panels")
    title = shown_text(row.title, dashboard.variables)
    if row.collapsed:
        heading = element("h2", title, id=f"row-{number}")
        return element("details", element("summary", heading), grid, class_="row")
    heading = element("h2", title, id=f"row-{number}")
    return element("section", heading, grid, aria_labelledby=f"row-{number}", class_="row")


def _panel(
    panel: PanelView,
    place: tuple[int, str],
    dashboard: DashboardView,
    asked: Asked,
    span: Span,
    problems: list[str],
) -> Quoted:
    """``place``: the grid row where its row begins, and what tells its id from that of a repetition."""
    top, again = place
    name = f"panel-{panel.id}{again}"
    data = ask(panel, asked.source, span, dashboard.variables, asked.least)
    title = shown_text(panel.title, dashboard.variables)
    problems += [f"panel {panel.id} ({title}): {problem}" for problem in data.problems]
    own_time = element("span", f"last {panel.time_from}", class_="time") if panel.time_from else None
    mark = asked.changes.of(panel.id)
    grid = panel.grid
    return element(
        "article",
        element(
            "header",
            element("h3", title, id=name),
            own_time,
            element("span", mark, class_="mark") if mark else None,
            _about(panel, title, dashboard),
        ),
        *(element("p", f"Not shown: {problem}", class_="problem") for problem in data.problems),
        element("div", _drawn(panel, data), class_="body"),
        class_=f"panel {'changed' if mark else ''}".strip(),
        aria_labelledby=name,
        style=f"--x:{grid.x + 1};--y:{grid.y - top + 1};--w:{grid.width};--h:{grid.height}",
    )


def _drawn(panel: PanelView, data: PanelData) -> Quoted | None:
    if data.problems and not data.frames:
        return None
    return draw(panel, data)


def _about(panel: PanelView, title: str, dashboard: DashboardView) -> Quoted:
    """What Grafana has behind the i in the corner, and what a reviewer asks: levels and queries."""
    levels = list(_level_texts(Field(panel.defaults)))
    queries = [element("li", element("code", target.expr)) for target in panel.targets if target.expr]
    return element(
        "details",
        element(
            "summary",
            element("span", "i", aria_hidden="true"),
            element("span", f"About {title}", class_="hidden"),
        ),
        element(
            "div",
            _prose(dashboard, panel.description),
            _links(panel.links),
            element("h4", "Levels") if levels else None,
            element("ul", *levels, class_="levels") if levels else None,
            element("h4", "Queries") if queries else None,
            element("ul", *queries) if queries else None,
            element("p", f"Panel {panel.id}, {panel.type}", class_="note"),
        ),
        class_="about",
    )  # fmt: skip


def _level_texts(field: Field) -> Iterator[Quoted]:
    if len(field.steps) < 2:
        return
    for index, step in enumerate(field.steps):
        told = f"from {field.tick(step.value)}" if index else f"below {field.tick(field.steps[1].value)}"
        swatch = element("span", class_="swatch block", style=f"background:{shape(step.color)}")
        yield element("li", swatch, f"{told}: {step.color}")


def _prose(dashboard: DashboardView, markdown: str) -> Quoted:
    return to_html(shown_text(markdown, dashboard.variables), heading=4)


def _links(links: Sequence[ViewLink]) -> Quoted | None:
    if not links:
        return None
    return element("ul", *(element("li", link(text(one.title), one.url)) for one in links), class_="links")


def _changes(changes: Changes) -> Quoted | None:
    if not changes.compared:
        return None
    if not changes.lines:
        return element("p", f"Nothing differs from {changes.compared}.", class_="changes")
    lines = (element("li", line) for line in changes.lines)
    heading = element("h2", f"What differs from {changes.compared}")
    return element("section", heading, element("ul", *lines), class_="changes")
