"""From pydantic's errors to findings: codes, places, words and suggestions."""

import difflib
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any, Literal

import pytest
from growth import grows_linearly
from hypothesis import given, settings, strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from genesis_monitoring.findings import MOST_FINDINGS, Finding, Location, Severity
from genesis_monitoring.spec import misplaced, patterns
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.problems import findings_from_validation, join_findings
from genesis_monitoring.spec.source import SpecError, parse_source
from genesis_monitoring.words import closest, suggest


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


def _seconds(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("[0-9]+s", value):
        return int(value[:-1])
    raise ValueError("a duration is text with a unit: 30s")


def _unit(value: str) -> str:
    units = ("seconds", "ratio")
    if value not in units:
        raise ValueError(f"a unit is one of {', '.join(units)}{suggest(value, units)}")
    return value


def _even(value: int) -> int:
    if value % 2:
        raise PydanticCustomError("odd", "an even number is needed")
    return value


Name = Annotated[str, Field(max_length=20, pattern=r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")]


class Limits(Model):
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> "Limits":
        if self.low > self.high:
            raise ValueError("low is at most high")
        return self


class Selector(Model):
    metric: Name
    labels: dict[Name, str] = {}


class Gauge(Model):
    kind: Literal["gauge"]
    metric: Annotated[
        Selector,
        BeforeValidator(
            lambda value: {"metric": value} if isinstance(value, str) else value,
            json_schema_input_type=str | Selector,
        ),
    ]
    aggregation: Literal["sum", "max"] = "sum"


class Ratio(Model):
    kind: Literal["ratio"]
    window: Annotated[int, BeforeValidator(_seconds)]
    q: Annotated[float, Field(gt=0, lt=1)] = 0.5


class Group(Model):
    name: Name
    parts: "tuple[Group, ...]" = ()


class Small(Model):
    size: int


def _shape(value: Any) -> str | None:
    return "small" if isinstance(value, dict) else "name" if isinstance(value, str) else None


class Rust(Model):
    name: Annotated[str, Field(pattern=r"^\p{Lu}+$")]


class Root(Model):
    title: Annotated[str, Field(min_length=1, max_length=30, pattern=patterns.PROSE)] = "t"
    for_: Name = Field(default="x", alias="for")
    unit: Annotated[str, AfterValidator(_unit)] = "ratio"
    count: Annotated[int, Field(ge=1, le=24)] = 1
    even: Annotated[int, AfterValidator(_even)] = 2
    enabled: bool = True
    operator: Literal["<", "<="] = "<"
    level: Literal[1, 2] = 1
    note: str | None = None
    slis: dict[Name, Annotated[Gauge | Ratio, Field(discriminator="kind")]] = {}
    names: Annotated[tuple[Name, ...], Field(min_length=1, max_length=2)] = ("a",)
    pair: tuple[int, str] = (1, "a")
    limits: Limits | None = None
    mode: int | Literal["auto"] = "auto"
    value: float | Limits = 1.0
    groups: tuple[Group, ...] = ()
    either: Annotated[Annotated[Small, Tag("small")] | Annotated[str, Tag("name")], Discriminator(_shape)] = (
        "x"
    )


def findings(text: str, model: type[BaseModel] = Root) -> tuple[Finding, ...]:
    source = parse_source(text, "slo.yaml")
    with pytest.raises(ValidationError) as caught:
        model.model_validate(source.value)
    return findings_from_validation(caught.value, source, model)


CASES = [
    # unknown keys
    ("titel: x", "GM110", 1, 1, 'unknown key "titel" in the spec', 'did you mean "title"? Keys allowed'),
    ("count: 1\nfor_: x", "GM110", 2, 1, 'unknown key "for_"', 'did you mean "for"? Keys allowed'),
    ("zzz: 1", "GM110", 1, 1, 'unknown key "zzz" in the spec', "remove it. Keys allowed here: title, for,"),
    (
        "slis:\n  a: {kind: ratio, window: 5s, qq: 1}",
        "GM110",
        2,
        32,
        'unknown key "qq" in slis.a',
        'did you mean "q"? Keys allowed here: kind, window, q',
    ),
    ("groups:\n- name: a\n  parts:\n  - name: b\n    part: []", "GM110", 5, 5, "groups.0.parts.0", '"parts"'),
    (
        "either: {size: 1, sise: 2}",
        "GM110",
        1,
        19,
        'unknown key "sise" in either',
        '"size" stands here already: remove one of the two',
    ),
    # missing keys
    (
        "slis:\n  a:\n    kind: ratio",
        "GM111",
        2,
        3,
        '"window" is missing in slis.a',
        "add the line: window: 1",
    ),
    ("slis:\n  a: {kind: gauge}", "GM111", 2, 3, '"metric" is missing', "metric: what it is"),
    (
        "slis:\n  a:\n    metric: x",
        "GM111",
        2,
        3,
        '"kind" is missing in slis.a',
        "add the line: kind: gauge",
    ),
    (
        "groups:\n  - parts: []",
        "GM111",
        2,
        5,
        '"name" is missing in groups.0',
        "add the line: name: request_latency",
    ),
    ("limits: {low: 1}", "GM111", 1, 1, '"high" is missing in limits', "add the line: high: 1"),
    # wrong types
    ("title: 1.10  # v", "GM112", 1, 8, "title: expected text, found a number: 1.10", 'in quotes: "1.10"'),
    ("names: [5, b]", "GM112", 1, 9, "names.0: expected text, found a number: 5", 'in quotes: "5"'),
    ("title: true", "GM112", 1, 8, "expected text, found true/false: true", 'put it in quotes: "true"'),
    ("title: [a]", "GM112", 1, 1, "title: expected text, found a list", "replace it with text"),
    ("count: '5'", "GM112", 1, 8, 'expected a whole number, found text: "5"', "write it without quotes: 5"),
    ("count: 1.5", "GM112", 1, 8, "expected a whole number, found a number: 1.5", "a whole number"),
    ("count: true", "GM112", 1, 8, "expected a whole number, found true/false: true", "a whole number"),
    ("count:", "GM112", 1, 1, "expected a whole number, found nothing (null)", "give it a value"),
    ("enabled: 'true'", "GM112", 1, 10, "expected true or false, found text", "without quotes: true"),
    ("enabled: 1", "GM112", 1, 10, "expected true or false, found a number: 1", "true or false"),
    ("operator: 5", "GM112", 1, 11, 'expected one of "<", "<=", found a number: 5', "replace it"),
    ("level: '1'", "GM112", 1, 8, "expected one of 1, 2, found text", "replace it with one of 1, 2"),
    ("note: {}", "GM112", 1, 1, "note: expected text, found a mapping", "replace it with text"),
    ("names: a", "GM112", 1, 8, 'names: expected a list, found text: "a"', "write it as a list: [a]"),
    (
        "slis: [a]",
        "GM112",
        1,
        1,
        "slis: expected a mapping, found a list",
        "mapping: {a: {kind: gauge, metric: what it is}}",
    ),
    (
        "slis:\n  a: 5",
        "GM112",
        2,
        6,
        "slis.a: expected a mapping, found a number: 5",
        "write it as a mapping: {kind: gauge",
    ),
    ("slis:\n  a:", "GM112", 2, 3, "slis.a: expected a mapping, found nothing (null)", "give it a value"),
    (
        "limits: 5",
        "GM112",
        1,
        9,
        "limits: expected a mapping, found a number",
        "write it as a mapping: {low: 1, high: 1}",
    ),
    ("pair: [x, z]", "GM112", 1, 8, "pair.0: expected a whole number, found text", "a whole number"),
    ("pair: [1, 2]", "GM112", 1, 11, "pair.1: expected text, found a number: 2", "in quotes"),
    ("mode: [1]", "GM112", 1, 1, "mode: expected a whole number or auto, found a list", "replace it with"),
    ("value: x", "GM112", 1, 8, "value: expected a number or a mapping, found text", "replace it with"),
    (
        "slis:\n  a: {kind: gauge, metric: 5}",
        "GM112",
        2,
        28,
        "slis.a.metric: expected text or a mapping, found a number: 5",
        "in quotes",
    ),
    (
        "slis:\n  a: {kind: 5}",
        "GM113",
        2,
        13,
        "slis.a.kind: 5 is not allowed; allowed: gauge, ratio",
        "write one",
    ),
    ("[1]", "GM112", 1, 1, "the spec: expected a mapping, found a list", "its keys below it"),
    ("text", "GM112", 1, 1, 'the spec: expected a mapping, found text: "text"', "its keys below it"),
    # values not allowed
    ("for: BadName", "GM113", 1, 6, 'for: "BadName" is not allowed; allowed: snake_case', '"bad_name"'),
    ("for: _", "GM113", 1, 6, "allowed: snake_case, as request_latency", "write it like this: x"),
    ("unit: second", "GM113", 1, 7, '"second" is not allowed; a unit is one of', 'did you mean "seconds"?'),
    ("unit: xyz", "GM113", 1, 7, '"xyz" is not allowed; a unit is one of seconds, ratio', "like this: ratio"),
    (
        "count: 25",
        "GM113",
        1,
        8,
        "25 is not allowed; allowed: a whole number from 1 to 24",
        "make it 24 or less",
    ),
    ("even: 3", "GM113", 1, 7, "3 is not allowed; an even number is needed", "like this: 2"),
    (
        "operator: '=<'",
        "GM113",
        1,
        11,
        '"=<" is not allowed; allowed: one of "<", "<="',
        'write "<" or "<="',
    ),
    ("level: 3", "GM113", 1, 8, "level: 3 is not allowed; allowed: one of 1, 2", "write 1 or 2"),
    ("title: ''", "GM113", 1, 8, 'title: "" is not allowed; allowed: text of at most 30', "like this: t"),
    ('title: "a\\tb"', "GM113", 1, 8, '"a\\tb" is not allowed', "like this: t"),
    ('title: "a\\tb"', "GM113", 1, 8, "on one line, without control characters", "like this: t"),
    (
        "names: []",
        "GM113",
        1,
        1,
        "an empty list is not allowed; allowed: a list of at least 1",
        "like this: [a]",
    ),
    ("names: [a, b, c]", "GM113", 1, 1, "a list of 3 is not allowed", "shorten it to 2 entries or fewer"),
    ("pair: [1, a, 2]", "GM113", 1, 1, "allowed: a list of exactly 2 entries", "shorten it to 2 entries"),
    (
        "pair: [1]",
        "GM113",
        1,
        1,
        "pair: a list of 1 is not allowed; allowed: a list of exactly 2",
        "like this: [1, a]",
    ),
    ("names: [B]", "GM113", 1, 9, 'names.0: "B" is not allowed', 'write "b"'),
    ("limits:\n  low: 2\n  high: 1", "GM113", 1, 1, "limits: low is at most high", "{low: 1, high: 1}"),
    (
        "slis:\n  a: {kind: ratio, window: 5}",
        "GM113",
        2,
        28,
        "slis.a.window: 5 is not allowed; a duration is text with a unit: 30s",
        "write it like this: 1",
    ),
    (
        "slis:\n  a: {kind: ratio, window: 5s, q: 99.50}",
        "GM113",
        2,
        35,
        "slis.a.q: 99.50 is not allowed; allowed: a number above 0 and below 1",
        "write 0.995",
    ),
    ("slis:\n  a: {kind: ratoi}", "GM113", 2, 13, '"ratoi" is not allowed; allowed: gauge, ratio', '"ratio"'),
    ("slis:\n  a: {kind: gauge, metric: X}", "GM113", 2, 28, "slis.a.metric: ", '"x"'),
    (
        "slis:\n  a:\n    kind: gauge\n    metric: {metric: m, labels: {Bad: x}}",
        "GM113",
        4,
        34,
        'slis.a.metric.labels: the key "Bad" is not allowed',
        'write "bad"',
    ),
    ("slis:\n  a: {kind: gauge, metric: m, aggregation: summ}", "GM113", 2, 44, "one of sum, max", '"sum"'),
    ("mode: atuo", "GM113", 1, 7, '"atuo" is not allowed; allowed: a whole number or auto', '"auto"'),
    ("either: 5", "GM113", 1, 9, "either is none of the kinds allowed: small, name", "one of these kinds"),
    ("either: {size: x}", "GM112", 1, 16, "either.size: expected a whole number", "a whole number"),
    ("value: {low: 1, high: x}", "GM112", 1, 23, "value.high: expected a number, found text", "a number"),
]

LEAKS = re.compile(
    r"Input should|valid (tuple|dictionary|string)|pydantic|\b(str|int|dict|tuple|NoneType)\b|\[key\]"
)


@pytest.mark.parametrize(("text", "code", "line", "column", "says", "hint"), CASES)
def test_an_error_becomes_one_finding_at_its_place(
    text: str, code: str, line: int, column: int, says: str, hint: str
) -> None:
    found = findings(text)
    assert len(found) == 1, found
    finding = found[0]
    assert (finding.code, finding.location) == (code, Location("slo.yaml", line, column))
    assert finding.severity is Severity.ERROR
    assert says in finding.message
    assert hint in finding.hint
    assert not LEAKS.search(finding.message + finding.hint)


def test_all_errors_are_told_in_the_order_of_the_file() -> None:
    text = "zzz: 1\nslis:\n  Bad: {kind: gauge}\n  b: {kind: x}\ncount: '1'\nnames: [A, 1]\n"
    found = findings(text)
    assert [(f.code, f.location.line, f.location.column) for f in found] == [
        ("GM110", 1, 1),
        ("GM111", 3, 3),
        ("GM113", 3, 3),
        ("GM113", 4, 13),
        ("GM112", 5, 8),
        ("GM113", 6, 9),
        ("GM112", 6, 12),
    ]


def test_a_bad_key_does_not_hide_a_bad_value() -> None:
    found = findings("slis:\n  Bad: 5")
    assert [(f.code, f.location.column) for f in found] == [("GM113", 3), ("GM112", 8)]


def test_a_member_of_a_union_that_came_further_speaks_alone() -> None:
    found = findings("value:\n  low: 1\n  hihg: 2\n")
    assert [(f.code, f.location.line) for f in found] == [("GM110", 3)]
    assert found[0].hint.startswith('did you mean "high"?')


def test_huge_values_and_control_characters_are_shown_short_and_escaped() -> None:
    text = f'title: "{"x" * 5000}"\nfor: "a\\e[31m\\u202e\\n"\n"k\\a{"k" * 500}": 1\n'
    for finding in findings(text):
        assert finding.message.isprintable()
        assert finding.hint.isprintable()
        assert len(finding.message) < 300
    assert "\\x1b[31m\\u202e\\n" in next(f.message for f in findings(text) if f.message.startswith("for"))


def test_a_pattern_that_only_pydantic_understands_is_shown_as_it_is() -> None:
    (finding,) = findings("name: x", Rust)
    assert finding.message == r'name: "x" is not allowed; allowed: text that matches ^\p{Lu}+$'


def many_errors(count: int) -> Callable[[], tuple[Finding, ...]]:
    rows = "".join(f"  sli_{n}: {{kind: ratio, window: 5, qq: 1}}\n  other_{n}: 5\n" for n in range(count))
    source = parse_source(f"slis:\n{rows}", "f")
    with pytest.raises(ValidationError) as caught:
        Root.model_validate(source.value)
    return partial(findings_from_validation, caught.value, source, Root)


def test_very_many_errors_cost_little() -> None:
    assert len(many_errors(1500)()) == 4500
    assert grows_linearly(many_errors, 60)


def test_findings_of_the_text_outrank_those_of_the_models_at_the_same_place() -> None:
    with pytest.raises(SpecError) as caught:
        parse_source("title: off\ncount: x\n", "f")
    source = caught.value.source
    assert source is not None
    with pytest.raises(ValidationError) as refused:
        Root.model_validate(source.value)
    found = join_findings(caught.value.findings, findings_from_validation(refused.value, source, Root))
    assert [(f.code, f.location.line) for f in found] == [("GM105", 1), ("GM112", 2)]


@pytest.mark.parametrize(
    ("word", "best"),
    [
        ("treshold", "threshold"),
        ("Threshold", "threshold"),
        ("ttft-p99", "ttft_p99"),
        ("ttft p99", "ttft_p99"),
        ("ttft_p9", "ttft_p99"),
        ("zebra", ""),
        ("", ""),
        ("_" * 10_000, ""),
    ],
)
def test_suggest_names_what_was_probably_meant(word: str, best: str) -> None:
    expected = f'; did you mean "{best}"?' if best else ""
    assert suggest(word, ("threshold", "ttft_p99", "cost")) == expected


def test_suggest_among_nothing_says_nothing() -> None:
    assert suggest("word", ()) == ""


def test_suggest_looks_closely_at_few_of_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    compare, looked = difflib.get_close_matches, 0

    def counted(word: str, choices: list[str], **how: Any) -> list[str]:
        nonlocal looked
        looked += len(choices)
        return compare(word, choices, **how)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    choices = [f"sli_{n % 7}_{n:05}_of_the_service" for n in range(10_000)]
    assert suggest("sli_3_00353_of_teh_service", choices) == '; did you mean "sli_3_00353_of_the_service"?'
    assert 0 < looked <= 200


KEYS = st.sampled_from(
    [
        *Root.model_fields,
        "for",
        "kind",
        "metric",
        "window",
        "q",
        "low",
        "high",
        "name",
        "parts",
        "size",
        "labels",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["gauge", "ratio", "5s", "auto", "a", "[key]", "Bad", "small", "name", "int", "\x1b"])
)
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=8))
@settings(deadline=None, max_examples=300)
def test_any_data_gives_findings_in_plain_words(data: dict[str, Any]) -> None:
    import json

    source = parse_source(json.dumps(data), "f")
    try:
        Root.model_validate(source.value)
    except ValidationError as error:
        found = findings_from_validation(error, source, Root)
    else:
        return
    assert found
    for finding in found:
        assert finding.location.line == 1
        assert finding.location.column >= 1
        assert finding.message.isprintable()
        assert not LEAKS.search(re.sub(r'"(int|\[key\])"', "", finding.message))


def test_a_flood_of_unknown_keys_is_counted_and_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = 0

    def counted(word: str, choices: Iterable[str]) -> str:
        nonlocal explained
        explained += 1
        return closest(word, choices)

    monkeypatch.setattr(misplaced, "closest", counted)
    with pytest.raises(SpecError) as caught:
        parse_spec("".join(f"x{number}: 1\n" for number in range(5000)), "slo.yaml")
    assert 0 < explained <= MOST_FINDINGS
    # Sections that only lack because the spec is nothing but unknown keys are not told beside them.
    assert MOST_FINDINGS - 5 <= len(caught.value.findings) <= MOST_FINDINGS + 1
    assert any("more mistakes are not listed" in one.message for one in caught.value.findings)
