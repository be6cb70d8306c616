"""The report as people see it: as wide as a phone and a screen, in light and dark, and on paper."""

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, running
from pypdf import PdfReader

from genesis_monitoring.commands.rollout_report import format_page
from genesis_monitoring.plan.compile import Plan

from .examples import FOLDER, LONG, PLANNED, report_of
from .test_report import page_of

WIDTHS = (400, 800, 1400)
PAPER = {"healthy": 5, "failed": 5, "planned": 5, "long": 8}
"""At most so many sheets, by report."""
NAMES = (*PAPER, "endless")
OVERFLOWING = """
(() => {
  const root = document.documentElement, found = [];
  const hidden = one => one && getComputedStyle(one).clipPath !== 'none';
  if (root.scrollWidth > root.clientWidth) found.push(`page ${root.scrollWidth} > ${root.clientWidth}`);
  for (const one of document.body.querySelectorAll('*')) {
    if (one.ownerSVGElement || hidden(one.closest('.unseen')) || hidden(one.closest('thead'))) continue;
    if (one.closest('.scrolls') && !one.matches('.scrolls')) continue;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const name = `${one.tagName}.${one.getAttribute('class')}: ${one.textContent.slice(0, 40)}`;
    if (box.width && (box.right > root.clientWidth + 1 || box.left < -1)) found.push(`outside: ${name}`);
    if (one.scrollWidth <= one.clientWidth + 1 || !one.clientWidth || style.display === 'inline') continue;
    const sign = one.parentElement.querySelector('.sideways');
    const named = one.matches('.scrolls[tabindex="0"][role="region"][aria-label]');
    if (!named || style.overflowX !== 'auto' || !sign || getComputedStyle(sign).display === 'none')
      found.push(`cut: ${name}`);
  }
  return found;
})()
"""
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
ACCESSIBLE = f"""{(files("axe_core_python") / "axe.min.js").read_text()};
axe.run(document, {{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}}).then(found =>
  found.violations.map(one => `${{one.id}}: ${{one.nodes.length}} x ${{one.nodes[0].html.slice(0, 150)}}`))
"""
PARTS = """
(() => {
  const text = one => one.textContent, seen = one => !one.closest('details:not([open])');
  const all = (what, told) => [...document.querySelectorAll(what)].filter(seen).map(told);
  return {
    rows: all('tbody tr', row => [...row.cells].map(text)),
    headings: all('h2, h3, caption', text),
    heads: all('table', one => [text(one.tHead.rows[0].cells[0]), [...one.tBodies[0].rows].map(text)]),
  };
})()
"""
INKS = (
    "ink",
    "soft",
    "target",
    "alert",
    "no-go",
    "manual",
    "missing",
    "path",
    *map("line-{}".format, range(4)),
)
COLOUR = "getComputedStyle(document.documentElement).getPropertyValue('--{}').trim()"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running(tmp_path_factory.mktemp("chromium")) as one:
        yield one


@pytest.fixture(scope="module")
def pages(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The committed ones; one of before anything is exposed, a long one, and one of words without an end."""
    folder = tmp_path_factory.mktemp("pages")
    made = {case.name: report_of(case, plan, folder, "html") for case in (PLANNED, LONG)}
    made["endless"] = format_page(page_of("endless" * 40), "html")
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text)
    return {name: (folder if name in made else FOLDER) / f"{name}.html" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_without_a_sign(
    name: str, width: int, browser: Browser, pages: Mapping[str, Path]
) -> None:
    browser.show(pages[name], width=width)
    assert browser.run(OVERFLOWING) == []
    browser.run(UNFOLD)
    assert browser.run(OVERFLOWING) == []


@pytest.mark.parametrize("name", ["healthy", "failed", "planned"])
@pytest.mark.parametrize(("width", "dark"), [(400, False), (1400, True)])
def test_it_is_accessible(
    name: str, width: int, dark: bool, browser: Browser, pages: Mapping[str, Path]
) -> None:
    browser.show(pages[name], width=width, dark=dark)
    browser.run(UNFOLD)
    assert browser.run(ACCESSIBLE) == []


def test_what_is_not_accessible_is_seen(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = (FOLDER / "healthy.html").read_text()
    page.write_text(text.replace("--soft: #59636e", "--soft: #b0b0b0").replace(' lang="en"', ""))
    browser.show(page)
    browser.run(f"{(files('axe_core_python') / 'axe.min.js').read_text()};0")
    assert {found.partition(":")[0] for found in browser.run(ACCESSIBLE)} >= {
        "color-contrast",
        "html-has-lang",
    }


@pytest.mark.parametrize(("dark", "paper"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("under", ["paper", "panel"])
def test_drawings_have_contrast(under: str, dark: bool, paper: bool, browser: Browser) -> None:
    """Of 4.5 to 1, as text has: labels of a drawing have its colours, and axe does not look into drawings."""
    browser.show(FOLDER / "failed.html", dark=dark, print_=paper)
    ground = browser.run(COLOUR.format(under))
    ratios = {ink: _contrast(browser.run(COLOUR.format(ink)), ground) for ink in INKS}
    assert {ink: ratio for ink, ratio in ratios.items() if ratio < 4.5} == {}


def test_all_of_it_can_be_reached_by_keyboard(browser: Browser) -> None:
    """What scrolls or unfolds takes the focus; headings go down one level at a time; each part has a name."""
    browser.show(FOLDER / "failed.html", width=400)
    levels = browser.run("[...document.querySelectorAll('h1, h2, h3')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert browser.run(
        "[...document.querySelectorAll('.scrolls, summary, a')].every(one => one.tabIndex === 0)"
    )
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        assert browser.run(f"document.querySelectorAll('{landmark}').length") == 1


@pytest.mark.parametrize("name", PAPER)
def test_on_paper_nothing_is_torn(name: str, browser: Browser, pages: Mapping[str, Path]) -> None:
    """No row is on two sheets, no heading is alone at the end of one, and a table goes on under its head."""
    browser.show(pages[name])
    parts: dict[str, Any] = browser.run(PARTS)
    sheets = [_squeezed(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(browser.paper())).pages]
    assert len(sheets) <= PAPER[name]
    assert sheets[0].startswith(f"1/{len(sheets)}") or sheets[0].endswith(f"1/{len(sheets)}")
    assert any(_squeezed("not printed unless it was unfolded first") in sheet for sheet in sheets)
    for row in parts["rows"]:
        cells = [_squeezed(cell) for cell in row]
        assert any(all(cell in sheet for cell in cells) for sheet in sheets), cells
    for heading in parts["headings"]:
        after = [sheet.partition(_squeezed(heading))[2] for sheet in sheets if _squeezed(heading) in sheet]
        assert max(map(len, after)) > 60, heading
    for head, rows in parts["heads"]:
        for sheet in sheets:
            if any(_squeezed(row) in sheet for row in rows if len(_squeezed(row)) > 40):
                assert _squeezed(head) in sheet, head


def _squeezed(text: str) -> str:
    """Without spaces and ligatures, which a PDF has other ones of."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _contrast(one: str, other: str) -> float:
    """By WCAG 2.1, "contrast ratio"."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
