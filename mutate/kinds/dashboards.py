"""Faults in the panels of the generated dashboards and in their queries."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from mutate.edits import chosen
from mutate.json_edits import DASHBOARDS, Json, add, alter, drop, each_in, only, panels, put, whole
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

_DRAWN = "stat gauge timeseries"


def _add_panel(data: Json) -> str:
    copy = deepcopy(data["panels"][-1])
    copy["id"], copy["title"] = 999, "Another panel"
    copy["gridPos"]["y"] += copy["gridPos"]["h"]
    data["panels"].append(copy)
    return "panel 999 added"


def _add_query(panel: Json) -> str:
    panel["targets"].append({**panel["targets"][-1], "refId": "X", "expr": "vector(1)"})
    return "query X added"


def _panel_dropped(tree: Files) -> Iterator[Site]:
    """Each panel and row left out."""
    yield from _panels_changed(tree, lambda all_, index: all_[:index] + all_[index + 1 :], "dropped")


def _panel_doubled(tree: Files) -> Iterator[Site]:
    """Each panel and row twice."""
    yield from _panels_changed(tree, lambda all_, index: [*all_[: index + 1], *all_[index:]], "doubled")


def _ids_exchanged(tree: Files) -> Iterator[Site]:
    """The ids of a panel and the one behind it."""

    def change(all_: list[Json], index: int) -> list[Json]:
        other = (index + 1) % len(all_)
        new = deepcopy(all_)
        new[index]["id"], new[other]["id"] = new[other]["id"], new[index]["id"]
        return new

    yield from _panels_changed(tree, change, "id exchanged with the next")


def _queries_exchanged(tree: Files) -> Iterator[Site]:
    """The queries of a panel and the one behind it."""

    def change(all_: list[Json], index: int) -> list[Json]:
        other = (index + 1) % len(all_)
        new = deepcopy(all_)
        if "targets" in new[index] and "targets" in new[other]:
            new[index]["targets"], new[other]["targets"] = new[other]["targets"], new[index]["targets"]
        return new

    yield from _panels_changed(tree, change, "queries exchanged with the next")


def _panels_changed(tree: Files, change: Any, word: str) -> Iterator[Site]:
    for path, _ in chosen(tree, DASHBOARDS):
        count = tree[path].count("\n    {\n")
        for index in range(count):

            def edit(data: Json, index: int = index) -> str | None:
                before = data["panels"]
                if index >= len(before):
                    return None
                data["panels"] = change(before, index)
                return None if data["panels"] == before else f"panel {before[index]['id']} {word}"

            yield from whole(edit)(tree)


def _misspelt(expr: str) -> str:
    return re.sub(r"(\w{4})(\w)(\w+)", r"\1\3", expr, count=1)


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"dashboards: {name}", Target.GENERATED, Expect.CHECK, sites, most)


KINDS = (
    _kind("panel id moved", panels(alter("id", by=lambda number: number + 500)), 8),
    _kind("panel ids exchanged", _ids_exchanged, 6),
    _kind("panel id of another panel", panels(put("id", value=1)), 5),
    _kind("panel id dropped", panels(drop("id"), put("id", value=None), put("id", value=0)), 6),
    _kind("panel dropped", _panel_dropped, 8),
    _kind("panel doubled", _panel_doubled, 5),
    _kind("panel added", whole(_add_panel), 1),
    _kind(
        "panel type changed",
        panels(
            only("stat gauge", put("type", value="bargauge")),
            only("timeseries", put("type", value="graph")),
            only("row", put("type", value="text")),
        ),
        8,
    ),
    _kind("title changed", panels(alter("title", by=lambda title: title + " (old)")), 6),
    _kind("title dropped", panels(drop("title"), put("title", value="")), 6),
    _kind("description dropped", panels(drop("description"), put("description", value="")), 6),
    _kind("description changed", panels(alter("description", by=lambda text: text + " Or not.")), 5),
    _kind(
        "text changed",
        panels(only("text", alter("options", "content", by=lambda text: text.replace("98", "90")))),
        2,
    ),
    _kind("query misspelt", each_in("targets", alter("expr", by=_misspelt)), 8),
    _kind("query broken", each_in("targets", alter("expr", by=lambda expr: f"sum({expr}")), 4),
    _kind(
        "query of another SLI", each_in("targets", put("expr", value="sli:regression_tests_passed:count")), 8
    ),
    _kind("queries exchanged", _queries_exchanged, 5),
    _kind(
        "query aggregated or scaled",
        each_in(
            "targets",
            alter("expr", by=lambda expr: f"100 * {expr}"),
            alter("expr", by=lambda expr: f"avg({expr})"),
        ),
        8,
    ),
    _kind("query dropped", panels(drop("targets", -1), drop("targets", 0), drop("targets")), 8),
    _kind("query added", panels(only(_DRAWN, _add_query)), 4),
    _kind("query hidden", each_in("targets", add("hide", value=True)), 4),
    _kind("query instant or over a range", each_in("targets", alter("instant", by=lambda flag: not flag)), 6),
    _kind("query with the letter of another", each_in("targets", put("refId", value="A"), drop("refId")), 4),
    _kind(
        "legend changed",
        each_in("targets", put("legendFormat", value="{{nowhere}}"), drop("legendFormat")),
        8,
    ),
    _kind(
        "datasource of a query dropped",
        each_in("targets", drop("datasource"), put("datasource", value=None)),
        6,
    ),
    _kind(
        "datasource of a query changed",
        each_in(
            "targets",
            put("datasource", "uid", value="other"),
            put("datasource", "type", value="loki"),
            put("datasource", value="Prometheus"),
        ),
        8,
    ),
    _kind(
        "datasource of a panel changed",
        panels(
            drop("datasource"),
            put("datasource", "uid", value="${source}"),
            put("datasource", "uid", value="genesis"),
        ),
        8,
    ),
)
