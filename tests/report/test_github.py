"""Annotations: every command is one line that GitHub reads back to the letter."""

import re
from pathlib import PurePosixPath

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.github import format_github
from genesis_monitoring.report.text import escape

from .nasty import FOUND, NASTY, NOTE, ODD, RULE, TOOL

ROOT = PurePosixPath("/repo")
_COMMAND = re.compile(r"::(?P<name>[a-z]+) (?P<properties>.*?)::(?P<data>.*)")
_ENCODED = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


def decode(text: str, marks: tuple[str, ...]) -> str:
    """As the runner does, which leaves all other percent signs alone."""
    return re.sub("|".join(marks), lambda match: _ENCODED[match[0]], text)


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as GitHub's runner reads it: its name, its properties and its message."""
    match = _COMMAND.fullmatch(line)
    assert match is not None, line
    pairs = [pair.split("=", 1) for pair in match["properties"].split(",")]
    properties = {name: decode(value, tuple(_ENCODED)) for name, value in pairs}
    return match["name"], properties, decode(match["data"], ("%25", "%0D", "%0A"))


def test_an_annotation() -> None:
    (line,) = format_github([RULE], root=ROOT).splitlines()
    name, properties, message = read(line)
    assert name == "error"
    assert properties.pop("title").startswith("GM401 ")
    assert properties == {"file": "generated/prometheus/rules/api.yml", "line": "3", "col": "5"}
    assert message.split("\n") == [
        "unclosed parenthesis, in line 3",
        "from: slo.yaml:12:3",
        "from: slo.yaml:40",
        "mend: correct the spec",
    ]


def test_the_worst_come_first() -> None:
    names = [read(line)[0] for line in format_github(FOUND, root=ROOT).splitlines()]
    assert names == ["error", "error", "warning", "warning", "notice"]


def test_many_notes_of_one_kind_are_one_annotation_that_says_them_all() -> None:
    """A step shows ten notices, so nineteen that say the same would hide all others."""
    notes = [Finding("GM130", Severity.INFO, Location("slo.yaml", n, 3), f"note {n}") for n in range(1, 91)]
    error, notice = format_github([*notes, RULE], root=ROOT).splitlines()
    assert read(error)[0] == "error"
    name, properties, message = read(notice)
    assert (name, properties["file"], properties["line"]) == ("notice", "slo.yaml", "1")
    lines = message.split("\n")
    assert lines[0] == "A criterion that cannot be judged yet: 90 of them"
    assert lines[1:4] == ["line 1: note 1", "line 2: note 2", "line 3: note 3"]
    assert lines[-1] == "and 40 more; --format json has them all"


def test_nothing_found() -> None:
    assert format_github([], root=ROOT) == ""


def test_a_file_as_a_whole_has_no_line() -> None:
    assert read(format_github([TOOL], root=ROOT).rstrip("\n"))[1].keys() == {"file", "title"}
    assert "col" not in read(format_github([ODD], root=ROOT).rstrip("\n"))[1]


def test_absolute_files_become_relative() -> None:
    inside = Finding("GM201", Severity.ERROR, Location("/repo/generated/x.yml"), "m")
    assert read(format_github([inside], root=ROOT).rstrip("\n"))[1]["file"] == "generated/x.yml"


def test_special_characters_to_the_letter() -> None:
    odd = Finding("GM201", Severity.ERROR, Location("a:b,c%d=e.yml", 1), "100%0A: a, b\r\n::error::x")
    (line,) = format_github([odd], root=ROOT).splitlines()
    assert "file=a%3Ab%2Cc%25d=e.yml," in line
    assert line.endswith("::100%250A: a, b%0D%0A::error::x")
    _, properties, message = read(line)
    assert properties["file"] == odd.location.file
    assert message == odd.message


def test_whatever_a_finding_holds_is_one_line() -> None:
    text = format_github([ODD, NOTE], root=ROOT)
    assert len(text.splitlines()) == 2
    assert text.replace("\n", "").isprintable()
    assert text.encode("utf-8")
    _, properties, message = read(text.splitlines()[0])
    assert properties["file"] == ODD.location.file
    lines = "a\x1b[2J", escape("b\r".rstrip("\r"))
    assert message.startswith(f"{escape(lines[0])}\n{lines[1]}\r")
    assert escape(NASTY.split("\r")[1]) in message
