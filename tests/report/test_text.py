"""How findings look on a terminal."""

import io
from dataclasses import replace

import pytest

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.text import LAYERS, escape, format_text, wants_colour

RULE = Finding(
    "GM401",
    Severity.ERROR,
    Location("generated/rules.yml", 3, 5),
    "unclosed parenthesis",
    "correct the spec",
    (Location("slo.yaml", 12, 3), Location("slo.yaml", 40)),
)
TOOL = Finding("GM001", Severity.WARNING, Location("generated"), "promtool is missing")
NOTE = Finding("GM110", Severity.INFO, Location("slo.yaml", 7), "not judged yet")


def test_nothing_found() -> None:
    assert format_text([], checks=9, seconds=1.44) == "validate: 9 checks, 0 errors, 0 warnings in 1.4 s\n"


def test_grouped_by_layer_with_places_and_counts() -> None:
    assert format_text([NOTE, RULE, TOOL], checks=1, seconds=0, command="check") == (
        "Tooling\n"
        "generated: warning GM001 promtool is missing\n"
        "\n"
        "Spec\n"
        "slo.yaml:7: info GM110 not judged yet\n"
        "\n"
        "PromQL\n"
        "generated/rules.yml:3:5: error GM401 unclosed parenthesis\n"
        "  from: slo.yaml:12:3\n"
        "  from: slo.yaml:40\n"
        "  mend: correct the spec\n"
        "\n"
        "check: 1 check, 1 error, 1 warning, 1 note in 0.0 s\n"
    )


def test_many_notes_of_one_kind_are_one_line_and_all_are_counted() -> None:
    notes = [Finding("GM130", Severity.INFO, Location("slo.yaml", n, 3), f"note {n}") for n in (3, 4, 5, 9)]
    other = Finding("GM130", Severity.INFO, Location("other.yaml", 1), "note of another file")
    found = [*notes, other, RULE]
    said = format_text(found, checks=1, seconds=0)
    one = "A criterion that cannot be judged yet: 4 of them, at lines 3 to 5, 9; --verbose lists them"
    assert f"other.yaml:1: info GM130 note of another file\nslo.yaml: info GM130 {one}\n\n" in said
    assert said.endswith("1 error, 0 warnings, 5 notes in 0.0 s\n")
    listed = format_text(found, checks=1, seconds=0, verbose=True)
    assert "slo.yaml:4:3: info GM130 note 4\n" in listed
    assert listed.splitlines()[-1] == said.splitlines()[-1]
    # Two are no more to read than one that speaks of two, and what is to be mended is told where it is.
    assert "note 3" in format_text(notes[:2], checks=1, seconds=0)
    warnings = [replace(one, severity=Severity.WARNING) for one in notes]
    assert "note 9" in format_text(warnings, checks=1, seconds=0)


def test_the_order_does_not_depend_on_the_order_found() -> None:
    later = Finding("GM402", Severity.ERROR, Location("generated/rules.yml", 30), "x")
    earlier = Finding("GM409", Severity.ERROR, Location("generated/rules.yml", 4), "x")
    found = [later, earlier, RULE, RULE]
    text = format_text(found, checks=1, seconds=1)
    assert text == format_text(found[::-1], checks=1, seconds=1)
    assert text.index("GM401") < text.index("GM409") < text.index("GM402")
    assert "3 errors" in text


def test_a_code_of_no_layer_is_shown_all_the_same() -> None:
    odd = Finding("XX1", Severity.ERROR, Location("a"), "odd")
    assert "Other\na: error XX1 odd\n" in format_text([odd], checks=1, seconds=1)


def test_every_layer_has_a_title() -> None:
    assert [*LAYERS] == [f"GM{number}" for number in range(10)]


def test_colour_only_wraps_the_words() -> None:
    import re

    plain = format_text([RULE, TOOL, NOTE], checks=1, seconds=1)
    coloured = format_text([RULE, TOOL, NOTE], checks=1, seconds=1, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31merror\x1b[0m" in coloured
    assert "\x1b[33mwarning\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == plain


def test_nothing_in_a_finding_steers_the_terminal() -> None:
    nasty = "a\x1b[2J\nb\r\x9b\u202e\u2028\x00\udc80é…"
    finding = Finding("GM401", Severity.ERROR, Location(nasty, 1), nasty, nasty, (Location(nasty, 2),))
    text = format_text([finding], checks=1, seconds=1)
    assert len(text.splitlines()) == 6
    assert text.replace("\n", "").isprintable()
    assert escape(nasty) == "a\\x1b[2J\\nb\\r\\x9b\\u202e\\u2028\\x00\\udc80é…"
    assert text.encode("utf-8")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (Terminal(), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, False),
        (io.StringIO(), {"FORCE_COLOR": ""}, False),
    ],
)
def test_when_to_colour(stream: io.StringIO, environ: dict[str, str], wanted: bool) -> None:
    assert wants_colour(stream, environ) is wanted
