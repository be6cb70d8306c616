"""The report: no text breaks out of its place, nothing is asked of the network, nothing missing is drawn."""

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from cli.sandbox import run
from hypothesis import example, given, settings, strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt
from render.hostile import HOSTILE

from genesis_monitoring.clients.process import ToolMissing
from genesis_monitoring.clients.server import Server
from genesis_monitoring.clients.tools import CHROMIUM, find_tool
from genesis_monitoring.commands.rollout_inputs import RolloutProject
from genesis_monitoring.commands.rollout_report import format_page, report_page
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.render.quoting import markdown
from genesis_monitoring.report.charts import draw
from genesis_monitoring.report.page import (
    Bar,
    Cell,
    Chart,
    Figure,
    Items,
    Lane,
    Level,
    Line,
    Mark,
    Page,
    Section,
    Spark,
    Table,
    Text,
    Tile,
    Tiles,
)
from genesis_monitoring.rollout.evidence import Evidence, RuleState
from genesis_monitoring.rollout.ledger import read_ledger
from genesis_monitoring.rollout.observed import observe
from genesis_monitoring.rollout.recommend import recommend
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window, format_iso
from genesis_monitoring.spec.source import parse_source

from .browsing import hosts_asked
from .evidences import healthy, with_measurement, with_values, without_beats
from .examples import FOLDER
from .history import load_spec_text, window_of
from .judging import FEW

WINDOW = Window(0.0, 7200.0)
LEAK = "leak.example"


def page_of(text: str) -> Page:
    """A page with ``text`` in every place."""
    chart = Chart(
        WINDOW,
        6000.0,
        "percent",
        (Line(text, (((60.0, 1.0), (120.0, float("inf"))), ((600.0, 3.0),))),),
        (Level("target", 2.0, text),),
        (Run(120.0, 600.0),),
        (Mark(3600.0, True, True), Mark(7200.0, False, False)),
        ((0.0, 1.0), (7200.0, 2.0)),
    )
    spark = Spark(WINDOW, (((60.0, 1.0), (120.0, float("inf"))), ((600.0, 3.0),)), 2.0, text)
    marks = (Mark(3600.0, True, True), Mark(5400.0, False, True), Mark(7200.0, False, False))
    bars = (Bar(Run(60.0, 120.0), "no_go"), Bar(Run(600.0, 7200.0), "s0", "◆"))
    lane = Lane(WINDOW, 6000.0, bars, (Run(120.0, 600.0),), marks, text)
    row = (Cell((text,)), Cell((), drawing=lane), Cell((text,)))
    blocks = (
        Text(text),
        Text(text, key=True),
        Tiles(text, (Tile(text, text, text, "PASS", (text, text), spark), Tile(text, text, text, "", ()))),
        Table(text, (text, "Course", text), (row,), drawn="Course", axis=WINDOW),
        Table(text, (text, "Course"), ((Cell((text,)), Cell((), drawing=spark)),), drawn="Course"),
        Items((text, text), ordered=True),
        Items((text,)),
        Table(text, (text, text), ((Cell((text,)), Cell((text, text), "PASS")),)),
        Figure("chart", text, text, chart),
    )
    folded = (Section("two", text, (Text(text),), text),)
    facts = ((text, text),)
    return Page(text, "HOLD", text, text, facts, (Section("one", text, blocks),), folded, facts)


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with its attributes' names; of a drawing only the text and what must not be there."""
    elements = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8")).iter(etree.Element)
    drawn = {"path", "g", "use", "defs", "tspan", "clippath", "rect", "pattern"}
    return [(str(e.tag), tuple(sorted(e.attrib))) for e in elements if str(e.tag).lower() not in drawn]


@functools.cache
def plain_skeleton() -> list[tuple[str, tuple[str, ...]]]:
    return skeleton(format_page(page_of("plain"), "html"))


@settings(max_examples=8, deadline=None)
@example("\r")
@given(st.text(min_size=1, max_size=60))
@example(HOSTILE)
@example("$x$ \x00\x1b[2J\u202e]]></svg><script>alert(1)</script>")
def test_no_text_breaks_out_of_the_page(text: str) -> None:
    page = format_page(page_of(text), "html")
    assert skeleton(page) == plain_skeleton()
    page.encode()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(markdown))
@example(HOSTILE)
@example("</td><script>alert(1)</script>\n\n# x | y")
def test_no_text_breaks_out_of_the_markdown(text: str) -> None:
    def blocks(said: str) -> list[str]:
        tokens = (
            MarkdownIt("commonmark", {"html": True})
            .enable("table")
            .parse(format_page(page_of(said), "markdown"))
        )
        inside = [part for token in tokens for part in token.children or ()]
        assert {part.content for part in inside if part.type == "html_inline"} <= {"<br>"}
        assert not [part for part in inside if part.type in ("link_open", "image")]
        return [token.type for token in tokens]

    assert blocks(text) == blocks("plain")


def test_a_hole_is_no_line_and_is_hatched() -> None:
    chart = page_of("x").figures[0]
    with_hole = draw(chart)
    assert with_hole == draw(chart), "the bytes depend on the drawing alone"
    assert "<pattern" in with_hole
    assert "<title" in with_hole
    assert 'role="img"' in with_hole
    line = replace(
        chart.drawing.lines[0], stretches=(tuple(p for s in chart.drawing.lines[0].stretches for p in s),)
    )
    whole = draw(replace(chart, drawing=replace(chart.drawing, holes=(), lines=(line,))))
    assert "<pattern" not in whole
    assert with_hole.count("var(--line-0)") > whole.count("var(--line-0)")


def test_observations_leave_holes_and_tell_the_tail(plan: Plan) -> None:
    evidence = with_values(
        healthy(plan), "cpu_usage", lambda i, v: None if 100 <= i < 130 else 90.0 if i < 100 else v
    )
    (seen,) = observe(evidence, plan, "cpu_usage")
    assert [(hole.seconds, hole.start - evidence.window.start) for hole in seen.holes] == [
        (31 * 60, 100 * 60)
    ]
    assert (seen.median, seen.worst, seen.missing) == (44.0, 90.0, 30)
    gone = with_values(healthy(plan), "cpu_usage", lambda i, v: None)
    (nothing,) = observe(gone, plan, "cpu_usage")
    assert nothing.coverage == 0
    assert nothing.holes[0].seconds == evidence.window.seconds
    assert recommend(plan, (nothing,)) == ()


def test_numbers_of_what_was_seen_in_part_are_not_green(plan: Plan, tmp_path: Path) -> None:
    def text(evidence: Evidence) -> str:
        ledger = read_ledger(tmp_path / "none.jsonl")
        return format_page(
            report_page(RolloutProject(plan, parse_source("name: shop", "slo.yaml")), evidence, ledger),
            "markdown",
        )

    whole = text(healthy(plan))
    assert "? " not in whole.partition("In numbers")[2].partition("\n## ")[0]
    half = with_values(healthy(plan), "cpu_usage", lambda i, v: None if i < 1440 else v)
    assert "? on target where seen, 50 % of samples" in text(half)
    assert "? none seen, not evaluated for 1 day" in text(
        without_beats(healthy(plan), frozenset(range(1440)))
    )
    other = replace(healthy(plan).measurements["cpu_usage"], rule=RuleState("x", "ok", "rule x differs"))
    assert "? not recorded by the rule of the spec" in text(with_measurement(healthy(plan), other))


@pytest.mark.parametrize(
    ("sli", "value", "said"),
    [
        ("rag_latency_p95", 120.0, "missed most of the time"),
        ("rag_latency_p95", 10.0, "could grow 10.0 times"),
        ("rag_latency_p95", 99.0, "hardly any room"),
        ("request_error_rate", 0.0, "to any size"),
        ("test_pass_rate", 99.5, "could grow 4.0 times"),
    ],
)
def test_thresholds_far_from_what_is_observed(sli: str, value: float, said: str, plan: Plan) -> None:
    found = recommend(plan, observe(with_values(healthy(plan), sli, lambda i, v: value), plan, sli))
    assert said in found[0].what


@pytest.mark.parametrize("name", ["healthy", "failed"])
def test_the_examples_name_nothing_outside(name: str) -> None:
    text = (FOLDER / f"{name}.html").read_text()
    document = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    addresses = [value for _, _, value, _ in document.iterlinks()]
    assert all(address.startswith(("#", "data:,")) for address in addresses)
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert not document.xpath("//script | //iframe | //object | //link[@rel='stylesheet']")
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    for svg in document.xpath("//svg"):
        assert svg.get("aria-hidden") or svg.get("aria-label") or svg.xpath(".//desc")
    assert all(
        table.xpath("./caption") and table.xpath(".//th[@scope='col']") for table in document.xpath("//table")
    )


def test_no_request_leaves_the_page(tmp_path: Path) -> None:
    """Not even from one that was tampered with: its policy forbids it; without that it is seen."""
    page = tmp_path / "report.html"
    tampered = (FOLDER / "failed.html").read_text().replace("<main>", f'<main><img src="http://{LEAK}/x">')
    page.write_text(tampered)
    assert LEAK not in hosts_asked(page, tmp_path)
    page.write_text(tampered.replace("Content-Security-Policy", "X-None"))
    assert LEAK in hosts_asked(page, tmp_path)


def test_as_a_user_runs_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    index = next(i for i, case in enumerate(FEW) if case.name == "retrieval-slow")
    start = f"--start {format_iso(window_of(index).start)}"
    line = f"genesis-mon rollout verdict --prometheus {server.url} {start} --record e.json.gz"
    assert run(line, tmp_path).code == 1
    live = run(f"genesis-mon rollout report --prometheus {server.url} {start} -o live.md", tmp_path)
    met = "met: Hybrid RAG latency P95 too high for longer (rag_latency_sustained)"
    assert live.stdout.startswith(f"report: NO-GO, {met}; live.md, "), live.stderr
    again = run("genesis-mon rollout report --replay e.json.gz -o again.md", tmp_path)
    assert again.code == 0
    assert (tmp_path / "again.md").read_text() == (tmp_path / "live.md").read_text()
    assert run("genesis-mon rollout report --replay e.json.gz", tmp_path).code == 0
    assert 'class="verdict NO-GO"' in (tmp_path / "report.html").read_text()
    printed = run("genesis-mon rollout report --replay e.json.gz -o report.pdf", tmp_path)
    assert printed.stdout.startswith(f"report: NO-GO, {met}; report.pdf, "), printed.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    line = "genesis-mon rollout report --replay e.json.gz -o none.pdf"
    without = run(line, tmp_path, GENESIS_MON_CHROMIUM="/nowhere")
    assert (without.code, (tmp_path / "none.pdf").exists()) == (3, False)
    assert "chromium is missing: GENESIS_MON_CHROMIUM names /nowhere" in without.stderr
    shown = run("genesis-mon rollout report --replay e.json.gz --format markdown -o -", tmp_path)
    assert shown.stdout == (tmp_path / "live.md").read_text()
    assert {path.name for path in tmp_path.iterdir()} >= {"live.md", "report.html"}
    assert not list(tmp_path.glob(".*.part"))


def test_a_pdf_without_a_browser_says_what_to_install() -> None:
    with pytest.raises(ToolMissing) as told:
        find_tool(CHROMIUM, environ={"PATH": ""})
    assert "install chromium or Google Chrome" in told.value.hint


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("--format word", 2, "use one of: html, markdown, pdf"),
        ("--format pdf -o -", 2, "a PDF is not written to standard output"),
        ("-o x.md --format html", 2, "does not look like html"),
        ("--replay none.json", 3, "cannot be replayed"),
        ("--prometheus http://127.0.0.1:1 --timeout 1", 3, "could not be reached"),
    ],
)
def test_what_goes_wrong_is_told(line: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    answer = run(f"genesis-mon rollout report {line}", tmp_path)
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert not list(tmp_path.glob("*report*"))
