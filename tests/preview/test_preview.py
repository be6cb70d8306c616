"""A preview shows what the JSON says, lets no text out of its place, and asks nobody for anything."""

import functools
import json
import re
import signal
import struct
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cli.sandbox import REPOSITORY, environment, run
from lxml import etree, html
from plan.specs import as_text, compiled, every_kind, genesis
from render.command import command
from render.hostile import HOSTILE, hostile_spec
from rollout.browsing import hosts_asked

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.preview.changes import compare
from genesis_monitoring.preview.dashboard import read_dashboard
from genesis_monitoring.preview.page import Asked, make_preview
from genesis_monitoring.preview.sources import Found, Nowhere
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.stack.played import play
from genesis_monitoring.stack.scenario import load_scenario

from .measuring import measured

SPEC = REPOSITORY / "slo.yaml"
LEAK = "leak.example"


class Fixed:
    """A source with one answer to all."""

    name, now = "a test", 1761252960.0
    start: float | None = None

    def __init__(self, *series: tuple[Mapping[str, str], float], problem: str = "") -> None:
        self._series, self._problem = series, problem

    def latest(self, expr: str, at: float) -> Found:
        """See Source."""
        return Found(tuple(_series(labels, (at,), value) for labels, value in self._series), self._problem)

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """See Source."""
        times = tuple(start + step * number for number in range(int((end - start) / step) + 1))
        return Found(tuple(_series(labels, times, value) for labels, value in self._series), self._problem)


def _series(labels: Mapping[str, str], times: tuple[float, ...], value: float) -> Series:
    return Series(tuple(sorted(labels.items())), times, (value,) * len(times))


def dashboard(*panels: Mapping[str, Any], **more: Any) -> str:
    """A dashboard's JSON."""
    return json.dumps({"uid": "d", "title": "D", "panels": list(panels), **more})


def panel(kind: str, **more: Any) -> dict[str, Any]:
    """A panel's JSON with one query."""
    target = {"refId": "A", "expr": "x", "legendFormat": "X", "instant": kind != "timeseries"}
    return {
        "id": 1,
        "type": kind,
        "title": "P",
        "gridPos": {"x": 0, "y": 0, "w": 6, "h": 6},
        "targets": [target],
        **more,
    }


def shown(text: str, source: Any = None) -> Any:
    """The page, parsed."""
    page = make_preview(read_dashboard(text, "d.json"), Asked(source or Nowhere(), 15.0), templates()).html
    return html.document_fromstring(page)


@functools.cache
def templates() -> Templates:
    return Templates(default_folder())


def words(element: Any) -> str:
    """What it says."""
    return " ".join(element.text_content().split())


def percent(*steps: tuple[float, str], **more: Any) -> dict[str, Any]:
    thresholds = {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}
    defaults = {"unit": "percent", "min": 0, "max": 100, "thresholds": thresholds, **more}
    return {"defaults": {"color": {"mode": "thresholds"}, "noValue": "no data", **defaults}, "overrides": []}


@functools.cache
def own_page(folder: Path) -> Path:
    answer = run(f"genesis-mon preview --spec {SPEC} --out {folder}", folder)
    assert answer.code == 0, answer.stderr
    return folder / "phase5-rollout.html"


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layout of the rollout's dashboard."""
    return own_page(tmp_path_factory.mktemp("preview"))


def test_the_layout_has_every_panel_of_the_json_at_its_place(page: Path) -> None:
    told = json.loads((REPOSITORY / "generated/grafana/dashboards/phase5-rollout.json").read_text())
    rows = [one for one in told["panels"] if one["type"] == "row"]
    panels = [one for one in told["panels"] if one["type"] != "row"]
    panels += [inner for row in rows for inner in row.get("panels", ())]
    document = html.fromstring(page.read_bytes())
    assert [words(one) for one in document.iter("h2")] == [row["title"].replace("\u2060", "") for row in rows]
    found = {one.get("aria-labelledby"): one for one in document.iter("article")}
    assert len(found) == len(panels)
    for one in panels:
        article = found[f"panel-{one['id']}"]
        place = one["gridPos"]
        assert words(article.find(".//h3")) == one["title"].replace("\u2060", "")
        style = article.get("style")
        assert f"--x:{place['x'] + 1};" in style
        assert f"--w:{place['w']};--h:{place['h']}" in style
        for link in one.get("links", ()):
            assert link["url"] in [a.get("href") for a in article.iter("a")]
        for target in one.get("targets", ()):
            assert target["expr"] in [code.text for code in article.iter("code")]


def test_the_same_twice_is_the_same_bytes(page: Path, tmp_path: Path) -> None:
    again = own_page.__wrapped__(tmp_path)
    assert again.read_bytes() == page.read_bytes()


def test_no_request_leaves_the_page(page: Path, tmp_path: Path) -> None:
    copy = tmp_path / "page.html"
    tampered = page.read_text().replace("<main>", f'<main><img src="http://{LEAK}/x">')
    copy.write_text(tampered)
    assert LEAK not in hosts_asked(copy, tmp_path)
    copy.write_text(tampered.replace("Content-Security-Policy", "X-None"))
    assert LEAK in hosts_asked(copy, tmp_path)


@pytest.fixture(scope="session")
def every_kind_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dashboard with a panel of each type, with values."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "slo.yaml").write_text(as_text(every_kind()))
    answer = run("genesis-mon preview --scenario healthy", folder)
    assert answer.code == 0, answer.stderr
    return folder / "preview" / "shop.html"


@pytest.mark.parametrize("width", [400, 800, 1400])
def test_no_type_of_panel_sticks_out(every_kind_page: Path, tmp_path: Path, width: int) -> None:
    found = measured(every_kind_page, tmp_path, width, dark=width == 800)
    assert (found["over"], found["faint"]) == ([], [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 800, 1400])
def test_nothing_sticks_out_and_all_can_be_read(page: Path, tmp_path: Path, width: int, dark: bool) -> None:
    found = measured(page, tmp_path, width, dark=dark)
    assert found["over"] == []
    assert found["faint"] == []


def test_no_text_breaks_out_of_its_place(tmp_path: Path) -> None:
    def skeleton(spec: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
        (tmp_path / "slo.yaml").write_text(as_text(spec))
        answer = run("genesis-mon preview", tmp_path)
        assert answer.code == 0, answer.stderr
        (made,) = (one for one in (tmp_path / "preview").iterdir() if "budgets" not in one.name)
        text = made.read_text()
        assert "<script" not in text
        assert "javascript:" not in [one.get("href", "")[:11] for one in html.fromstring(text).iter("a")]
        return [(str(e.tag), tuple(sorted(e.attrib))) for e in html.fromstring(text).iter(etree.Element)]

    hostile = hostile_spec()
    assert skeleton(hostile)
    assert "onerror" not in {name for _, names in skeleton(hostile) for name in names}


@pytest.mark.parametrize("kind", [*sorted(PANEL_TYPES), "geomap"])
@pytest.mark.parametrize("text", [HOSTILE, "<b onclick=x>&amp;</b>"])
def test_labels_and_legends_are_text(kind: str, text: str) -> None:
    hostile = panel(kind, title=text, description=text, options={"content": text, "mode": "html"})
    hostile["targets"][0]["legendFormat"] = "{{a}}"
    hostile["fieldConfig"] = percent((0, "green"), (1, text), noValue=text, unit=f"suffix:{text}")
    document = shown(
        dashboard(hostile, title=text, tags=[text]), Fixed(({"a": text}, 1.0), ({"a": "b"}, 2.0))
    )
    assert not document.xpath("//script | //b | //img | //*[@onclick] | //a[starts-with(@href, 'j')]")


STEPS = percent((0, "dark-red"), (98, "green"))


@pytest.mark.parametrize("kind", ["stat", "gauge", "bargauge"])
@pytest.mark.parametrize(
    ("value", "text", "color"),
    [(97.94, "97.9%", "dark-red"), (98.0, "98%", "green"), (99.53271, "99.5%", "green"),
     (float("inf"), "∞%", "green"), (float("nan"), "no data", "dark-red")],
)  # fmt: skip
def test_a_value_as_grafana_shows_it(kind: str, value: float, text: str, color: str) -> None:
    document = shown(dashboard(panel(kind, fieldConfig=STEPS)), Fixed(({}, value)))
    body = document.find(".//article/div")
    assert text in words(body)
    assert f"var(--t-{color})" in etree.tostring(body).decode()


@pytest.mark.parametrize(
    ("mapping", "value", "text", "color"),
    [
        (("value", {"0": {"text": "Down", "color": "red"}}), 0.0, "Down", "red"),
        (("range", {"from": 0, "to": 1, "result": {"text": "few"}}), 1.0, "few", "dark-red"),
        (("range", {"from": 2, "to": None, "result": {"text": "many"}}), 1.0, "1%", "dark-red"),
        (("special", {"match": "null+nan", "result": {"text": "planned", "color": "#808080"}}),
         None, "planned", "x808080"),
        (("special", {"match": "nan", "result": {"text": "never"}}), None, "no data", "dark-red"),
    ],
)  # fmt: skip
def test_mappings(mapping: tuple[str, dict[str, Any]], value: float | None, text: str, color: str) -> None:
    source = Fixed() if value is None else Fixed(({}, value))
    config = percent(
        (0, "dark-red"), (98, "green"), mappings=[dict(zip(("type", "options"), mapping, strict=True))]
    )
    body = shown(dashboard(panel("stat", fieldConfig=config)), source).find(".//article/div")
    assert words(body).endswith(text)
    assert f"var(--t-{color})" in etree.tostring(body).decode()


def test_an_override_is_of_its_series_alone() -> None:
    config = STEPS | {"overrides": [
        {"matcher": {"id": "byName", "options": "b"}, "properties": [
            {"id": "unit", "value": "ms"}, {"id": "thresholds", "value": {"mode": "absolute", "steps": [
                {"value": 0, "color": "blue"}]}}]},
    ]}  # fmt: skip
    two = panel("stat", fieldConfig=config)
    two["targets"][0]["legendFormat"] = "{{k}}"
    body = shown(dashboard(two), Fixed(({"k": "a"}, 5.0), ({"k": "b"}, 5.0))).find(".//article/div")
    assert words(body) == "a5% b5 ms" or words(body) == "a 5% b 5 ms" or "a5%b5 ms" in words(body)
    assert "var(--t-blue)" in etree.tostring(body).decode()


def test_levels_and_lines_over_time() -> None:
    custom = {"thresholdsStyle": {"mode": "dashed+area"}, "axisSoftMax": 120}
    config = percent(
        (0, "green"),
        (100, "red"),
        unit="ms",
        max=None,
        custom=custom,
        color={"mode": "fixed", "fixedColor": "blue"},
    )
    legend = {"showLegend": True, "calcs": ["lastNotNull"]}
    document = shown(
        dashboard(panel("timeseries", fieldConfig=config, options={"legend": legend})), Fixed(({}, 48.2374))
    )
    (svg,) = document.xpath("//div[@class='plot']/svg")
    assert svg.get("aria-label") == "P. X: last 48.2 ms, lowest 48.2 ms, highest 48.2 ms. Levels: 100 ms"
    assert len(svg.xpath("line[contains(@class, 'level dashed')]")) == 1
    assert len(svg.xpath("rect[@class='area']")) == 2
    assert len(svg.xpath("path[@class='series']")) == 1
    assert words(document.xpath("//ul[@class='legend']")[0]) == "X Last: 48.2 ms"


def test_what_is_last_is_the_value_at_the_end() -> None:
    """A range of two days has steps of half an hour, and what happened in the last of them counts."""

    class Late(Fixed):
        def range(self, expr: str, start: float, end: float, step: float) -> Found:
            found = super().range(expr, start, end, step).series[0]
            values = tuple(1.0 if time > end - 60 else 0.0 for time in found.times)
            return Found((Series((), found.times, values),))

    times = {"from": "now-50h", "to": "now"}
    legend = {"showLegend": True, "calcs": ["lastNotNull"]}
    board = dashboard(panel("timeseries", options={"legend": legend}), time=times)
    document = shown(board, Late(({}, 1.0)))
    assert words(document.xpath("//ul[@class='legend']")[0]) == "X Last: 1"


def test_a_logarithmic_axis_shows_one_beside_thousands_and_a_limit_is_dashed() -> None:
    custom = {
        "scaleDistribution": {"type": "symlog", "log": 10, "linearThreshold": 1},
        "lineStyle": {"fill": "dash", "dash": [8, 6]},
        "axisSoftMin": 0,
    }
    config = {"defaults": {"custom": custom}, "overrides": []}
    document = shown(
        dashboard(panel("timeseries", fieldConfig=config)), Fixed(({"k": "a"}, 1.0), ({}, 9000.0))
    )
    (svg,) = document.xpath("//div[@class='plot']/svg")
    heights = [float(one.get("d").split(" ")[1].partition("L")[0]) for one in svg.xpath("path")]
    assert 0 < heights[0] < heights[1] < 290
    assert [one.get("class") for one in svg.xpath("path")] == ["series dashed"] * 2
    ticks = [words(one) for one in document.xpath("//div[@class='scale']/span[not(@class)]")]
    assert ticks == ["0", "1", "10", "100", "1000"]


def test_values_of_an_axis_that_are_close_together_are_told_apart() -> None:
    config = {"defaults": {"unit": "percent"}, "overrides": []}
    source = Fixed(({"k": "a"}, 99.981), ({}, 100.0))
    document = shown(dashboard(panel("timeseries", fieldConfig=config)), source)
    ticks = [words(one) for one in document.xpath("//div[@class='scale']/span[not(@class)]")]
    assert ticks == ["99.98%", "99.985%", "99.99%", "99.995%", "100%"]


def test_a_hole_is_a_hole() -> None:
    class Holed(Fixed):
        def range(self, expr: str, start: float, end: float, step: float) -> Found:
            (series,) = super().range(expr, start, end, step).series
            kept = [place for place in range(len(series.times)) if not 20 <= place < 30]
            return Found(
                (Series((), tuple(series.times[k] for k in kept), tuple(series.values[k] for k in kept)),)
            )

    document = shown(dashboard(panel("timeseries")), Holed(({}, 1.0)))
    assert len(document.xpath("//path[@class='series']")) == 2


class Several(Fixed):
    """Series with the label k, whose values follow each other."""

    def __init__(self, **values: tuple[float, ...]) -> None:
        super().__init__()
        self._values = values

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """See Source."""
        times = tuple(start + step * number for number in range(int((end - start) / step) + 1))
        return Found(
            tuple(
                Series((("k", name),), times, tuple(values[n % len(values)] for n in range(len(times))))
                for name, values in self._values.items()
            )
        )


def labelled(kind: str, **more: Any) -> dict[str, Any]:
    one = panel(kind, **more)
    one["targets"][0] |= {"legendFormat": "{{k}}", "instant": False, "range": True}
    return one


def test_a_heatmap_has_what_fell_into_each_bucket_alone() -> None:
    config = {"defaults": {"unit": "s"}, "overrides": []}
    buckets = Several(**{"+Inf": (4.0,), "0.25": (3.0,), "0.05": (1.0,)})
    document = shown(dashboard(labelled("heatmap", fieldConfig=config)), buckets)
    (svg,) = document.xpath("//div[@class='plot']/svg")
    assert svg.get("aria-label") == "P. Last: ≤ 50 ms: 1/s, ≤ 250 ms: 2/s, more: 1/s"
    edges = document.xpath("//div[@class='scale']/span[not(@class)]/text()")
    assert edges == ["more", "≤ 250 ms", "≤ 50 ms"]
    by_row: dict[str, set[str]] = {}
    for cell in svg.xpath("rect"):
        by_row.setdefault(cell.get("y"), set()).add(cell.get("style").rpartition(":")[2])
    assert [by_row[y] for y in ("0", "100", "200")] == [{"0.73"}, {"1.00"}, {"0.73"}]


def test_a_histogram_tells_how_often() -> None:
    config = {"defaults": {"unit": "ms"}, "overrides": []}
    data = Several(a=(10.0, 10.0, 20.0), b=(30.0,))
    document = shown(dashboard(labelled("histogram", fieldConfig=config)), data)
    (svg,) = document.xpath("//div[@class='plot']/svg")
    said = re.fullmatch(
        r"P\. a: most often from 10 ms to 11 ms, (\d+) times; b: most often from 30 ms to 31 ms, (\d+) times",
        svg.get("aria-label"),
    )
    assert said
    assert int(said[1]) == pytest.approx(int(said[2]) * 2 / 3, abs=1)
    assert len(svg.xpath("rect")) == 3


@pytest.mark.parametrize("kind", ["heatmap", "histogram", "state-timeline", "status-history"])
def test_without_data_it_says_so(kind: str) -> None:
    config = {"defaults": {"noValue": "no data at all"}, "overrides": []}
    document = shown(dashboard(labelled(kind, fieldConfig=config)), Fixed())
    assert "no data at all" in words(document.find(".//article/div"))


def test_lanes_tell_what_their_colours_mean() -> None:
    states = percent((0, "red"), (1, "green"), unit="bool")
    document = shown(
        dashboard(labelled("state-timeline", fieldConfig=states)), Several(a=(1.0, 0.0), b=(1.0,))
    )
    assert words(document.xpath("//ul[@class='legend']")[0]) in ("True False", "TrueFalse")
    levels = percent((0, "green"), (80, "red"))
    many = Several(a=tuple(float(n) for n in range(70, 90)))
    document = shown(dashboard(labelled("status-history", fieldConfig=levels)), many)
    assert words(document.xpath("//ul[@class='legend']")[0]) in ("< 80% ≥ 80%", "< 80%≥ 80%")


def test_a_folded_row_is_folded_and_its_panels_are_there() -> None:
    row = {
        "type": "row",
        "title": "R",
        "collapsed": True,
        "gridPos": {"y": 9},
        "panels": [panel("stat", id=2)],
    }
    document = shown(dashboard(panel("stat"), row))
    (details,) = document.xpath("//main/details")
    assert details.get("open") is None
    assert [one.get("aria-labelledby") for one in details.iter("article")] == ["panel-2"]


def test_variables_are_filled_in() -> None:
    asked: list[str] = []

    class Asking(Fixed):
        def latest(self, expr: str, at: float) -> Found:
            asked.append(expr)
            return Found()

    variables = [
        {
            "name": "job",
            "type": "query",
            "label": "Job",
            "includeAll": True,
            "current": {"text": "All", "value": "$__all"},
        },
        {"name": "mode", "type": "custom", "current": {"text": ["a", "b"], "value": ["a", "b"]}},
    ]
    one = panel("stat", title="of ${mode}")
    one["targets"][0]["expr"] = 'rate(x{job=~"$job",mode=~"${mode:regex}"}[$__rate_interval])'
    document = shown(dashboard(one, templating={"list": variables}), Asking())
    assert asked == ['rate(x{job=~".*",mode=~"a|b"}[315s])']
    assert "Job: All" in words(document.find(".//dl")).replace("JobAll", "Job: All")


@pytest.mark.parametrize("kind", ["text", "table", "timeseries"])
@pytest.mark.parametrize("word", ["--c-foo", "--t-x12", "--o-xzzzzzz"])
def test_a_word_that_looks_like_a_colour_of_the_page_is_a_word(kind: str, word: str) -> None:
    made = panel(kind, title=word, options={"content": word, "mode": "markdown"})
    assert words(shown(dashboard(made), Fixed(({"a": word}, 1.0))).find(".//h3")) == word


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# C#", "C#"),
        ("## closed ##  ", "closed"),
        ("#  \t#", ""),
        (f"#{' ' * 9000}{'#' * 9000}x", f"{'#' * 9000}x"),
    ],
)
def test_a_heading_is_what_stands_between_its_marks(line: str, heading: str) -> None:
    made = panel("text", options={"content": line, "mode": "markdown"})
    (found,) = shown(dashboard(made)).xpath("//div[@class='prose']/*")
    assert found.tag in ("h4", "h5")
    assert words(found) == heading


@pytest.mark.parametrize("values", [(5e-324,), (5e-324, -5e-324), (1e308, -1e308), (float("inf"), 0.0)])
@pytest.mark.parametrize("kind", sorted(PANEL_TYPES))
def test_the_smallest_and_the_largest_numbers_are_drawn(kind: str, values: tuple[float, ...]) -> None:
    source = Fixed(*(({"a": f"{value}"}, value) for value in values))
    assert shown(dashboard(panel(kind, fieldConfig=percent((0, "green"), unit="ms"))), source) is not None


def test_what_a_server_refuses_is_told_in_the_panel() -> None:
    made = make_preview(
        read_dashboard(dashboard(panel("stat")), "d"),
        Asked(Fixed(problem="parse error <b>"), 15.0),
        templates(),
    )
    assert made.problems == ("panel 1 (P): parse error <b>",)
    assert "Not shown: parse error &lt;b&gt;" in made.html


def test_what_differs_is_marked() -> None:
    before = read_dashboard(dashboard(panel("stat"), panel("stat", id=2), panel("stat", id=3)), "d")
    after = dashboard(
        panel("gauge"), panel("stat", id=2, gridPos={"x": 6, "y": 0, "w": 6, "h": 6}), panel("stat", id=4)
    )
    changes = compare(before, read_dashboard(after, "d"), "main")
    assert changes.lines == ("1 P: type stat → gauge", "4 P: new", "2 P: moved", "3 P: removed")
    assert changes.marks == {1: "changed", 2: "changed", 4: "new"}
    assert compare(before, before, "main").lines == ()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("nothing-like-it", 2, "there is no dashboard 'nothing-like-it'"),
        ("--prometheus http://127.0.0.1:9 --replay x", 2, "--prometheus and --replay are two sources"),
        ("--at 2025-10-23T20:56:00Z", 2, "--at is a time at which a server is asked"),
        ("--against .", 2, "has no grafana/dashboards"),
        ("--replay nowhere.json", 3, "nowhere.json: cannot be replayed"),
        ("--prometheus http://127.0.0.1:9", 3, "could not be reached"),
        ("--out slo.yaml", 2, "slo.yaml is not a folder"),
    ],
)
def test_what_cannot_be_done_is_said(options: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_bytes(SPEC.read_bytes())
    answer = run(f"genesis-mon preview {options}", tmp_path)
    assert (answer.code, answer.stdout) == (code, ""), answer.stderr
    assert said in answer.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["slo.yaml"]


@pytest.mark.parametrize("text", ['{"panels": [{"id": 1e999}]}', '{"panels": [5]}', "[" * 100_000, ""])
def test_what_is_no_dashboard_cannot_be_compared(text: str, tmp_path: Path) -> None:
    file = tmp_path / "before/grafana/dashboards/phase5-rollout.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    answer = run(f"genesis-mon preview --spec {SPEC} --against before", tmp_path)
    assert (answer.code, answer.stdout) == (2, ""), answer.stderr
    assert "phase5-rollout.json is no dashboard as Grafana saves it" in answer.stderr


def test_a_list_of_alerts_is_a_table_as_grafana_makes_it() -> None:
    columns = {"severity": "Severity", "alertname": "Alert", "Value": "Since"}
    organize = {"renameByName": columns, "excludeByName": {"Time": True, "team": True},
                "indexByName": {"severity": 0, "alertname": 1, "Value": 2}}  # fmt: skip
    severities = [{"type": "regex", "options": {"pattern": "P0", "result": {"color": "red"}}}]
    overrides = [
        {"matcher": {"id": "byName", "options": "Severity"}, "properties": [
            {"id": "custom.cellOptions", "value": {"type": "color-background"}},
            {"id": "mappings", "value": severities}]},
        {"matcher": {"id": "byName", "options": "Alert"}, "properties": [
            {"id": "links", "value": [{"url": "https://example.com/${__value.raw}.md"}]}]},
    ]  # fmt: skip
    listed = panel(
        "table",
        fieldConfig={"defaults": {"unit": "dateTimeFromNow", "noValue": "no alerts"}, "overrides": overrides},
        transformations=[{"id": "organize", "options": organize}],
        options={"sortBy": [{"displayName": "Severity", "desc": False}]},
    )
    since = (Fixed.now - 600) * 1000
    source = Fixed(
        ({"__name__": "ALERTS", "severity": "P1", "alertname": "B", "team": "t"}, since),
        ({"__name__": "ALERTS", "severity": "P0", "alertname": "A", "team": "t"}, since),
    )
    (table,) = shown(dashboard(listed), source).xpath("//table")
    rows = [[words(cell) for cell in row] for row in table.iter("tr")]
    assert rows == [
        ["Severity", "Alert", "Since"],
        ["P0", "A", "10 minutes ago"],
        ["P1", "B", "10 minutes ago"],
    ]
    assert [one.get("href") for one in table.iter("a")] == [
        "https://example.com/A.md",
        "https://example.com/B.md",
    ]
    assert "--c-red" in table.xpath(".//td")[0].get("style")
    assert "no alerts" in words(shown(dashboard(listed)).find(".//article/div"))


def test_values_of_a_server_a_record_and_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_bytes(SPEC.read_bytes())
    plan = compiled(genesis(), "drill")
    with play(plan, load_scenario("latency-regression"), 1800) as played:
        at = f"--prometheus {played.reader.url} --at {format_iso(played.end)}"
        answer = run(f"genesis-mon preview {at} --last 30m --profile drill --out live", tmp_path)
        assert answer.code == 0, answer.stderr
        kept = run(f"genesis-mon rollout verdict {at} --record e.json.gz", tmp_path)
        assert kept.code in (1, 4), kept.stderr
    answer = run(
        "genesis-mon preview --scenario latency-regression --last 30m --profile drill --out one", tmp_path
    )
    assert (answer.code, answer.stderr) == (0, "")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("genesis-mon-")]
    live, one = ((tmp_path / name / "phase5-rollout.html").read_text() for name in ("live", "one"))
    facts = re.compile(r"<dl>.*?</dl>\n", re.DOTALL)
    assert facts.sub("", one, count=1) == facts.sub("", live, count=1)
    assert "the scenario latency-regression" in one
    answer = run("genesis-mon preview --replay e.json.gz --out kept", tmp_path)
    assert answer.code == 0, answer.stderr
    assert "panels ask for what is not in the record" in answer.stderr
    kept_page = (tmp_path / "kept" / "phase5-rollout.html").read_text()
    latency = "//article[@aria-labelledby='panel-10']//ul[@class='legend']"
    told = [words(html.document_fromstring(text).xpath(latency)[0]) for text in (one, kept_page)]
    # Nobody is judged by the other two, so no verdict asks for them.
    assert told == ["P95 Last: 300 msP50 Last: 123 msP99 Last: 478 ms", "P95 Last: 300 ms"]


def test_a_picture_is_as_wide_as_asked_and_as_high_as_the_page(page: Path, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_bytes(SPEC.read_bytes())
    wanted = "genesis-mon preview phase5-rollout --format png --width 800 --dark --out pictures"
    answer = run(wanted, tmp_path)
    assert answer.code == 0, answer.stderr
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "phase5-rollout.html",
        "phase5-rollout.png",
    ]
    data = (tmp_path / "pictures" / "phase5-rollout.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 800
    assert abs(height - measured(page, tmp_path, 800)["height"]) < 20


def test_without_a_browser_or_a_prometheus_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_bytes(SPEC.read_bytes())
    for options, said in (
        ("--format png", "chromium is missing"),
        ("--scenario healthy", "prometheus is missing"),
    ):
        nowhere = dict.fromkeys(("GENESIS_MON_CHROMIUM", "GENESIS_MON_PROMETHEUS"), "nowhere")
        answer = run(f"genesis-mon preview {options}", tmp_path, **nowhere)
        assert (answer.code, answer.stdout) == (3, "")
        assert said in answer.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["slo.yaml"]


def test_states_over_time_are_lanes() -> None:
    words_ = [{"type": "value", "options": {"1": {"text": "Up", "color": "green"}}}]
    told = panel("state-timeline", fieldConfig=percent((0, "red"), mappings=words_))
    told["targets"][0]["instant"] = False
    (svg,) = shown(dashboard(told), Fixed(({}, 1.0))).xpath("//dl[@class='lanes']//svg")
    assert svg.get("aria-label") == "X: Up"
    assert len(list(svg.iter("rect"))) == 1


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "slo.yaml").write_bytes(SPEC.read_bytes())
    process = subprocess.Popen(
        command(["preview", "--scenario", "healthy"]),
        cwd=tmp_path,
        env=environment(tmp_path) | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    while process.poll() is None and not list(scratch.glob("*/data")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, b"")
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "preview").exists()
