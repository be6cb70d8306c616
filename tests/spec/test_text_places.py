"""A character of a text value is found where it is written, whatever YAML makes of the text around it."""

import yaml
from hypothesis import given, settings, strategies as st

from genesis_monitoring.spec.source import parse_source
from genesis_monitoring.spec.text_places import place_in_text

WORDS = st.text(st.sampled_from("ab([{}])+-/*\"'\\\\é🙂#:&,%  \n"), min_size=1, max_size=60)
STYLES = st.sampled_from(["plain", "'", '"', "|", ">"])
NEWLINES = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=400, deadline=None)
@given(WORDS, STYLES, NEWLINES, st.integers(10, 80), st.booleans())
def test_each_character_is_where_it_is_written(
    text: str, style: str, newline: str, width: int, plain_text: bool
) -> None:
    marked = f"x{text}x"
    written = yaml.safe_dump(
        {"before": "é", "k": [{"e": marked}], "z": "end"},
        default_style=None if style == "plain" else style,
        width=width,
        allow_unicode=plain_text,
        default_flow_style=False,
    ).replace("\n", newline)
    source = parse_source(written, "slo.yaml")
    path = ("k", 0, "e")
    assert isinstance(source.value, dict)
    assert yaml.safe_load(written)["k"][0]["e"] == marked
    starts, body = source.lines.starts, source.lines.text
    before = -1
    for offset, char in enumerate(marked):
        place = place_in_text(source, path, offset)
        at = starts[place.line - 1] + place.column - 1
        if char not in " \n":
            assert body[at] in (char, "\\"), (offset, char, body[at : at + 5], written)
            assert at > before
            before = at
    end = place_in_text(source, path, len(marked))
    assert starts[end.line - 1] + end.column - 1 == before + 1


def test_a_key_and_what_is_no_text() -> None:
    source = parse_source("'a''b': 1\nc: {d: [e]}\n", "slo.yaml")
    assert place_in_text(source, ("a'b",), 2, key=True).column == 5
    assert place_in_text(source, ("c", "d"), 3) == source.locate(("c", "d"))
    assert place_in_text(source, ("c", "nothing"), 3) == source.locate(("c", "nothing"))
