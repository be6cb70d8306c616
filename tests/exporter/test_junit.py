"""Counting: any tree gives counts that add up, any bytes an answer, and no file takes much memory."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given, strategies as st

from genesis_monitoring.exporter import junit
from genesis_monitoring.exporter.junit import DEEPEST, Counts, NotJUnitError, Outcome, parse_junit
from genesis_monitoring.exporter.results import LARGEST_FILE

ENDINGS = {"error": Outcome.ERROR, "failure": Outcome.FAILED, "skipped": Outcome.SKIPPED}
NAMES = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=6
)
CASES = st.lists(
    st.tuples(NAMES, st.sampled_from(["", "a", "b"]), st.lists(st.sampled_from(sorted(ENDINGS)), max_size=3)),
    max_size=12,
)


def xml_of(suites: list[tuple[str, list[tuple[str, str, list[str]]]]]) -> str:
    parts = ["<testsuites>"]
    for suite, cases in suites:
        parts.append(f"<testsuite name={quoteattr(suite)} tests='7'>")
        for name, classname, endings in cases:
            inner = "".join(f"<{ending}/>" for ending in endings)
            parts.append(
                f"<testcase classname={quoteattr(classname)} name={quoteattr(name)}>{inner}</testcase>"
            )
        parts.append("</testsuite>")
    return "".join([*parts, "</testsuites>"])


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), CASES), max_size=4), st.integers(1, 200))
def test_any_tree_gives_counts_that_add_up(
    suites: list[tuple[str, list[tuple[str, str, list[str]]]]], size: int
) -> None:
    worst: dict[tuple[int, str, str], Outcome] = {}
    for suite, (_, cases) in enumerate(suites):
        for name, classname, endings in cases:
            outcome = max((ENDINGS[e] for e in endings), default=Outcome.PASSED)
            key = (suite, classname, name)
            worst[key] = max(outcome, worst.get(key, outcome))
    counts = parse_junit(pieces_of(xml_of(suites).encode(), size))
    assert counts.total == len(worst) == sum(tests for _, tests in counts.by_outcome)
    assert dict(counts.by_outcome) == {
        outcome.name.lower(): list(worst.values()).count(outcome) for outcome in Outcome
    }
    ran = counts.total - counts.skipped
    assert counts.pass_rate == (None if not ran else 100 * counts.passed / ran)


def answer(pieces: Iterable[bytes]) -> str:
    try:
        return f"{parse_junit(pieces).total} tests"
    except NotJUnitError as error:
        return str(error)


@given(st.binary(max_size=400), st.integers(1, 50))
@example(b"", 1)
@example(b"\xff\xfe<\x00", 1)
@example(b"<?xml version='1.0' encoding='x-none'?><testsuite/>", 7)
@example(b"<?xml version='1.0' encoding='UTF-32'?><testsuite/>", 7)
def test_any_bytes_give_an_answer(data: bytes, size: int) -> None:
    assert answer(pieces_of(data, size)).isprintable()


@given(st.data())
def test_a_damaged_file_gives_an_answer(data: st.DataObject) -> None:
    whole = xml_of([("s", [("a", "c", []), ("b", "c", ["failure"])])]).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    torn = data.draw(
        st.sampled_from([whole[:at], whole[:at] + data.draw(st.binary(max_size=3)) + whole[at:]])
    )
    assert answer([torn]).isprintable()


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.booleans())
def test_no_pass_rate_without_tests_that_ran(p: int, f: int, e: int, s: int, not_run: bool) -> None:
    rate = Counts(p, f, e, s, not_run).pass_rate
    assert (rate is None) == (not_run or p + f + e == 0)
    assert rate != 100 or (f == e == 0 and p > 0)


def test_the_deepest_nesting() -> None:
    def nested(depth: int) -> bytes:
        return b"<testsuite>" * depth + b"</testsuite>" * depth

    assert parse_junit([nested(DEEPEST)]) == Counts()
    with pytest.raises(NotJUnitError, match="nested"):
        parse_junit([nested(DEEPEST + 1)])


def test_nothing_is_read_beyond_a_document_type() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for piece in (b"<!DOCTYPE testsuite [", b"<!ENTITY a 'b'>", b"]><testsuite/>"):
            taken += 1
            yield piece

    with pytest.raises(NotJUnitError, match="document type"):
        parse_junit(pieces())
    assert taken <= 2


MEMORY = """
import resource, sys
from genesis_monitoring.exporter.junit import NotJUnitError, parse_junit
parse_junit([b"<testsuite/>"])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before, mib = peak(), 2**20
begin, middle, end = {begin!r}, {middle!r}, {end!r}
def pieces():
    yield begin
    for _ in range({size} // mib * mib // len(middle)):
        yield middle
    yield end
try:
    said = str(parse_junit(pieces()).total)
except NotJUnitError as error:
    said = str(error)
print(peak() - before, said)
"""
CASE = b'<testcase classname="tests.test_module" name="%d"/>'


@pytest.mark.parametrize(
    ("begin", "middle", "end", "said"),
    [
        (b"<testsuite>", b"<testsuite>" * 5000, b"", "its elements are nested"),
        (b'<testsuite name="', b"a" * 65536, b'"/>', "not well-formed"),
        (b"<testsuite><system-out>", b"text " * 13000, b"</system-out></testsuite>", "0"),
        (
            b"<testsuite><system-out><![CDATA[",
            b"text\n" * 13000,
            b"]]></system-out></testsuite>",
            "not well-formed",
        ),
        (b"<testsuite><!--", b"text\n" * 13000, b"--></testsuite>", "not well-formed"),
        (b"<testsuite><a ", b"b" * 65536, b"='1'/></testsuite>", "not well-formed"),
        (b"<testsuite>", b"".join(CASE % n for n in range(1000)), b"</testsuite>", "1000"),
        (b"<testsuite>", b'<a b="c"/>' * 6000, b"</testsuite>", "0"),
    ],
    ids=["depth", "attribute", "text", "cdata", "comment", "name", "tests", "elements"],
)
def test_memory_is_bounded(begin: bytes, middle: bytes, end: bytes, said: str) -> None:
    """At the largest size that is read; what is allowed is far below the 256 MiB of the container."""
    script = MEMORY.format(begin=begin, middle=middle, end=end, size=LARGEST_FILE)
    done = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, check=True, timeout=120
    )
    mib, _, rest = done.stdout.partition(" ")
    assert said in rest
    assert int(mib) < 100


@pytest.mark.parametrize("depth", [1, 2, 10])
def test_long_names_are_read_once(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hashed does not grow with the names of suites, nor their names times their tests."""
    hashed = 0

    def counted(data: bytes, **options: int) -> "blake2b":
        nonlocal hashed
        hashed += len(data)
        return blake2b(data, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(junit, "blake2b", counted)
    suite = b'<testsuite name="%s">' % (b"n" * 100_000)
    tests = b"".join(b'<testcase classname="c" name="%d"/>' % number for number in range(300))
    assert parse_junit([suite * depth, tests, b"</testsuite>" * depth]).passed == 300
    assert hashed < len(tests)


def test_too_many_tests_are_refused() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<testsuite>"
        for start in range(0, 300_000, 1000):
            yield b"".join(b'<testcase name="%d"/>' % n for n in range(start, start + 1000))

    with pytest.raises(NotJUnitError, match="more than 200000 tests"):
        parse_junit(pieces())
