"""Random specs that are valid by construction: every draw has to be accepted by the loader."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from plan.specs import Data, every_kind

from genesis_monitoring.panels.registry import PANELS

PROSE_PARTS = (
    "{{", "}}", "{{ $labels.x }}", '{{ template "x" }}', "$value", "${HOME}", "$(id)", "$$", "`", "```",
    "`x`", "|", "[x](y)", "<b>", "</script>", "<!--", "-->", "&amp;", "# ", ": ", " #", "- ", "!!x", "'",
    '"', "\\", "\\n", "%", "%s", "*", "_", "~", "on", "null", "1:30", "é", "日本",
    "\u202e", "\ufeff", "\u00a0", "\U0001f600", "\u0301",
)  # fmt: skip
SCALES = (0.000001, 0.00001, 0.001, 0.1, 0.5, 1.0, 7.0, 99.5, 1234.567891, 65536.0, 1e6)
FORS = ("0s", "15s", "45s", "1m", "90s", "7m", "10m", "1h")
WINDOWS = ("1m", "75s", "2m", "5m", "7m30s", "10m", "30m")
BY = ("instance", "job", "own", "le_x")


def prose(maximum: int = 30) -> st.SearchStrategy[str]:
    """One line of text with whatever a person, or a villain, may write."""
    free = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=maximum)
    hostile = st.lists(st.sampled_from(PROSE_PARTS), min_size=1, max_size=6).map("".join)
    return st.one_of(free, hostile).filter(str.strip)


def between(lower: float | None, upper: float | None) -> st.SearchStrategy[float]:
    """Numbers strictly inside, of no more than six decimals, with a liking for both ends."""
    low = -1e6 if lower is None else lower
    high = 1e6 if upper is None else upper
    offsets = [scale for scale in SCALES if scale < high - low]
    ends = [
        *(round(low + offset, 6) for offset in offsets if lower is not None),
        *(round(high - offset, 6) for offset in offsets if upper is not None),
        *(sign * scale for scale in SCALES for sign in (1, -1)),
        0.0,
    ]
    inside = sorted({value for value in ends if low < value < high})
    return st.one_of(
        st.sampled_from(inside),
        st.floats(low, high)
        .map(lambda value: round(value, 6) + 0.0)
        .filter(lambda value: low < value < high),
    )


@st.composite
def objectives(
    draw: st.DrawFn, lower: float | None, upper: float | None, levels: list[float] | None = None
) -> Data:
    """An objective between bounds, or on some of ``levels``: worse and worse from target to no_go."""
    one = st.sampled_from(levels) if levels is not None else between(lower, upper)
    upward = draw(st.booleans())
    values = sorted(set(draw(st.lists(one, min_size=1, max_size=3))), reverse=upward)
    objective: Data = {
        "good": draw(st.sampled_from((">", ">=") if upward else ("<", "<="))),
        "target": values[0],
    }
    if levels is None and len(values) == 1:
        # The very ends: reachable on one side only, so the comparison has to include them.
        ends = ((upper, ">="), (lower, ">")) if upward else ((lower, "<="), (upper, "<"))
        for value, good in ends:
            if value is not None and draw(st.booleans()):
                objective = {"target": value, "good": good}
    if len(values) > 1 and draw(st.booleans()):
        objective["alert"] = values[1]
    if len(values) > 1:
        objective["no_go"] = values[-1]
    return objective


@st.composite
def gauges(draw: st.DrawFn, name: str, spec: Data) -> Data:
    source, unit, lower, upper = draw(
        st.sampled_from(
            (
                ("count", "count", 0.0, None),
                ("bytes", "bytes", 0.0, None),
                ("percent", "percent", None, 100.0),
                ("percent", "ratio", 0.0, 1.0),
                ("ratio", "percent", None, 100.0),
                ("score", "score", 0.0, 100.0),
                ("seconds", "milliseconds", 0.0, None),
                ("seconds", "hours", 0.0, None),
                ("minutes", "seconds", 0.0, None),
                ("usd", "usd", 0.0, None),
            )
        )
    )
    metrics = [f"{name}_m{index}" for index in range(draw(st.integers(1, 3)))]
    for metric in metrics:
        _catalogue(draw, spec, metric, "gauge", source)
    over = draw(st.sampled_from((None, None, "max", "min", "avg", "quantile")))
    taken: Data = {"over": over, "window": draw(st.sampled_from(WINDOWS))} if over else {}
    return {
        "kind": "gauge",
        "unit": unit,
        "metrics": metrics,
        "by": draw(_by()),
        "aggregation": draw(st.sampled_from(("sum", "min", "max", "avg"))),
        "objective": draw(objectives(lower, upper)),
        **taken,
        **({"q": draw(st.sampled_from((0.01, 0.5, 0.95)))} if over == "quantile" else {}),
    }


@st.composite
def ratios(draw: st.DrawFn, name: str, spec: Data) -> Data:
    counters = draw(st.booleans())
    part, whole, rest = f"{name}_part", f"{name}_whole", f"{name}_rest"
    for metric in (part, whole, rest):
        _catalogue(draw, spec, metric, "counter" if counters else "gauge", "count")
    narrow = {"metric": whole, "labels": {"mode": "idle"}}
    narrower = {"metric": whole, "labels": {"mode": 'a "b" \\ c'}}
    numerator, denominator = draw(
        st.sampled_from(
            (
                ([part], [whole]),
                ([part], [part, rest]),
                ([part, rest], [part, rest, whole]),
                ([part, rest], [whole]),
                ([narrow], [whole]),
                ([narrow, narrower], [whole]),
            )
        )
    )
    unit = draw(st.sampled_from(("percent", "ratio")))
    sli: Data = {
        "kind": "ratio",
        "unit": unit,
        "numerator": numerator,
        "denominator": denominator,
        "by": draw(_by()),
        "complement": draw(st.booleans()),
        "objective": draw(objectives(0.0, 100.0 if unit == "percent" else 1.0)),
    }
    if counters:
        sli["window"] = draw(st.sampled_from(WINDOWS))
    if draw(st.booleans()):
        sli["minimum_traffic"] = draw(st.sampled_from((0, 1, 0.5, 1000, 123456.789)))
        if counters and sli["minimum_traffic"] > 1 and draw(st.booleans()):
            sli["unless_numerator"] = draw(st.sampled_from((1, 3, 70, 999.5)))
    return sli


@st.composite
def quantiles(draw: st.DrawFn, name: str, spec: Data) -> Data:
    metric = f"{name}_seconds"
    edges = sorted(
        set(
            draw(
                st.lists(
                    st.one_of(
                        st.sampled_from((0.001, 0.07, 0.1, 0.29, 1.0, 2.5, 10.0, 300.0)),
                        st.integers(1, 5000).map(lambda value: value / 1000),
                    ),
                    min_size=3,
                    max_size=7,
                    unique=True,
                )
            )
        )
    )
    _catalogue(draw, spec, metric, "histogram", "seconds", edges)
    factor = draw(st.sampled_from((("seconds", 1.0), ("milliseconds", 1000.0))))
    sli: Data = {
        "kind": "quantile",
        "unit": factor[0],
        "histogram": metric,
        "q": draw(st.sampled_from((0.01, 0.5, 0.9, 0.95, 0.99, 0.999))),
        "window": draw(st.sampled_from(WINDOWS)),
        "by": draw(_by()),
        "objective": draw(objectives(None, None, [round(edge * factor[1], 6) for edge in edges[:-1]])),
    }
    if draw(st.booleans()):
        sli["minimum_traffic"] = draw(st.sampled_from((0, 1, 50, 5000)))
    return sli


@st.composite
def latencies(draw: st.DrawFn, name: str, spec: Data) -> Data:
    metric = f"{name}_time"
    unit, per_second = draw(st.sampled_from((("seconds", 1), ("milliseconds", 1000), ("minutes", 1 / 60))))
    seconds = draw(
        st.lists(
            st.sampled_from((0.0003, 0.07, 0.1, 0.29, 1.0, 2.5, 60.0, 1500.0, 86400.0)),
            min_size=2,
            max_size=6,
            unique=True,
        ).map(sorted)
    )
    _catalogue(draw, spec, metric, "histogram", unit, [float(f"{one * per_second:.12g}") for one in seconds])
    within = draw(st.sampled_from(seconds))
    share = draw(st.sampled_from(("percent", "ratio")))
    sli: Data = {
        "kind": "latency",
        "unit": share,
        "histogram": metric,
        "within": draw(st.sampled_from((f"{within:.6f}s", f"{within * 1000:.3f}ms"))),
        "window": draw(st.sampled_from(WINDOWS)),
        "by": draw(_by()),
        "objective": draw(
            objectives(0.0, 100.0 if share == "percent" else 1.0).filter(lambda o: ">" in o["good"])
        ),
    }
    if draw(st.booleans()):
        sli["minimum_traffic"] = draw(st.sampled_from((0, 1, 50, 5000)))
    return sli


@st.composite
def means(draw: st.DrawFn, name: str, spec: Data) -> Data:
    sli: Data = {
        "kind": "mean",
        "unit": draw(st.sampled_from(("seconds", "milliseconds"))),
        "window": draw(st.sampled_from(WINDOWS)),
        "by": draw(_by()),
        "objective": draw(objectives(0.0, None)),
    }
    if draw(st.booleans()):
        _catalogue(draw, spec, f"{name}_took", "histogram", "seconds", [0.1, 1.0])
        sli["histogram"] = f"{name}_took"
    else:
        _catalogue(draw, spec, f"{name}_took_sum", "counter", "seconds")
        _catalogue(draw, spec, f"{name}_took_count", "counter", "count")
        sli |= {"sum": f"{name}_took_sum", "count": f"{name}_took_count"}
    if draw(st.booleans()):
        sli["minimum_traffic"] = draw(st.sampled_from((0, 1, 50, 5000)))
    return sli


@st.composite
def rates(draw: st.DrawFn, name: str, spec: Data) -> Data:
    source, unit = draw(
        st.sampled_from((("count", "per_second"), ("tokens", "tokens_per_second"), ("usd", "usd_per_month")))
    )
    counters = [f"{name}_c{index}_total" for index in range(draw(st.integers(1, 2)))]
    for counter in counters:
        _catalogue(draw, spec, counter, "counter", source)
    return {
        "kind": "rate",
        "unit": unit,
        "counters": counters,
        "window": draw(st.sampled_from(WINDOWS)),
        "by": draw(_by()),
        "objective": draw(objectives(0.0, None)),
    }


@st.composite
def ages(draw: st.DrawFn, name: str, spec: Data) -> Data:
    _catalogue(draw, spec, f"{name}_timestamp_seconds", "gauge", "timestamp")
    return {
        "kind": "age",
        "unit": draw(st.sampled_from(("seconds", "minutes", "hours", "days", "milliseconds"))),
        "metric": f"{name}_timestamp_seconds",
        "by": draw(_by()),
        "objective": draw(objectives(0.0, None)),
    }


@st.composite
def times_until(draw: st.DrawFn, name: str, spec: Data) -> Data:
    _catalogue(draw, spec, f"{name}_end_seconds", "gauge", "timestamp")
    return {
        "kind": "time_until",
        "unit": draw(st.sampled_from(("seconds", "minutes", "hours", "days", "milliseconds"))),
        "metric": f"{name}_end_seconds",
        "by": draw(_by()),
        "objective": draw(objectives(0.0, None).filter(lambda o: ">" in o["good"])),
    }


@st.composite
def run_outs(draw: st.DrawFn, name: str, spec: Data) -> Data:
    unit, horizon = draw(st.sampled_from((("seconds", "1d"), ("minutes", "7d"), ("days", "30d"))))
    level, whole = f"{name}_level", f"{name}_whole"
    for metric in (level, whole):
        _catalogue(draw, spec, metric, "gauge", "bytes")
    sli: Data = {
        "kind": "runs_out",
        "unit": unit,
        "window": draw(st.sampled_from(WINDOWS)),
        "horizon": horizon,
        "by": draw(_by()),
        "objective": draw(objectives(None, None, [0.5, 1.0, 7.25, 29.0]).filter(lambda o: ">" in o["good"])),
    }
    if draw(st.booleans()):
        sli["left"] = draw(st.sampled_from((level, {"metric": level, "labels": {"mode": "idle"}})))
    else:
        sli |= {"used": level, "total": whole}
    if draw(st.booleans()):
        sli |= {"only_below": draw(st.sampled_from((0.5, 30, 99))), "total": whole}
    return sli


@st.composite
def ups(draw: st.DrawFn, name: str, spec: Data) -> Data:
    _catalogue(draw, spec, f"{name}_up", "gauge", "state")
    sli: Data = {"kind": "up", "unit": "state", "metric": f"{name}_up", "by": draw(_by())}
    if draw(st.booleans()):
        sli["objective"] = {"good": ">", "target": 0.0}
    return sli


@st.composite
def trends(draw: st.DrawFn, name: str, spec: Data) -> Data:
    base = draw(rates(f"{name}_base", spec).filter(lambda sli: sli["unit"] == "usd_per_month"))
    _add(draw, spec, f"{name}_base", base)
    return {
        "kind": "trend",
        "unit": "usd_per_month_per_day",
        "sli": f"{name}_base",
        "by": base["by"],
        "window": draw(st.sampled_from(WINDOWS)),
        "objective": draw(objectives(None, None)),
    }


@st.composite
def relatives(draw: st.DrawFn, name: str, spec: Data) -> Data:
    kind = draw(st.sampled_from((gauges, ratios, rates)))
    base = draw(kind(f"{name}_base", spec))
    report = draw(st.sampled_from(("multiple", "reduction", "deviation")))
    sli: Data = {
        "kind": "relative",
        "unit": "multiple" if report == "multiple" else "percent",
        "sli": f"{name}_base",
        "by": base["by"],
        "report": report,
    }
    top = {"percent": 100.0, "ratio": 1.0, "score": 100.0}.get(base["unit"])
    signed = base["kind"] == "gauge" and base["unit"] == "percent"
    if draw(st.booleans()):
        sli["past_average"] = {"window": draw(st.sampled_from(("2m", "10m"))), "offset": "20m"}
        top = None
    else:
        value = draw(between(0.0, top).filter(lambda value: value >= 0.001))
        base["baseline"] = {"value": value, "note": draw(prose())}
        top = None if top is None else round(top / value, 9)
    lower, upper = {
        "multiple": (0.0, top),
        "reduction": (None if top is None else 100 * (1 - top), 100.0),
        "deviation": (0.0, None if top is None or signed else 100 * max(abs(top - 1), 1.0)),
    }[report]
    sli["objective"] = draw(objectives(lower, upper).filter(lambda o: o["target"] == round(o["target"], 6)))
    _add(draw, spec, f"{name}_base", base)
    return sli


@st.composite
def exprs(draw: st.DrawFn, name: str, spec: Data) -> Data:
    metric = f"{name}_raw"
    _catalogue(draw, spec, metric, "gauge", "count")
    objective = draw(objectives(0.0, None, [2.0]))
    good, bad = (1, 3) if objective["good"] in ("<", "<=") else (3, 1)
    series = f'{metric}{{instance="{draw(st.sampled_from(("a", "b:1")))}"}}'
    return {
        "kind": "expr",
        "unit": "count",
        "by": ["instance"],
        "expr": draw(
            st.sampled_from((f"max by (instance) ({metric})", f"max by (instance)\n\t({metric}) # ' \" {{{{"))
        ),
        "metrics": [metric],
        "fixtures": {
            "good": {"series": {series: f"{good}x80"}, "value": good},
            "bad": {"series": {series: f"{bad}x80"}, "value": bad},
        },
        "objective": objective,
    }


Kind = Callable[[str, Data], st.SearchStrategy[Data]]
KINDS: tuple[Kind, ...] = (
    *(gauges, ratios, quantiles, latencies, rates, ages),
    *(means, times_until, run_outs, ups, trends, relatives, exprs),
)


@st.composite
def specs(draw: st.DrawFn, least: int = 1, most: int = 5, kinds: tuple[Kind, ...] = KINDS) -> Data:
    """A whole spec: random SLIs with alerts and panels, severities, receivers and prose."""
    spec = every_kind()
    for section in ("slis", "alerts", "metrics"):
        spec[section] = {}
    spec["routing"]["inhibit"] = {}
    spec["components"] |= {f"c{index}": draw(prose()) for index in range(most)}
    _severities(draw, spec)
    for index in range(draw(st.integers(least, most))):
        kind = draw(st.sampled_from(kinds))
        sli = draw(kind(f"s{index}", spec))
        _add(draw, spec, f"s{index}", sli)
        for name in (f"s{index}", f"s{index}_base"):
            if name in spec["slis"]:
                spec["slis"][name]["component"] = f"c{index}"
        for number in range(draw(st.integers(1, 2))):
            _alert(draw, spec, f"S{index}A{number}", f"s{index}", sli)
    _dashboard(draw, spec)
    spec["slack"]["enabled"] = draw(st.booleans())
    if draw(st.booleans()):
        spec["receivers"]["hook"]["email"] = {
            "to": draw(
                st.lists(st.sampled_from(("on-call@example.com", "o'b@m.test")), min_size=1, unique=True)
            ),
            "from": "alerts@example.com",
            "smarthost": draw(st.sampled_from(("mail.example.com:465", "[::1]:25"))),
            "auth": {"username": draw(prose()), "password_secret": "pager_key"},
        }
    spec["prometheus"]["external_labels"] = {"site": draw(prose()).replace("$", "S")}
    for service in spec["stack"]["services"].values():
        service["description"] = draw(prose())
    shop = spec["stack"]["services"]["shop"]
    shop["command"] = draw(st.lists(prose(), max_size=3))
    shop["environment"] = {"A": draw(prose()), "B_2": draw(prose())}
    return spec


def _by() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(("instance", "job", "own")), max_size=2, unique=True)


def _catalogue(
    draw: st.DrawFn, spec: Data, name: str, type_: str, unit: str, buckets: list[float] | None = None
) -> None:
    metric: Data = {
        "type": type_,
        "unit": unit,
        "help": draw(prose()),
        "job": "shop",
        "status": draw(st.sampled_from(("exported", "planned"))),
        "labels": ["own", "mode"],
    }
    spec["metrics"][name] = metric | ({"buckets": buckets} if buckets else {})


def _add(draw: st.DrawFn, spec: Data, name: str, sli: Data) -> None:
    spec["slis"][name] = sli | {"title": draw(prose())}


def _alert(draw: st.DrawFn, spec: Data, name: str, sli_name: str, sli: Data) -> None:
    short = "past_average" in sli or sli["kind"] == "expr"
    fors = [one for one in FORS if one != "1h" or not short]
    alert: dict[str, Any] = {
        "sli": sli_name,
        "for": draw(st.sampled_from(fors)),
        "severity": draw(st.sampled_from(sorted(spec["severities"]))),
        "summary": draw(prose()),
        "impact": draw(prose()),
        "response": draw(st.lists(prose(), min_size=1, max_size=2)),
        "mitigation": draw(st.lists(prose(), max_size=2)),
    }
    if "no_go" in sli.get("objective", {}) and draw(st.booleans()):
        alert["level"] = "no_go"
    spec["alerts"][name] = alert


def _severities(draw: st.DrawFn, spec: Data) -> None:
    one = spec["severities"]["P2"]
    names = sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=5)))
    spec["severities"] = {
        f"P{number}": one
        | {
            "title": draw(prose()),
            "receivers": draw(st.lists(st.sampled_from(("pager", "chat", "hook")), min_size=1, unique=True)),
            "workflow": [draw(prose())],
            "escalate_after": "2h",
            "group_wait": draw(st.sampled_from(("0s", "1m30s"))),
        }
        for number in names
    }
    for meta in ("watchdog", "missing_data"):
        spec["meta_alerts"][meta] |= {
            "severity": draw(st.sampled_from(sorted(spec["severities"]))),
            "summary": draw(prose()),
            "response": [draw(prose())],
        }


DRAWN = [panel.name for panel in PANELS if "queries" in panel.takes and panel.format != "heatmap"]
"""What draws an SLI."""


def _dashboard(draw: st.DrawFn, spec: Data) -> None:
    names = sorted(spec["slis"])
    panels = [
        {
            "id": index + 1,
            "title": f"{draw(prose())} {index}",
            "type": draw(st.sampled_from(DRAWN)),
            "description": draw(prose()),
            "width": draw(st.integers(1, 24)),
            "height": draw(st.integers(2, 12)),
            "queries": [{"sli": name, "legend": draw(prose())}],
        }
        for index, name in enumerate(names)
    ]
    text = {
        "id": 901,
        "title": "text",
        "type": "text",
        "description": draw(prose()),
        "width": 24,
        "height": 3,
    }
    aims = [name for name in names if "objective" in spec["slis"][name]]
    collapsed = draw(st.sampled_from((True, False, "planned")))
    drawn = [*panels, text | {"objectives": aims}]
    rows = [{"id": 900, "title": draw(prose()), "collapsed": collapsed, "panels": drawn}]
    spec["dashboards"] = {
        "shop": {"title": draw(prose()), "description": draw(prose()), "tags": [], "rows": rows}
    }
