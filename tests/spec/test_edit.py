"""A value of a spec changed in its text: what was asked for differs, and not a byte besides."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from scratch import ROLLOUT_SPEC

from genesis_monitoring.spec.edit import Edit, EditError, Steps, add_key, edit_text, spell_number
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import parse_source

SPEC = (ROLLOUT_SPEC).read_text("utf-8")

TEXT = """\
# top: 95
plain: 95   # why 95
flow: {target: 95, alert: "x # y", deep: [1, {a: 2.50}]} # 95
'quoted key': 'it''s'
double: "a\\tb"
list:
  - 1
  - name: bare word # 95
switch: true
nothing:
tilde: ~
block: |
  95
folded: one
  two
unicode: {ключ: 95, "😀": 7} # 😀
last: 0.1"""


def value_at(value: Any, path: Steps) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("plain",), 80, "plain: 95 ", "plain: 80 "),
        (("plain",), 0.00005, "plain: 95 ", "plain: 0.00005 "),
        (("flow", "target"), 80.5, "{target: 95,", "{target: 80.5,"),
        (("flow", "alert"), "b", '"x # y"', '"b"'),
        (("flow", "deep", 1, "a"), 3, "{a: 2.50}", "{a: 3}"),
        (("flow", "deep", 0), -1, "[1,", "[-1,"),
        (("quoted key",), "that's it", "'it''s'", "'that''s it'"),
        (("quoted key",), "a\nb", "'it''s'", '"a\\nb"'),
        (("double",), "x", '"a\\tb"', '"x"'),
        (("list", 0), "x", "- 1", "- x"),
        (("list", 1, "name"), "95", "bare word #", '"95" #'),
        (("list", 1, "name"), "a: b", "bare word #", '"a: b" #'),
        (("list", 1, "name"), "yes", "bare word #", '"yes" #'),
        (("switch",), False, "switch: true", "switch: false"),
        (("tilde",), 5, "tilde: ~", "tilde: 5"),
        (("unicode", "ключ"), 1, "{ключ: 95,", "{ключ: 1,"),
        (("unicode", "😀"), 8, '"😀": 7}', '"😀": 8}'),
        (("last",), 0.2, "last: 0.1", "last: 0.2"),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_one_value(path: Steps, value: Any, old: str, new: str, ending: str, mark: str) -> None:
    text = mark + TEXT.replace("\n", ending)
    assert text.count(old) == 1
    changed = edit_text(text, "x.yaml", [Edit(path, value)])
    assert changed == text.replace(old, new)
    assert value_at(parse_source(changed, "x.yaml").value, path) == value


def test_many_at_once_in_any_order() -> None:
    edits = [Edit(("last",), 1), Edit(("plain",), 100000), Edit(("flow", "target"), 2)]
    once = edit_text(TEXT, "x.yaml", edits)
    assert once == edit_text(TEXT, "x.yaml", edits[::-1])
    assert edit_text(TEXT, "x.yaml", []) == TEXT
    with pytest.raises(ValueError, match="plain is changed twice"):
        edit_text(TEXT, "x.yaml", [Edit(("plain",), 1), Edit(("plain",), 2)])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("absent",), "there is no absent"),
        (("flow", "absent"), "there is no flow.absent"),
        (("plain", "below"), "there is no plain.below"),
        (("list", 7), "there is no list.7"),
        (("flow",), "flow is no single value"),
        (("list",), "list is no single value"),
        ((), "is no single value"),
        (("nothing",), "nothing has no value"),
        (("block",), "block is written over several lines"),
        (("folded",), "folded is written over several lines"),
    ],
)
def test_what_a_person_has_to_change(path: Steps, said: str) -> None:
    with pytest.raises(EditError) as raised:
        edit_text(TEXT, "x.yaml", [Edit(path, 1)])
    assert said in raised.value.message
    assert raised.value.message.startswith("x.yaml:")
    assert raised.value.hint.endswith("by hand")


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("a: 1\nprofiles: {x: 1}\n", "a: 1\nprofile: x\nprofiles: {x: 1}\n"),
        (
            "a: 1\n\n# of it\n# more\nprofiles: {x: 1}\n",
            "a: 1\n\nprofile: x\n# of it\n# more\nprofiles: {x: 1}\n",
        ),
        ("\ufeffprofiles:\r\n  x: 1\r\n", "\ufeffprofile: x\r\nprofiles:\r\n  x: 1\r\n"),
    ],
)
def test_a_key_that_was_not_there(text: str, new: str) -> None:
    assert add_key(text, "x.yaml", ("profile",), "x", before="profiles") == new


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("a:\n  b: 1\n", "a:\n  new: 5m\n  b: 1\n"),
        ("a:\n  # of b\n  b: 1\n", "a:\n  new: 5m\n  # of b\n  b: 1\n"),
        ("a: {b: 1}\n", "a: {new: 5m, b: 1}\n"),
        ("a: { b: 1,\n  c: 2}\n", "a: { new: 5m, b: 1,\n  c: 2}\n"),
        ("a:\r\n  b: 1\r\n", "a:\r\n  new: 5m\r\n  b: 1\r\n"),
    ],
)
def test_a_key_above_the_first_of_its_mapping(text: str, new: str) -> None:
    assert add_key(text, "x.yaml", ("a", "new"), "5m") == new


@pytest.mark.parametrize("text", ["a: 1\n", "a: {}\n", "b: {a: 1}\n", "a: [1]\n"])
def test_no_mapping_for_a_key(text: str) -> None:
    with pytest.raises(EditError, match=r"x\.yaml:.*there is no a"):
        add_key(text, "x.yaml", ("a", "new"), 1)


@pytest.mark.parametrize("text", ["a: 1\n", "- profiles: 1\n", "profiles\n"])
def test_no_place_for_a_key(text: str) -> None:
    with pytest.raises(EditError, match=r"x\.yaml"):
        add_key(text, "x.yaml", ("profile",), "x", before="profiles")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12))
def test_numbers_are_spelt_as_every_reader_takes_them(number: float) -> None:
    text = spell_number(number)
    assert float(text) == number
    assert set(text) <= set("-.0123456789")


def scalars(value: Any, path: Steps = ()) -> list[Steps]:
    if isinstance(value, dict):
        return [found for key, one in value.items() for found in scalars(one, (*path, key))]
    if isinstance(value, tuple):
        return [found for index, one in enumerate(value) for found in scalars(one, (*path, index))]
    return [path]


PLACES = scalars(parse_source(SPEC, "slo.yaml").value)
NEW = st.text(max_size=20).filter(lambda t: t.isprintable()) | st.integers(-999, 999) | st.booleans()


@settings(max_examples=12, deadline=None)
@given(st.dictionaries(st.sampled_from(PLACES), NEW, min_size=1, max_size=6))
def test_any_values_of_the_spec(wanted: dict[Steps, Any]) -> None:
    """Every scalar of the shipped spec: what is between the values stays, comments and all."""
    changed = edit_text(SPEC, "slo.yaml", [Edit(path, value) for path, value in wanted.items()])
    before, after = (parse_source(text, "slo.yaml").value for text in (SPEC, changed))
    for path in PLACES:
        assert value_at(after, path) == wanted.get(path, value_at(before, path))
    lines, new = SPEC.split("\n"), changed.split("\n")
    assert len(lines) == len(new)
    assert sum(a != b for a, b in zip(lines, new, strict=True)) <= len(wanted)
    assert [line for line in lines if line.strip().startswith("#")] == [
        line for line in new if line.strip().startswith("#")
    ]


def test_the_spec_with_a_level_changed_is_the_spec_with_that_level() -> None:
    changed = edit_text(SPEC, "slo.yaml", [Edit(("slis", "memory_usage", "objective", "alert"), 86.5)])
    old, new = (parse_spec(text, "slo.yaml").spec for text in (SPEC, changed))
    objective = new.slis["memory_usage"].objective
    assert objective is not None
    assert objective.alert == 86.5
    back = edit_text(changed, "slo.yaml", [Edit(("slis", "memory_usage", "objective", "alert"), 85)])
    assert back == SPEC
    assert parse_spec(back, "slo.yaml").spec == old
