"""Faults in how the generated dashboards show their values, and in their own settings."""

from mutate.edits import rotated
from mutate.json_edits import add, alter, drop, each_in, only, panels, put, whole
from mutate.mutant import Expect, Kind, Sites, Target

_DRAWN = "stat gauge timeseries"
_UNITS = ("percent", "percentunit", "ms", "s", "short", "bytes", "currencyUSD")
_STEPS = ("fieldConfig", "defaults", "thresholds", "steps")


def _other_unit(unit: str) -> str:
    return rotated(_UNITS, unit, 2)


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"dashboards: {name}", Target.GENERATED, Expect.CHECK, sites, most)


def _defaults(key: str) -> tuple[str, str, str]:
    return ("fieldConfig", "defaults", key)


KINDS = (
    _kind("unit exchanged", panels(alter(*_defaults("unit"), by=_other_unit)), 10),
    _kind("unit unknown", panels(put(*_defaults("unit"), value="percentage")), 4),
    _kind("unit dropped", panels(drop(*_defaults("unit"))), 5),
    _kind(
        "minimum or maximum changed",
        panels(put(*_defaults("max"), value=1), put(*_defaults("min"), value=50), drop(*_defaults("max"))),
        8,
    ),
    _kind(
        "threshold value changed",
        panels(alter(*_STEPS, -1, "value", by=lambda value: (value or 0) * 1.1 + 1)),
        8,
    ),
    _kind(
        "threshold colour changed",
        panels(put(*_STEPS, -1, "color", value="blue"), put(*_STEPS, 0, "color", value="blue")),
        6,
    ),
    _kind("threshold step dropped", panels(drop(*_STEPS, -1), drop(*_STEPS, 0)), 8),
    _kind("threshold steps in another order", panels(alter(*_STEPS, by=lambda steps: steps[::-1])), 5),
    _kind(
        "thresholds in percent",
        panels(put("fieldConfig", "defaults", "thresholds", "mode", value="percentage")),
        4,
    ),
    _kind(
        "thresholds not drawn",
        panels(
            put("fieldConfig", "defaults", "custom", "thresholdsStyle", "mode", value="off"),
            drop("fieldConfig", "defaults", "custom", "thresholdsStyle"),
        ),
        4,
    ),
    _kind(
        "stacking changed",
        panels(
            alter(
                "fieldConfig",
                "defaults",
                "custom",
                "stacking",
                "mode",
                by=lambda mode: "none" if mode == "normal" else "normal",
            )
        ),
        5,
    ),
    _kind("colour mode changed", panels(put("fieldConfig", "defaults", "color", "mode", value="fixed")), 4),
    _kind(
        "value without data changed",
        panels(put(*_defaults("noValue"), value="0"), drop(*_defaults("noValue"))),
        4,
    ),
    _kind(
        "value mapped to another",
        panels(
            put(
                *_defaults("mappings"),
                value=[{"type": "value", "options": {"0": {"text": "OK", "index": 0}}}],
            )
        ),
        4,
    ),
    _kind(
        "reducer changed",
        panels(
            put("options", "reduceOptions", "calcs", value=["max"]),
            put("options", "reduceOptions", "calcs", value=[]),
        ),
        5,
    ),
    _kind(
        "panels overlap",
        panels(alter("gridPos", "h", by=lambda h: h + 20), alter("gridPos", "y", by=lambda y: max(y - 3, 0))),
        8,
    ),
    _kind(
        "panel off the grid",
        panels(put("gridPos", "x", value=20), put("gridPos", "w", value=30), drop("gridPos")),
        6,
    ),
    _kind(
        "panel smaller",
        panels(alter("gridPos", "w", by=lambda w: w - 1), alter("gridPos", "h", by=lambda h: h - 1)),
        5,
    ),
    _kind(
        "null in place of a value",
        panels(
            *(
                put(key, value=None)
                for key in ("type", "options", "fieldConfig", "gridPos", "targets", "title")
            )
        ),
        10,
    ),
    _kind(
        "legacy key",
        panels(add("span", value=4), add("format", value="percent"), add("valueName", value="current")),
        5,
    ),
    _kind(
        "option unknown",
        panels(
            only(_DRAWN, add("options", "showThreshold", value=True)), only(_DRAWN, put("options", value={}))
        ),
        6,
    ),
    _kind(
        "panel link changed",
        each_in("links", alter("url", by=lambda url: url.replace(".md", "s.md")), drop("url")),
        5,
    ),
    _kind("panel link dropped", panels(drop("links", -1)), 4),
    _kind(
        "own time range changed",
        panels(put("timeFrom", value="1h"), drop("timeFrom"), only(_DRAWN, add("timeFrom", value="7d"))),
        4,
    ),
    _kind("refresh changed", whole(put("refresh", value="1h"), put("refresh", value=""), drop("refresh")), 3),
    _kind(
        "time range changed",
        whole(put("time", "from", value="now-5m"), put("time", "to", value="now-1h"), drop("time")),
        3,
    ),
    _kind(
        "dashboard setting changed",
        whole(
            put("uid", value="other"),
            put("title", value="Other"),
            put("timezone", value="browser"),
            put("editable", value=True),
            put("schemaVersion", value=16),
            drop("uid"),
            drop("title"),
            put("tags", value=[]),
            put("description", value=""),
            put("graphTooltip", value=0),
        ),
        10,
    ),
    _kind(
        "variable dropped or changed",
        whole(
            drop("templating"),
            put("templating", "list", value=[]),
            put("templating", "list", 0, "name", value="source"),
            put("templating", "list", 0, "query", value="loki"),
            put("templating", "list", 0, "type", value="query"),
            put("templating", "list", 0, "current", value={}),
        ),
    ),
    _kind(
        "annotation dropped",
        whole(drop("annotations"), drop("annotations", "list", 1), drop("annotations", "list", 0)),
        3,
    ),
    _kind(
        "annotation changed",
        whole(
            put("annotations", "list", 1, "target", "expr", value="ALERTS"),
            put("annotations", "list", 1, "target", "expr", value='ALERT{alertstate="firing"}'),
            put("annotations", "list", 1, "enable", value=False),
            put("annotations", "list", 1, "datasource", value=None),
            drop("annotations", "list", 1, "target"),
        ),
    ),
)
