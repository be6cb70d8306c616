"""Every code has a page, every page a code, and every page says what it must."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import genesis_monitoring
from genesis_monitoring.code_pages import CODE, all_codes, page
from genesis_monitoring.report.text import LAYERS

PACKAGE = Path(genesis_monitoring.__file__).parent
SECTIONS = ("Why", "How to mend", "Wrong", "Right")
_FENCED = re.compile(r"```[a-z]+\n.*?\n```", re.DOTALL)
_LONGEST_LINE = 140
_QUOTED = re.compile(r'"(\w+)"')


@cache
def emitted() -> frozenset[str]:
    """The codes that stand as text of their own anywhere in the package; prose does not count."""
    texts = (file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))
    return frozenset(code for text in texts for code in _QUOTED.findall(text) if CODE.fullmatch(code))


def sections(code: str) -> Iterator[tuple[str, str]]:
    """The headings of a page below its first, each with the text up to the next."""
    parts = re.split(r"(?m)^## (.+)\n", page(code).text)
    return zip(parts[1::2], parts[2::2], strict=True)


def test_codes_are_found_at_all() -> None:
    assert {"GM001", "GM103", "GM120", "GM201", "GM401", "GM807"} <= emitted()


@pytest.mark.parametrize("code", sorted(emitted()))
def test_every_code_has_a_page(code: str) -> None:
    assert page(code).code == code


@pytest.mark.parametrize("code", all_codes())
def test_a_page_is_of_a_code_that_is_emitted_or_says_that_it_is_retired(code: str) -> None:
    assert (code in emitted()) is not page(code).retired


@pytest.mark.parametrize("code", [code for code in all_codes() if page(code).retired])
def test_a_retired_code_names_what_tells_it_now(code: str) -> None:
    named = set(re.findall(CODE, page(code).summary)) - {code}
    assert named
    assert named <= emitted()


def test_nothing_else_stands_among_the_pages() -> None:
    names = {file.name for file in (PACKAGE / "codes").iterdir()}
    assert names == {f"{code}.md" for code in all_codes()}


@pytest.mark.parametrize("code", [code for code in all_codes() if not page(code).retired])
def test_a_page_says_what_it_must(code: str) -> None:
    text = page(code).text
    assert text.startswith(f"# {code} {page(code).title}\n\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert page(code).title[0].isupper() or page(code).title.split()[0] in ("promtool", "amtool")
    assert not page(code).title.endswith(".")
    assert page(code).summary.endswith(".")
    assert not page(code).summary.startswith("#")
    assert text.split("\n\n", 2)[2].startswith("## Why\n"), "one paragraph, then the sections"
    found = dict(sections(code))
    assert tuple(found) == SECTIONS
    assert all(body.strip() for body in found.values())
    for name in ("Wrong", "Right"):
        assert _FENCED.fullmatch(found[name].strip()), f"{name} is one fenced example with its language"
    assert found["Wrong"] != found["Right"]
    assert max(map(len, text.splitlines())) <= _LONGEST_LINE


def test_titles_tell_codes_apart() -> None:
    titles = [page(code).title for code in all_codes()]
    assert len(set(titles)) == len(titles)


def test_every_page_belongs_to_a_layer() -> None:
    assert {code[:3] for code in all_codes()} <= set(LAYERS)


@pytest.mark.parametrize(
    "code", ["GM000", "GM1", "gm401", "", "../codes/GM401", "../code_pages", "GM401.md", "GM४०१"]
)
def test_a_code_without_a_page(code: str) -> None:
    with pytest.raises(KeyError):
        page(code)


def test_the_summary_is_the_first_paragraph_on_one_line() -> None:
    about = page("GM201")
    assert about.title == "A generated file differs from the spec"
    assert about.summary.endswith("The finding shows the first line that differs.")
    assert "\n" not in about.summary
    assert "##" not in about.summary
