"""Reading a spec's text: values, places, and every mistake of the text with its place."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings, strategies as st

from genesis_monitoring.errors import ExitCode
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.spec.builder import Builder
from genesis_monitoring.spec.source import MAX_BYTES, Source, SpecError, load_source, parse_source


def refused(text: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        parse_source(text, "slo.yaml")
    return caught.value


def places(error: SpecError) -> list[tuple[str, int, int]]:
    return [(f.code, f.location.line, f.location.column) for f in error.findings]


def only(error: SpecError) -> Finding:
    assert len(error.findings) == 1, error.findings
    return error.findings[0]


VALUES: list[tuple[str, object]] = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("false", False),
    ("0", 0),
    ("-0", 0),
    ("+5", 5),
    ("-17", -17),
    ("9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("0.5", 0.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("-1.5e-3", -0.0015),
    ("1e5", 100000.0),
    ("text", "text"),
    ("5m", "5m"),
    ("1h30m", "1h30m"),
    ("2.42.0", "2.42.0"),
    ("v2.42.0", "v2.42.0"),
    ("127.0.0.1:9090", "127.0.0.1:9090"),
    ("9090:3000", "9090:3000"),
    ("2025-10-23 was a good day", "2025-10-23 was a good day"),
    ("nullable", "nullable"),
    ("trueish", "trueish"),
    ("oN", "oN"),
    ("-", "-"),
    ("...x", "...x"),
    ("<", "<"),
    ("==", "=="),
    ("'off'", "off"),
    ('"1:30"', "1:30"),
    ("'0777'", "0777"),
    ('"é\\n\\u00e9"', "é\né"),
    ("|\n  two\n  lines\n", "two\nlines\n"),
    ("[]", ()),
    ("{}", {}),
    ("[1, [a, {b: c}]]", (1, ("a", {"b": "c"}))),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_value_reads_as_in_yaml_1_2(text: str, value: object) -> None:
    if text == "-":
        text = "'-'"
    read = parse_source(f"key: {text}", "f").value
    assert read == {"key": value}
    assert isinstance(read, dict)
    assert type(read["key"]) is type(value)


AMBIGUOUS = [
    *("yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"),
    *("y", "Y", "n", "N", "True", "TRUE", "False", "FALSE", "Null", "NULL"),
    *("1:30", "-1:30", "08:15", "1:30:45", "12:34:56.7", "190:20:30.15"),
    *("0777", "-0777", "007", "08", "00", "0o17", "0x1F", "-0xff", "0b101", "1_000", "1_000.5"),
    *(".inf", "-.inf", "+.INF", ".nan", ".NaN"),
    *("2025-10-23", "2025-1-2", "2025-10-23T20:56:00Z", "2025-10-23 20:56:00", "2025-10-23t20:56:00+02:00"),
    *("2025-10-23T20:56", "=", "<<"),
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_scalar_that_readers_disagree_on_is_refused(text: str) -> None:
    finding = only(refused(f"a: 1\nkey:   {text}  # why\n"))
    assert finding.code == "GM105"
    assert finding.location == Location("slo.yaml", 2, 8)
    assert text in finding.message
    assert finding.hint
    assert parse_source(f"key: '{text}'", "f").value == {"key": text}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("off", 'write false, or "off" for text'),
        ("YES", 'write true, or "YES" for text'),
        ("NULL", 'write null, or "NULL" for text'),
        ("0777", 'write 777, or "0777" for text'),
        ("-007", 'write -7, or "-007" for text'),
        ("1_000", 'write 1000, or "1_000" for text'),
        ("1:30", 'for text write "1:30"; for a duration 1m30s or 1h30m'),
        ("2025-10-23", 'put it in quotes: "2025-10-23"'),
    ],
)
def test_the_hint_says_what_to_write_instead(text: str, hint: str) -> None:
    assert only(refused(f"key: {text}")).hint == hint


@pytest.mark.parametrize("text", [*AMBIGUOUS, "1", "1.5", "-3", "true", "null", "~", "1e400"])
def test_a_key_that_is_no_plain_text_is_refused(text: str) -> None:
    finding = only(refused(f"a:\n  {text}: 1\n"))
    assert finding.code in ("GM105", "GM106")
    assert finding.location == Location("slo.yaml", 2, 3)
    assert parse_source(f"a:\n  '{text}': 1\n", "f").value == {"a": {text: 1}}


@pytest.mark.parametrize(
    ("text", "code"),
    [("on", "GM105"), ("2025-10-23", "GM105"), ("<<", "GM105"), ("1", "GM106"), ("null", "GM106")],
)
def test_a_keys_code_says_whether_readers_agree(text: str, code: str) -> None:
    assert only(refused(f"{text}: 1")).code == code


UNSUPPORTED = [
    ("a: &x 1\n", 1, 4),
    ("a: 1\nb: &list\n  - 1\n", 2, 4),
    ("&k a: 1\n", 1, 1),
    ("a: *x\n", 1, 4),
    ("a: !!str 5\n", 1, 4),
    ("a: !!python/object/apply:os.system ['x']\n", 1, 4),
    ("a:\n  - !foo {}\n", 2, 5),
    ("a: !u!v x\n", 1, 4),
    ("a: !<x y\n", 1, 4),
    ("%YAML 1.1\n---\na: 1\n", 1, 1),
    ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1),
    ("%YAML 2.0\n---\na: 1\n", 1, 1),
    ("%foo\n", 1, 1),
    ("a: 1\n---\nb: 1\n", 2, 1),
    ("a: 1\n...\n---\n", 3, 1),
    ("[a]: 1\n", 1, 1),
    ("b: 1\n? {a: 1}\n: 2\n", 2, 3),
    ("expr: {{ x }}\n", 1, 8),
    ("a: 1\n? \n: 1\n", 2, 2),
]


@pytest.mark.parametrize(("text", "line", "column"), UNSUPPORTED)
def test_yaml_beyond_plain_data_is_refused(text: str, line: int, column: int) -> None:
    assert places(refused(text)) == [("GM106", line, column)]


SYNTAX = [
    ("a:\n\tb: 1\n", 2, 1, "a tab indents"),
    ("a:\n  b: 1\n\tc: 2\n", 3, 1, "a tab indents"),
    ("a:\n  - x\n \t- y\n", 3, 2, "a tab indents"),
    ("a: |\n\tx\n", 2, 1, "a tab indents"),
    ('a: 1\nb: "x\nc: y\n', 2, 4, "never closed"),
    ("a: 'it's\nb: c\n", 1, 8, "text follows the closing quote"),
    ("a: 'it''s\n", 1, 4, "never closed"),
    ('a: "x\n---\nb: 1\n', 1, 4, "never closed"),
    ('a: "x\nb: "y"\nc: 1\n', 1, 4, "ends only at the next quote"),
    ("a: 'x\nb: 'y'\n", 1, 4, "ends only at the next quote"),
    ('a: "x" y\n', 1, 8, "text follows the closing quote"),
    ("a:\n  b: 1\n   c: 2\n", 3, 4, "indented further"),
    ("a:\n  b: 1\n c: 2\n", 3, 2, "indented like no key above"),
    ("a:\n    b: 1\n  c: 2\nd: 1\n", 3, 3, "indented like no key above"),
    ("a: b: c\n", 1, 5, "a colon with a space"),
    ("é: b: c\n", 1, 5, "a colon with a space"),
    ("a:1\nb: 2\n", 1, 2, "a space is missing after the colon"),
    ("a: - b\n", 1, 4, "list entry"),
    ("a:\n  - x\n  b: 1\n", 2, 3, "a list entry begins here"),
    ("a:\n  - x\n  - z\n  b: 1\n", 4, 3, "no entry of the list"),
    ("a:\n  b: 1\n  - x\n", 3, 3, "among the keys"),
    ("a: 1\n: 2\n", 2, 1, "no key before the colon"),
    ("a: [1, 2\nb: 3\n", 1, 4, '"[" is not closed'),
    ("a: {b: 1\nc: 2\n", 1, 4, '"{" is not closed'),
    ("a: [1, , 2]\n", 1, 8, '"," is none'),
    ("a: ]\n", 1, 4, '"]" is none'),
    ("a: [1,\n", 2, 1, "the end of the file"),
    ('a: "^\\d+$"\n', 1, 6, '"\\d" is none'),
    ('a: "\\uD800"\n', 1, 5, "begins an escape"),
    ('a: "\\U00110000"\n', 1, 5, "begins an escape"),
    ('a: "\\UFFFFFFFF"\n', 1, 5, "begins an escape"),
    ("a: 1\nbc\nd: 2\n", 2, 3, 'a colon is missing after "bc"'),
    ("a: 1\nbc\n", 2, 3, 'a colon is missing after "bc"'),
    ("a: 1\n(b\nc: 2\n", 2, 1, 'neither "key: value"'),
    ("a: @x\n", 1, 4, 'begin with "@"'),
    ("a: `x`\n", 1, 4, 'begin with "`"'),
    ("a: %x\n", 1, 4, 'begin with "%"'),
    ("a: * b\n", 1, 4, 'begin with "*"'),
    ("a: &\n", 1, 4, 'begin with "&"'),
    ("a: |x\n  y\n", 1, 4, 'begin with "|"'),
    ("a: ? b\n", 1, 4, '"? "'),
    ("[1]\n[2]\n", 2, 1, "goes on after"),
    ("a: 1\n... b\n", 2, 5, "goes on after"),
    (f"{'k' * 2000}: 1\n", 1, 1, "longer than 1024"),
]


@pytest.mark.parametrize(("text", "line", "column", "says"), SYNTAX)
def test_a_syntax_error_points_to_the_mistake(text: str, line: int, column: int, says: str) -> None:
    finding = only(refused(text))
    assert (finding.code, finding.location.line, finding.location.column) == ("GM103", line, column)
    assert says in finding.message
    assert finding.hint
    assert "{" not in finding.message.replace('"{"', "")


@pytest.mark.parametrize(("text", "line", "column", "says"), SYNTAX)
def test_without_libyaml_a_syntax_error_is_a_finding_too(
    text: str, line: int, column: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    finding = only(refused(text))
    assert finding.code == "GM103"
    if "escape" not in says:
        assert finding.location.line == line


def test_without_libyaml_values_and_places_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, 'é', {b: c}]\r\n𝄞é: x\nc:\n  - d: 1\n"
    fast = parse_source(text, "f")
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = parse_source(text, "f")
    assert slow.value == fast.value
    for path in (("a", 1), ("a", 2, "b"), ("𝄞é",), ("c", 0, "d")):
        assert slow.locate(path) == fast.locate(path)
        assert slow.locate_key(path) == fast.locate_key(path)


def test_a_duplicate_key_names_both_places() -> None:
    finding = only(refused("a:\n  x: 1\n  z: 2\n  x: 3\n"))
    assert finding.code == "GM104"
    assert finding.location == Location("slo.yaml", 4, 3)
    assert finding.related == (Location("slo.yaml", 2, 3),)
    assert '"x"' in finding.message
    assert "line 2" in finding.message


def test_the_same_key_in_two_mappings_is_no_duplicate() -> None:
    assert parse_source("a: {x: 1}\nb: {x: 1}\n", "f").value == {"a": {"x": 1}, "b": {"x": 1}}


def test_quoted_and_plain_spelling_are_the_same_key() -> None:
    assert places(refused("a: 1\n'a': 2\n\"a\": 3\n")) == [("GM104", 2, 1), ("GM104", 3, 1)]


def test_all_mistakes_are_told_at_once_in_order() -> None:
    error = refused("a: off\nb: &x 1\na: 2\nc:\n  1: no\nd: 1:30\ne: 99999999999999999999\nf: 1e999\ng: [\n")
    assert places(error) == [
        ("GM105", 1, 4),
        ("GM106", 2, 4),
        ("GM104", 3, 1),
        ("GM106", 5, 3),
        ("GM105", 5, 6),
        ("GM105", 6, 4),
        ("GM113", 7, 4),
        ("GM113", 8, 4),
        ("GM103", 10, 1),
    ]
    assert error.source is None
    assert error.exit_code == ExitCode.FINDINGS


def test_what_could_be_read_is_kept_beside_the_mistakes() -> None:
    error = refused("a: off\nb: {c: 1, c: 2}\nd: text\n")
    assert error.source is not None
    assert error.source.value == {"a": False, "b": {"c": 1}, "d": "text"}
    assert error.source.locate(("d",)) == Location("slo.yaml", 3, 4)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "~\n", "null", "\ufeff"])
def test_a_file_without_a_value_is_an_error(text: str) -> None:
    assert places(refused(text)) == [("GM102", 1, 1)]


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "-9223372036854775809", "9" * 10000, "1e309", "-1e999"]
)
def test_a_number_out_of_range_is_an_error(number: str) -> None:
    finding = only(refused(f"a:\n- {number}\n"))
    assert (finding.code, finding.location.line, finding.location.column) == ("GM113", 2, 3)
    assert len(finding.message) < 120


SAMPLE = """\
alerts:
  Foo:
    for: 5m
    labels: {team: genesis, "a.b": "x"}
  Bar:
    - one
    -   two: 2
        three:
empty:
"""


@pytest.fixture(name="sample")
def _sample() -> Source:
    return parse_source(SAMPLE, "slo.yaml")


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("alerts",), (2, 3), (1, 1)),
        (("alerts", "Foo", "for"), (3, 10), (3, 5)),
        (("alerts", "Foo", "labels"), (4, 13), (4, 5)),
        (("alerts", "Foo", "labels", "a.b"), (4, 36), (4, 29)),
        (("alerts", "Bar", 0), (6, 7), (6, 7)),
        (("alerts", "Bar", 1, "two"), (7, 14), (7, 9)),
        (("alerts", "Bar", 1, "three"), (8, 9), (8, 9)),
        (("empty",), (9, 1), (9, 1)),
        (("alerts", "Foo", "missing"), (2, 3), (2, 3)),
        (("alerts", "Foo", "missing", 1, "more"), (2, 3), (2, 3)),
        (("alerts", "Bar", 7), (5, 3), (5, 3)),
        (("alerts", "Bar", "0"), (5, 3), (5, 3)),
        (("alerts", 0), (1, 1), (1, 1)),
        (("nothing",), (1, 1), (1, 1)),
        (("alerts", "Foo", "for", "deeper"), (3, 10), (3, 5)),
    ],
)
def test_a_path_leads_to_its_place(
    sample: Source, path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    assert sample.locate(path) == Location("slo.yaml", *value)
    assert sample.locate_key(path) == Location("slo.yaml", *key)


@pytest.mark.parametrize(
    ("dotted", "place"),
    [
        ("", (1, 1)),
        ("alerts.Foo.for", (3, 10)),
        ("alerts.Foo.labels.a.b", (4, 36)),
        ("alerts.Foo.labels.a.c", (4, 5)),
        ("alerts.Bar.1.two", (7, 14)),
        ("alerts.Bar.9", (5, 3)),
        ("alerts.Bar.x", (5, 3)),
        ("alerts.Nope.for", (1, 1)),
    ],
)
def test_a_dotted_path_leads_to_its_place(sample: Source, dotted: str, place: tuple[int, int]) -> None:
    assert sample.locate_dotted(dotted) == Location("slo.yaml", *place)


def test_the_longest_key_wins_in_a_dotted_path() -> None:
    source = parse_source("a: {b: 1}\na.b: 2\n", "f")
    assert source.locate_dotted("a.b") == Location("f", 2, 6)


def test_columns_count_characters_and_lines_any_line_break() -> None:
    source = parse_source("\ufeffé𝄞: 'ü𝄞' # ü\r\n\u00e9b: {𝄞: x}\n\n# \u2028 \u0085\nc: 1", "f")
    assert source.locate(("é𝄞",)) == Location("f", 1, 5)
    assert source.locate(("éb", "𝄞")) == Location("f", 2, 9)
    assert source.locate(("c",)) == Location("f", 5, 4)
    assert source.line_text(1) == "é𝄞: 'ü𝄞' # ü"
    assert source.line_text(5) == "c: 1"
    assert parse_source("a: 1\rb: 2", "f").locate(("b",)) == Location("f", 2, 4)
    assert (source.line_text(0), source.line_text(3), source.line_text(6)) == ("", "", "")


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def load_refused(path: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        load_source(path, display="slo.yaml")
    return caught.value


def test_a_file_is_read_under_its_display_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x.yaml", b"\xef\xbb\xbfa: 1\n")
    assert load_source(path, display="slo.yaml").locate(("a",)) == Location("slo.yaml", 1, 4)
    assert load_source(path).file == str(path)


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "x.yaml", b"a: 1\n")
    (tmp_path / "link").symlink_to("x.yaml")
    assert load_source(tmp_path / "link").value == {"a": 1}


@pytest.mark.parametrize(
    "kind", ["missing", "folder", "pipe", "device", "loop", "below a file", "NUL", "no read"]
)
def test_a_file_that_cannot_be_used_is_told_without_waiting(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "slo.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "below a file":
        path = write(path, b"a: 1") / "slo.yaml"
    elif kind == "NUL":
        path = tmp_path / "a\0b"
    elif kind == "no read":
        path = Path("/proc/self/mem")
    error = load_refused(path)
    finding = only(error)
    assert (finding.code, finding.location) == ("GM101", Location("slo.yaml"))
    assert error.exit_code == ExitCode.USAGE
    assert "genesis-mon init" in finding.hint


def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    """Root reads every file, so it reads this one as somebody else; all modules are loaded by then."""
    path = write(tmp_path / "slo.yaml", b"a: [")
    assert "permission denied" not in only(load_refused(path)).message
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        refused = load_refused(path)
    finally:
        os.seteuid(user)
    assert "permission denied" in only(refused).message


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "slo.yaml"
    with path.open("wb") as stream:
        stream.truncate(10 * 1024**3)
    error = load_refused(path)
    assert only(error).code == "GM102"
    assert error.exit_code == ExitCode.USAGE
    assert "8 MiB" in error.message


def test_a_file_of_just_the_largest_size_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "slo.yaml", b"a: 1\n" + b"#" * (MAX_BYTES - 5))
    assert load_source(path).value == {"a": 1}
    write(path, b"a: 1\n" + b"#" * (MAX_BYTES - 4))
    assert only(load_refused(path)).code == "GM102"


@pytest.mark.parametrize(
    ("data", "line", "column", "says"),
    [
        (b"a: 1\nb: \0\n", 2, 4, "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0", 3, 1, "binary"),
        (b"a: 1\n\xc3\xa9b: \xe9\n", 2, 5, "UTF-8"),
        (b"\xef\xbb\xbfa: \xff", 1, 4, "UTF-8"),
        (b"\xff\xfea\0:\0", 1, 3, "binary"),
        (b"a: \x1b[31m\n", 1, 4, "not text"),
        (b"a: \xc2\x80\n", 1, 4, "not text"),
        (b"a: \x7f\n", 1, 4, "not text"),
    ],
)
def test_what_is_not_text_is_told_with_its_place(
    tmp_path: Path, data: bytes, line: int, column: int, says: str
) -> None:
    error = load_refused(write(tmp_path / "slo.yaml", data))
    finding = only(error)
    assert finding.code == "GM102"
    assert (finding.location.line, finding.location.column) == (line, column + (data[:2] == b"\xff\xfe"))
    assert says in finding.message
    assert error.exit_code == ExitCode.FINDINGS


def test_utf_16_is_recognised(tmp_path: Path) -> None:
    path = write(tmp_path / "slo.yaml", "a: 1\n".encode("utf-16"))
    assert "UTF-16" in only(load_refused(path)).hint


@pytest.mark.parametrize("opening", ["[", "{a: ", "[{a: ", "- ", "? "])
def test_deep_nesting_is_refused(opening: str) -> None:
    error = refused(opening * 100_000)
    assert [finding.code for finding in error.findings] == ["GM102"]
    assert "64 levels" in error.findings[0].message


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_source("[" * 64 + "]" * 64, "f").value is not None
    assert only(refused("[" * 65 + "]" * 65)).location == Location("slo.yaml", 1, 65)


def test_an_alias_bomb_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    error = refused("\n".join(rows))
    assert {finding.code for finding in error.findings} == {"GM106"}


def test_the_list_of_mistakes_is_bounded() -> None:
    error = refused("a: [" + "*x, " * 500_000 + "]")
    assert len(error.findings) == 501
    assert error.findings[-1].code == "GM102"
    assert "more than 500" in error.findings[-1].message


SLI = """\
  sli_{0}:
    title: "SLI number {0}"
    kind: ratio
    unit: percent
    component: serving
    numerator: [{{metric: requests_{0}, labels: {{code: "200"}}}}]
    denominator:
      - requests_{0}_total
      - others_{0}_total
    window: 5m
    minimum_traffic: 20
    complement: false
    objective:
      good: ">="
      target: 99.5
"""


MEASURE = """
import sys
from pathlib import Path
from genesis_monitoring.spec.source import load_source
source = load_source(Path(sys.argv[1]))
print(source.locate_dotted("slis.sli_9999.objective.target").line)
# Not getrusage: its peak begins with that of the process that started this one.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


def test_10000_slis_read_in_little_memory(tmp_path: Path) -> None:
    text = "slis:\n" + "".join(SLI.format(number) for number in range(10_000))
    path = write(tmp_path / "slo.yaml", text.encode())
    run = subprocess.run([sys.executable, "-c", MEASURE, path], capture_output=True, text=True, check=True)
    line, kibibytes = map(int, run.stdout.split())
    assert line == 150_001
    assert kibibytes < 250 * 1024


def tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


class _Quoting(yaml.SafeDumper):
    """Quotes every text, and repeats what stands in two places."""


_Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, '"')
)
_Quoting.ignore_aliases = lambda self, data: True  # type: ignore[method-assign]


@given(st.dictionaries(st.text(max_size=8), DATA, min_size=1, max_size=4), st.booleans(), st.booleans())
@settings(deadline=None)
def test_data_written_with_quotes_is_read_back(data: dict[str, Any], flow: bool, plain: bool) -> None:
    text = yaml.dump(data, Dumper=_Quoting, default_flow_style=flow, allow_unicode=plain, width=200)
    assert parse_source(text, "f").value == tuples(data)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b:",
            ": ",
            "- ",
            "? ",
            "\n",
            "\n  ",
            "\t",
            "'",
            '"',
            "[",
            "]",
            "{",
            "}",
            ",",
            "#",
            " #",
            "&x ",
            "*x",
        ),
        *(
            "!t ",
            "!!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "---\n",
            "...\n",
            "<<",
            "=",
            "\\",
            "\\x",
            "1",
            "1:2",
            "0x",
            "é",
            "𝄞",
        ),
        *("\r", "\u2028", "\ufeff", "%YAML 1.2\n", "off", "~", "\\UFFFFFFFF", "\\uD800"),
    ]
)


def outcome(read: Callable[[], Source]) -> tuple[Finding, ...]:
    """The findings, or none where there is a source; anything else that is raised fails the test."""
    try:
        assert read().value is not None
        findings: tuple[Finding, ...] = ()
    except SpecError as error:
        findings = error.findings or (Finding("none", Severity.ERROR, Location("f"), ""),)
    return findings


def check_outcome(text: str) -> None:
    for finding in outcome(lambda: parse_source(text, "f")):
        assert finding.location.line >= 1
        assert finding.location.column >= 1
        assert finding.message.isprintable()
        assert finding.hint.isprintable()
        assert len(finding.message) < 400


@given(st.lists(PIECES, max_size=30).map("".join) | st.text())
@example("{{{{")
@example("a: \ud800")
@settings(deadline=None, max_examples=400)
def test_any_text_is_read_or_refused(text: str) -> None:
    check_outcome(text)


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(deadline=None, max_examples=200)
def test_any_text_is_read_or_refused_without_libyaml(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        check_outcome(text)


@given(st.binary())
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any.yaml", data)
    for finding in outcome(lambda: load_source(path, display="f")):
        assert finding.location.line >= 1


def test_checks_that_ask_at_the_same_time_are_told_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was forgotten is read again by the first who asks; who asks meanwhile waits for it."""
    source = parse_source("a: 1\nb:\n  c: 2\n", "slo.yaml")
    source.forget()
    reading, run = threading.Event(), Builder.run

    def slow(builder: Builder) -> bool:
        reading.set()
        time.sleep(0.1)
        return run(builder)

    monkeypatch.setattr(Builder, "run", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(source.locate_dotted, "b.c")
        assert reading.wait(10)
        assert source.locate_dotted("b.c") == Location("slo.yaml", 3, 6)
        assert first.result() == Location("slo.yaml", 3, 6)
