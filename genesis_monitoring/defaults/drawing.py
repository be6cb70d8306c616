"""Dashboards of their own accord: a row a component, a panel an SLI; and how they behave."""

from collections import Counter
from typing import Any
from zlib import crc32

from genesis_monitoring.defaults.metrics import metric_names
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Entry, Tree

_PANELS, _ROWS = 1_000, 1_500_000_000
_SPAN = {_PANELS: 1_400_000_000, _ROWS: 600_000_000}
"""So many ids that two of a thousand SLIs hardly ever take the same one: then the later one gets another."""
_PLAIN = {"type": "timeseries", "width": 12, "height": 8}
_LONGEST_UID = 40
_PROFILES = {
    "steady-state": {"title": "Every day", "refresh": "5m", "time_range": "1d"},
    "drill": {
        "title": "A drill: alerts fire within seconds",
        "refresh": "10s",
        "time_range": "15m",
        "for_at_most": "10s",
    },
}


def fill_dashboards(tree: Tree) -> None:
    """One dashboard of all SLIs, if the spec has none."""
    about = tree.section("metadata")
    name = about.get("name")
    if "dashboards" not in tree.root and isinstance(name, str):
        taken: set[int] = set()
        rows = tuple(_rows(tree, taken))
        dashboard = {
            "title": about.get("title", name),
            "description": about.get("description", name),
            "tags": (name,),
            "rows": rows,
        }
        if rows:
            tree.fill(("dashboards", name[:_LONGEST_UID].rstrip("-")), dashboard, "slis")
    if "profiles" not in tree.root:
        tree.fill(("profiles",), _PROFILES, "profiles")


def fill_panels(tree: Tree) -> None:
    """Panels that the spec lays out itself: their type and size, and words of what they draw."""
    for _, dashboard in tree.named("dashboards"):
        for row in _mappings(dashboard.get("rows")):
            for panel in _mappings(row.get("panels")):
                queries = panel.get("queries")
                if isinstance(queries, tuple):
                    panel["queries"] = tuple(_query(tree, one) for one in queries)
                for key, value in _PLAIN.items():
                    panel.setdefault(key, value)
                if isinstance(panel.get("title"), str):
                    panel.setdefault("description", f"{panel['title'].rstrip('.')}.")


def _mappings(value: Any) -> list[Entry]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, tuple) else []


def _query(tree: Tree, query: Any) -> Any:
    """An SLI by its name alone; the legend is the title of what is drawn."""
    whole = {"sli": query} if isinstance(query, str) else query
    if not isinstance(whole, dict) or "legend" in whole:
        return whole
    title = tree.section("slis", str(whole.get("sli"))).get("title")
    metric = next(metric_names(whole.get("metric")), None)
    legend = title or (title_of(metric) if metric else None)
    return {**whole, "legend": legend} if legend else whole


def _rows(tree: Tree, taken: set[int]) -> list[dict[str, Any]]:
    rows = []
    titles = _titles(tree)
    for component, title in tree.section("components").items():
        slis = [(name, sli) for name, sli in tree.named("slis") if sli.get("component") == component]
        panels = tuple(_panel(name, sli, titles[name], taken) for name, sli in slis)
        if panels:
            rows.append({"id": _number(component, _ROWS, taken), "title": title, "panels": panels})
    return rows


def _titles(tree: Tree) -> dict[str, str]:
    """A title for the panel of each SLI: its own; where several have that, with component, or its name."""
    slis = dict(tree.named("slis"))
    components = tree.section("components")
    own = {name: str(sli.get("title", name)) for name, sli in slis.items()}
    of = {name: f"{components.get(str(sli.get('component')))}: {own[name]}" for name, sli in slis.items()}
    often, both = Counter(own.values()), Counter(of.values())
    return {
        name: title if often[title] == 1 else of[name] if both[of[name]] == 1 else f"{title} ({name})"
        for name, title in own.items()
    }


def _panel(name: str, sli: Entry, title: str, taken: set[int]) -> dict[str, Any]:
    by = [label for label in sli.get("by", ()) if isinstance(label, str)]
    own = sli.get("title", name)
    return {
        **_PLAIN,
        "id": _number(name, _PANELS, taken),
        "title": title,
        "description": f"{own}, against its objective." if "objective" in sli else f"{own}.",
        **({"type": "stat"} if sli.get("kind") == "up" else {}),
        "queries": ({"sli": name, "legend": " ".join(f"{{{{{label}}}}}" for label in by) or own},),
    }


def _number(name: str, first: int, taken: set[int]) -> int:
    """An id that follows from the name alone, so that it stays when another SLI comes or goes."""
    number = first + crc32(name.encode()) % _SPAN[first]
    while number in taken:
        number += 1
    taken.add(number)
    return number
