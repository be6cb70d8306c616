"""The quoting filters over arbitrary text: what is read back is what was written."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings, strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from properties.strategies import PROSE_PARTS

from genesis_monitoring.documents.compose import literally
from genesis_monitoring.render import quoting

ANY = st.text(st.characters(exclude_categories=["Cs"]))
TRICKY = st.lists(
    st.sampled_from((*PROSE_PARTS, "\n", "\r", "\t", "\x00", "\x85", "\u2028", " ", "a", "1.", "-", "="))
)
TEXT = st.one_of(ANY, TRICKY.map("".join))
WORDS = (
    "", " ", "y", "N", "yes", "No", "ON", "off", "true", "False", "null", "NULL", "~", "nan", ".nan", "inf",
    "-.inf", "0", "010", "0x1f", "1e3", "1_000", "1:30", "190:20:30", "2001-01-01", "<<", "=", "-", "?", ":",
    "a: b", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "{a}", "[a]", "a,b", "'", '"', "''",
    "\\", "---", "...", "5m", "1h30m", "1d2", "_", "__a__", "/a", "a/b.c-d", "a b ", " a", "a:", "é",
    "\ufeff", "\ud7ff", "\ue000", "\ufffe",
)  # fmt: skip


@settings(deadline=None)
@given(TEXT)
def test_yaml_is_read_back(text: str) -> None:
    quoted = quoting.yaml(text)
    assert "\n" not in quoted
    assert yaml.safe_load(f"k: {quoted}") == {"k": text}
    assert yaml.safe_load(f"{quoted}: v") == {text: "v"}


@pytest.mark.parametrize("text", WORDS)
def test_yaml_words_that_readers_take_for_something_else(text: str) -> None:
    assert yaml.safe_load(f"k: {quoting.yaml(text)}") == {"k": text}


@settings(deadline=None)
@given(st.lists(st.one_of(TEXT, st.sampled_from(WORDS))))
def test_yaml_lists_are_read_back(texts: list[str]) -> None:
    assert yaml.safe_load(f"k: {quoting.yaml_list(texts)}") == {"k": texts}


@given(TEXT)
def test_compose_leaves_no_single_dollar_sign(text: str) -> None:
    read = yaml.safe_load(f"k: {quoting.yaml(literally(text))}")["k"]
    assert read == text.replace("$", "$$")


@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_yaml_numbers_are_numbers_even_to_an_old_reader(value: float) -> None:
    read = yaml.safe_load(f"k: {quoting.yaml(value)}")["k"]
    assert read == value
    assert isinstance(read, bool) == isinstance(value, bool)


def test_go_reads_the_same_text(tmp_path: Path) -> None:
    """promtool, whose YAML reader is Go's, compares what it reads with what we say in another notation."""
    texts = [
        *WORDS[1:],
        *PROSE_PARTS,
        *(chr(point) for point in range(1, 0x180)),
        "\u2028",
        "\u2029",
        "\u200b",
    ]
    texts += [
        "a\nb",
        "a\r\nb",
        "\tx",
        "\U0001f600",
        "\U000e0041",
        "\uffff",
        "x" * 3000,
        " x y ",
        "\x7f\x85\xa0",
    ]
    # Everything after one letter: an empty or blank annotation would not be kept.
    literal = [f"x{text}".replace("{{", "{{ `{{` }}") for text in texts]
    rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: vector(1)\n    annotations:\n"
    rules += "".join(f"      a{index}: {quoting.yaml(text)}\n" for index, text in enumerate(literal))
    expected = {f"a{index}": f"x{text}" for index, text in enumerate(texts)}
    case = {"eval_time": "0s", "alertname": "A", "exp_alerts": [{"exp_annotations": expected}]}
    # JSON in ASCII is YAML to everyone, but for characters beyond U+FFFF, which it writes as pairs.
    shown = json.dumps(
        {"rule_files": ["rules.yml"], "tests": [{"interval": "1m", "alert_rule_test": [case]}]}
    )
    for pair, point in (("\\ud83d\\ude00", "\\U0001f600"), ("\\udb40\\udc41", "\\U000e0041")):
        shown = shown.replace(pair, point)
    (tmp_path / "rules.yml").write_bytes(rules.encode())
    (tmp_path / "tests.yml").write_text(shown, encoding="ascii")
    done = subprocess.run(
        ["promtool", "test", "rules", "tests.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@given(TEXT)
def test_a_comment_stays_on_its_line(text: str) -> None:
    comment = quoting.comment(text)
    assert len(f"# {comment}".splitlines()) == 1
    assert yaml.safe_load(f"# {comment}\nk: v") == {"k": "v"}
    assert yaml.safe_load(f"k: v # {comment}\nl: w") == {"k": "v", "l": "w"}


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SAFE = {"text", "text_special", "code_inline"}


def inlines(source: str, shape: list[str]) -> list[list[Token]]:
    """The inline tokens of each block, if the blocks have the shape that they must have."""
    blocks = MARKDOWN.parse(source)
    assert [token.type for token in blocks if token.type != "inline"] == shape, source
    return [token.children or [] for token in blocks if token.type == "inline"]


def shown(children: list[Token]) -> str:
    assert {token.type for token in children} <= SAFE, children
    return "".join(
        f"`{token.content}`" if token.type == "code_inline" else token.content for token in children
    )


def wanted(text: str) -> str:
    """The text as a page shows it: on one line, its code spans trimmed as CommonMark trims them."""
    line = quoting.INVISIBLE.sub(" ", text)
    return _squeezed(line.strip())


def _squeezed(text: str) -> str:
    return " ".join(text.replace("`", " ` ").split())


PARAGRAPH = ["paragraph_open", "paragraph_close"]
ITEM = ["list_item_open", "paragraph_open", "paragraph_close", "list_item_close"]
ROW = [
    "table_open",
    "thead_open",
    "tr_open",
    *["th_open", "th_close"] * 2,
    "tr_close",
    "thead_close",
    "tbody_open",
]
ROW += ["tr_open", *["td_open", "td_close"] * 2, "tr_close", "tbody_close", "table_close"]


@settings(deadline=None, max_examples=400)
@given(TEXT)
@example("`` <img src=x> `")
@example("a \\` <b> `")
@example("`a | b`")
@example("`<b>`")
@example("# x #")
@example("1. x")
@example("1) x")
@example("- x")
@example("+ x")
@example("---")
@example("***")
@example("===")
@example("~~~")
@example("```")
@example("    code")
@example("\tcode")
@example("> x")
@example("![x](y)")
@example("<http://x>")
@example("a&lt;b")
@example("x  \\")
def test_markdown_is_text_wherever_it_stands(text: str) -> None:
    quoted = quoting.markdown(text)
    line = wanted(text)
    if not line:
        assert not quoted.strip()
        return
    for source, shape in (
        (f"{quoted}\n", PARAGRAPH),
        (f"before\n\n{quoted}\n\nafter\n", PARAGRAPH * 3),
        (f"# {quoted}\n", ["heading_open", "heading_close"]),
        (f"- {quoted}\n- x\n", ["bullet_list_open", *ITEM * 2, "bullet_list_close"]),
        (f"1. {quoted}\n2. x\n", ["ordered_list_open", *ITEM * 2, "ordered_list_close"]),
    ):
        found = [_squeezed(shown(children)) for children in inlines(source, shape)]
        assert line in found
    bold = inlines(f"- **{quoted}**: x\n", ["bullet_list_open", *ITEM, "bullet_list_close"])[0]
    assert {token.type for token in bold} <= SAFE | {"strong_open", "strong_close"}


@settings(deadline=None, max_examples=400)
@given(TEXT, TEXT)
@example("`a|b`", "`c\\|d`")
@example("a | b", "c \\| d")
@example("`", "`")
def test_markdown_in_cells_keeps_the_columns(one: str, other: str) -> None:
    source = f"| a | b |\n|---|---|\n| {quoting.markdown_cell(one)} | {quoting.markdown_cell(other)} |\n"
    found = [_squeezed(shown(children)) for children in inlines(source, ROW)]
    assert found[2:] == [wanted(one), wanted(other)]


@given(st.one_of(TEXT, st.text("`~\n x")))
@example("x\n```\n<b>")
@example("````\n~~~")
def test_code_stays_inside_its_fence(text: str) -> None:
    blocks = MARKDOWN.parse(f"before\n\n{quoting.code(text, 'promql')}\n\nafter\n")
    assert [token.type for token in blocks if token.type != "inline"] == [*PARAGRAPH, "fence", *PARAGRAPH]
    fence = next(token for token in blocks if token.type == "fence")
    assert fence.info == "promql"
    lines = f"{text}\n".replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    assert fence.content == lines


@given(TEXT)
def test_a_link_ends_where_its_address_ends(text: str) -> None:
    address = f"http://x/{text}"
    source = f"[x]({quoting.link(address)}) after"
    children = MARKDOWN.parse(source)[1].children or []
    assert [token.type for token in children] == ["link_open", "text", "link_close", "text"]


def test_quoted_values_are_told_from_others() -> None:
    values: list[Any] = [
        quoting.yaml("x"), quoting.yaml_list(()),
        quoting.comment(""), quoting.markdown(1), quoting.markdown_cell(""), quoting.link(""),
        quoting.code(""),
    ]  # fmt: skip
    assert all(isinstance(value, quoting.Quoted) for value in values)
    assert not isinstance(quoting.yaml("x") + "y", quoting.Quoted)
