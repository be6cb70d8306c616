"""Included files: the same spec however it is split, each value at its place, and what cannot be included."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from cases.reading import BASE
from hypothesis import given, settings, strategies as st
from scratch import REPOSITORY, ROLLOUT_SPEC

from genesis_monitoring.errors import ExitCode
from genesis_monitoring.findings import Finding
from genesis_monitoring.spec.builder import MappingNode
from genesis_monitoring.spec.edit import EditError
from genesis_monitoring.spec.includes import Files, load_with_included, with_included
from genesis_monitoring.spec.joined import JoinedSource
from genesis_monitoring.spec.load import judged, load_spec, parse_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.setting import with_setting
from genesis_monitoring.spec.source import MAX_BYTES, Source, SpecError, parse_source
from genesis_monitoring.spec.suppressions import Suppression, apply_suppressions
from genesis_monitoring.spec.text_places import place_in_text

SHORT = REPOSITORY / "docs/examples/service/slo.yaml"
EVERY_KIND = REPOSITORY / "tests/golden/every-kind/slo.yaml"
TEXTS = {"base": BASE} | {path.parent.name: path.read_text() for path in (SHORT, EVERY_KIND, ROLLOUT_SPEC)}
NAMES = ("a.yaml", "teams/b.yaml", "c.yaml")


class InMemory:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def named(self, path: str) -> str:
        return path

    def read(self, path: str) -> bytes:
        return self.texts[path].encode()


def joined(spec: str, **others: str) -> Source:
    """A spec with files that are named by a letter."""
    files: Files = InMemory({f"{name}.yaml": text for name, text in others.items()})
    listed = ", ".join(f"{name}.yaml" for name in others)
    included = with_included(parse_source(f"include: [{listed}]\n{spec}", "slo.yaml"), files)
    assert included.whole
    assert isinstance(included.source, JoinedSource)
    return included.source


def twice(source: Source) -> list[tuple[str, str, tuple[str, ...]]]:
    assert isinstance(source, JoinedSource)
    return [(one.code, str(one.location), tuple(map(str, one.related))) for one in source.twice]


@cache
def whole(name: str) -> tuple[Source, Spec]:
    loaded = parse_spec(TEXTS[name], "slo.yaml")
    return loaded.source, loaded.spec


def pieces(source: Source) -> Iterator[tuple[str, str]]:
    """Each section with its text."""
    root = source.root
    assert isinstance(root, MappingNode)
    offsets = [key for key, _ in root.entries.values()]
    for name, begin, end in zip(root.entries, offsets, [*offsets[1:], len(source.lines.text)], strict=True):
        yield name, source.lines.text[begin:end].rstrip() + "\n"


def paths(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if above:
        yield above
    if isinstance(value, dict | tuple):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(one, (*above, key))


def rest_of_line(source: Source, path: tuple[str | int, ...]) -> str:
    place = source.locate(path)
    return source.line_text(place.line, place.file)[place.column - 1 :]


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=4)
@given(data=st.data())
def test_a_spec_in_several_files_is_the_same_spec(name: str, data: st.DataObject) -> None:
    """However its sections are spread, in whatever order; and each value is found where it is written."""
    source, spec = whole(name)
    texts = dict.fromkeys(NAMES, "# a file\n")
    own = "include: [a.yaml, teams/b.yaml, c.yaml]\n"
    where = {}
    for section, text in data.draw(st.permutations(list(pieces(source)))):
        to = "" if section == "apiVersion" else data.draw(st.sampled_from(("", *NAMES)))
        where[section] = to or "slo.yaml"
        if to:
            texts[to] += text
        else:
            own += text
    for to, text in texts.items():
        texts[to] = text if ":" in text else "apiVersion: genesis-mon/v1\n"
    loaded = parse_spec(own, "slo.yaml", files=InMemory(texts))
    assert loaded.spec.model_copy(update={"include": ()}) == spec
    for path in paths(source.value):
        assert loaded.source.locate(path).file == where[str(path[0])]
        assert rest_of_line(loaded.source, path) == rest_of_line(source, path)


@settings(max_examples=25)
@given(data=st.data())
def test_entries_of_a_section_may_be_spread_too(data: st.DataObject) -> None:
    parts: list[dict[str, dict[str, int]]] = [{}, {}, {}]
    names = data.draw(st.lists(st.sampled_from("pqrstuv"), unique=True))
    for number, name in enumerate(names):
        section = data.draw(st.sampled_from(("slis", "alerts")))
        parts[data.draw(st.integers(0, 2))].setdefault(section, {})[name] = number
    texts = [
        "".join(f"{s}:\n" + "".join(f"  {n}: {v}\n" for n, v in o.items()) for s, o in p.items())
        for p in parts
    ]
    source = joined(texts[0], a=texts[1] or "x: {}", b=texts[2] or "w: {}")
    value = source.value
    assert isinstance(value, dict)
    found = {n: v for s in ("slis", "alerts") for n, v in (value.get(s) or {}).items()}  # type: ignore[union-attr]
    assert found == {name: number for number, name in enumerate(names)}
    assert twice(source) == []


def test_the_spec_counts_key_by_key() -> None:
    source = joined(
        "x: {k: {own: 1, list: [1], nothing: }, only: 2}\n",
        a="x: {k: {own: 5, list: [7, 8], nothing: 9, more: 3}, text: t}\n",
    )
    assert source.value == {
        "include": ("a.yaml",),
        "x": {"k": {"own": 1, "list": (1,), "nothing": 9, "more": 3}, "only": 2, "text": "t"},
    }
    assert isinstance(source.value, dict)
    assert isinstance(source.value["x"], dict)
    assert list(source.value["x"]) == ["k", "only", "text"]
    assert [str(source.locate(("x", *path))) for path in (("k", "own"), ("k", "more"), ("k", "nothing"))] == [
        "slo.yaml:2:14",
        "a.yaml:1:49",
        "a.yaml:1:40",
    ]
    assert twice(source) == []


def test_what_two_files_say_is_told_at_both() -> None:
    both = {"a": "x:\n  same: 1\n  other: 2\n", "b": "x: {mine: 3, same: 1}\n"}
    source = joined("w: 1\n", **both)
    assert twice(source) == [
        ("GM104", "a.yaml:2:3", ("b.yaml:1:14",)),
        ("GM104", "b.yaml:1:14", ("a.yaml:2:3",)),
    ]
    assert twice(joined("x: {same: 5}\n", **both)) == []
    assert len(twice(joined("x: {other: 5}\n", **both))) == 2
    assert twice(joined("x: text\n", **both)) == []


def test_an_alert_that_two_files_have_is_told_once_at_each() -> None:
    alert = "alerts: {Slow: {sli: latency, for: 5m, severity: P1}}\n"
    source = joined("w: 1\n", a=alert, b=alert)
    assert isinstance(source, JoinedSource)
    assert [str(one.location) for one in source.twice] == ["a.yaml:1:10", "b.yaml:1:10"]
    assert source.twice[0].message == (
        "alerts.Slow (sli, for, severity) is said by two included files: by b.yaml too"
    )


@pytest.mark.parametrize(
    ("own", "one", "other", "places"),
    [
        ("w: 1", "x: {k: text}", "x: {k: {deep: 1}}", ["a.yaml:1:5", "b.yaml:1:5"]),
        ("x: {k: {deep: 2}}", "x: {k: text}", "x: {k: {deep: 1}}", ["a.yaml:1:5", "b.yaml:1:5"]),
        ("x: {k: {deep: 2}}", "x: {k: text}", "x: {k: more}", []),
        ("x: {k: }", "x: {k: text}", "x: {j: 1}", []),
        ("w: 1", "x: ", "x: {k: 1}", []),
        ("w: 1", "x: {k: }", "x: {k: }", ["a.yaml:1:5", "b.yaml:1:5"]),
        ("w: 1", "apiVersion: v\nx: 1", "apiVersion: v\nz: 1", []),
    ],
)
def test_short_forms_and_what_says_nothing(own: str, one: str, other: str, places: list[str]) -> None:
    assert [place for _, place, _ in twice(joined(own, a=one, b=other))] == places


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A spec whose SLIs are in a file of their own."""
    text = SHORT.read_text()
    begin = text.index("slis:")
    (tmp_path / "slo.yaml").write_text(text[:begin] + "include: [teams/slis.yaml]\n")
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams/slis.yaml").write_text(text[begin:])
    return tmp_path


def refused(folder: Path) -> tuple[Finding, ...]:
    with pytest.raises(SpecError) as caught:
        load_spec(folder / "slo.yaml", display="mon/slo.yaml")
    assert caught.value.exit_code is ExitCode.FINDINGS
    return caught.value.findings


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.code, str(one.location)) for one in findings]


ENTRY = ("GM107", "mon/slo.yaml:8:11")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"slis: \0", "binary"),
        ("# Zürich\nslis: {}".encode("latin-1"), "not text in UTF-8"),
        (BASE.encode("utf-16"), "NUL byte"),
        (b"", "empty"),
        (b"# nothing\n", "empty"),
        (b"- slis\n", "no part of a spec"),
        (b"slis", "no part of a spec"),
        (b"x: " + b"[" * 70 + b"]" * 70, "nested deeper"),
    ],
)
def test_a_file_that_is_no_part_of_a_spec_is_told_where_it_is_included(
    folder: Path, data: bytes, said: str
) -> None:
    (folder / "teams/slis.yaml").write_bytes(data)
    (finding,) = refused(folder)
    assert told((finding,)) == [ENTRY]
    assert "teams/slis.yaml cannot be included" in finding.message
    assert said in finding.message
    assert finding.related[0].file == "mon/teams/slis.yaml"


def test_a_file_that_cannot_be_read_is_told_where_it_is_included(folder: Path) -> None:
    file = folder / "teams/slis.yaml"
    text = file.read_text()
    file.unlink()
    assert told(refused(folder)) == [ENTRY]
    file.mkdir()
    assert "it is a folder" in refused(folder)[0].message
    file.rmdir()
    os.mkfifo(file)
    assert "it is a pipe" in refused(folder)[0].message
    file.unlink()
    file.symlink_to(file)
    assert told(refused(folder)) == [ENTRY]
    file.unlink()
    with file.open("wb") as huge:
        huge.truncate(64 * 2**30)
    assert "larger than" in refused(folder)[0].message
    file.write_text(text)
    assert load_spec(folder / "slo.yaml").spec.slis


def test_a_symlink_stays_in_the_folder_of_the_spec(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = folder / "teams/slis.yaml"
    outside = tmp_path_factory.mktemp("outside") / "slis.yaml"
    file.rename(outside)
    file.symlink_to(outside)
    (finding,) = refused(folder)
    assert told((finding,)) == [ENTRY]
    assert "leads out of the folder" in finding.message
    outside.rename(folder / "real.yaml")
    file.unlink()
    file.symlink_to("../real.yaml")
    assert load_spec(folder / "slo.yaml").spec.slis


def test_all_files_together_are_no_larger_than_a_spec(folder: Path) -> None:
    half = "# " + "x" * (MAX_BYTES // 2) + "\n"
    (folder / "teams/slis.yaml").write_text(half + (folder / "teams/slis.yaml").read_text())
    assert load_spec(folder / "slo.yaml").spec.slis
    (folder / "more.yaml").write_text(half + "components: {}\n")
    text = (folder / "slo.yaml").read_text()
    (folder / "slo.yaml").write_text(text.replace("slis.yaml]", "slis.yaml, more.yaml]"))
    (finding,) = refused(folder)
    assert told((finding,)) == [("GM107", "mon/slo.yaml:8:28")]
    assert "8 MiB" in finding.message


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ("teams/slis.yaml", [("GM112", "8:10")]),
        ("{teams/slis.yaml: 1}", [("GM112", "8:1")]),
        ("[teams/slis.yaml, ../x.yaml]", [("GM107", "8:28")]),
        ("[teams/slis.yaml, teams/../x.yaml]", [("GM107", "8:28")]),
        ("[teams/slis.yaml, /etc/passwd]", [("GM107", "8:28")]),
        ("[teams/slis.yaml, 5]", [("GM107", "8:28")]),
        ("[teams/slis.yaml, '']", [("GM107", "8:28")]),
        ("[teams/slis.yaml, 'teams/*.yaml']", [("GM107", "8:28")]),
        ("[teams/slis.yaml, ./slo.yaml]", [("GM107", "8:28")]),
        ("[teams/slis.yaml, teams/./slis.yaml]", [("GM120", "8:28")]),
        ("[nothing.yaml, teams/slis.yaml, '']", [("GM107", "8:11"), ("GM107", "8:42")]),
    ],
)
def test_entries_that_cannot_be(folder: Path, entries: str, found: list[tuple[str, str]]) -> None:
    text = (folder / "slo.yaml").read_text()
    (folder / "slo.yaml").write_text(text.replace("[teams/slis.yaml]", entries))
    assert told(refused(folder)) == [(code, f"mon/slo.yaml:{place}") for code, place in found]


def test_an_included_file_includes_none_so_there_are_no_circles(folder: Path) -> None:
    with (folder / "teams/slis.yaml").open("a") as file:
        file.write("include: [slo.yaml]\n")
    assert told(refused(folder)) == [("GM107", "mon/teams/slis.yaml:12:1")]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("slis:", "slis: {", "GM103", "1:7"),
        ("within: 300ms", "within: 300ms\n    within: 1s", "GM104", "11:5"),
        ("within: 300ms", "within: 300ms\n    extra: 1", "GM110", "11:5"),
        ("    within: 300ms\n", "", "GM111", "7:3"),
        ("within: 300ms", "within: soon", "GM113", "10:13"),
        ("within: 300ms", "within: 0.7s", "GM122", "10:13"),
        ("denominator: http_requests_total", "denominator: http_request_total", "GM121", "5:18"),
        ("slis:", "apiVersion: genesis-mon/v2\nslis:", "GM113", "1:13"),
    ],
)
def test_every_mistake_of_an_included_file_stands_in_it(
    folder: Path, old: str, new: str, code: str, place: str
) -> None:
    file = folder / "teams/slis.yaml"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    assert told(refused(folder)) == [(code, f"mon/teams/slis.yaml:{place}")]


def test_the_same_api_version_may_stand_in_each_file(folder: Path) -> None:
    file = folder / "teams/slis.yaml"
    file.write_text("apiVersion: genesis-mon/v1\n" + file.read_text())
    assert load_spec(folder / "slo.yaml").spec.slis


def test_a_text_that_lies_in_no_folder_includes_nothing(folder: Path) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec((folder / "slo.yaml").read_text(), "-")
    assert told(caught.value.findings) == [("GM107", "-:8:11")]


def test_a_character_of_a_text_is_found_in_its_file() -> None:
    source = joined("x: 'é'\n", a="# ü\nw: 'it''s'\n", b='z: "a\\tb"\n')
    assert str(place_in_text(source, ("w",), 3)) == "a.yaml:2:9"
    assert str(place_in_text(source, ("z",), 2)) == "b.yaml:1:8"


def test_a_suppression_of_a_part_covers_it_in_each_file() -> None:
    source = joined("slis: {a: {k: 1}, b: 2}\n", a="slis:\n  a: {j: 1}\n  c: 3\nalerts: 5\n")
    places = [source.locate(("slis", *path)) for path in (("a", "k"), ("a", "j"), ("b",), ("c",))]
    findings = [Finding("GM136", 1, place, "unused") for place in (*places, source.locate(("alerts",)))]  # type: ignore[arg-type]

    def kept(named: str) -> list[str]:
        one = Suppression(code="GM136", object=named, reason="looked at and accepted")
        applied = apply_suppressions(findings, [one], source, known={"GM136"}, judged={"GM136"})
        return [str(finding.location) for finding in applied.kept]

    assert kept("slis.a") == ["a.yaml:3:6", "a.yaml:4:9", "slo.yaml:2:22"]
    assert kept("slis") == ["a.yaml:4:9"]


def test_a_value_is_set_in_the_file_that_has_it(folder: Path) -> None:
    loaded = load_spec(folder / "slo.yaml")
    changed = with_setting(loaded.source, loaded.spec, "latency.budget.objective=95")
    assert judged(changed).spec.slis["latency"].budget != loaded.spec.slis["latency"].budget
    assert changed.parts[""].written == loaded.source.parts[""].written
    assert "objective: 95," in changed.parts["teams/slis.yaml"].written
    added = with_setting(loaded.source, loaded.spec, "latency.budget.minimum_errors=7")
    assert "minimum_errors: 7, objective: 99," in added.parts["teams/slis.yaml"].written


def test_a_value_that_the_spec_says_too_is_set_there(folder: Path) -> None:
    with (folder / "slo.yaml").open("a") as file:
        file.write("slis: {latency: {budget: {objective: 98}}}\n")
    loaded = load_spec(folder / "slo.yaml")
    changed = with_setting(loaded.source, loaded.spec, "latency.budget.objective=95")
    assert "objective: 95}" in changed.parts[""].written
    assert changed.parts["teams/slis.yaml"].written == loaded.source.parts["teams/slis.yaml"].written


def test_the_digest_is_of_every_file(folder: Path) -> None:
    import hashlib

    def digest() -> str:
        return load_with_included(folder / "slo.yaml").digest

    before = digest()
    with (folder / "teams/slis.yaml").open("a") as file:
        file.write("# a word\n")
    assert digest() != before
    (folder / "slo.yaml").write_bytes(b"\xef\xbb\xbf" + SHORT.read_bytes())
    assert digest() == hashlib.sha256((folder / "slo.yaml").read_bytes()).hexdigest()


def test_a_copy_for_the_stack_has_every_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    from genesis_monitoring.stack.run_folder import copy_spec

    copy = tmp_path_factory.mktemp("run") / "spec" / "slo.yaml"
    with (folder / "slo.yaml").open("a") as file:
        file.write("prometheus: {targets: {hosts: {kind: node-exporter, addresses: ['h:9100']}}}\n")
    text = (folder / "slo.yaml").read_text()
    lines = [line for line in text.split("\n") if "shop.example.com" not in line]
    text = "\n".join(lines).replace("slis.yaml]", "slis.yaml, preset:node-exporter]")
    text = text.replace("{hosts: ", '{shop: "shop:8080", hosts: ')
    (folder / "slo.yaml").write_text(text)
    copy_spec(load_with_included(folder / "slo.yaml"), copy)
    assert load_spec(copy).spec == load_spec(folder / "slo.yaml").spec
    assert not list(copy.parent.rglob("preset*")), "a preset is no file"
    assert load_with_included(copy).digest == load_with_included(folder / "slo.yaml").digest


def test_an_environment_changes_what_an_included_file_says(folder: Path) -> None:
    with (folder / "slo.yaml").open("a") as file:
        file.write(
            "environments:\n  staging:\n    set:\n"
            "      slis.latency.budget.objective: {value: 95, reason: half the machines}\n"
        )
    loaded = load_spec(folder / "slo.yaml", environment="staging")
    budget = loaded.spec.slis["latency"].budget
    assert budget is not None
    assert budget.objective == 95
    place = loaded.source.locate(("slis", "latency", "budget", "objective"))
    assert (place.file, place.line) == (f"{folder}/slo.yaml", 12)
    assert loaded.source.locate(("slis", "latency", "within")).file == f"{folder}/teams/slis.yaml"
    assert loaded.source.digest == load_with_included(folder / "slo.yaml").digest


@pytest.mark.parametrize(
    ("version", "hint"),
    [
        ("genesis-mon/v2", "use a later genesis-mon"),
        ("openslo/v1", "genesis-mon import openslo FILE"),
        ("sloth.slok.dev/v1", "genesis-mon import sloth FILE"),
    ],
)
def test_of_another_version_nothing_else_is_judged(version: str, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(f"apiVersion: {version}\nnew_key: 1\n", "slo.yaml")
    (finding,) = caught.value.findings
    assert (finding.code, str(finding.location)) == ("GM113", "slo.yaml:1:13")
    assert hint in finding.hint


def test_what_stands_nowhere_is_not_set(folder: Path) -> None:
    from genesis_monitoring.spec.edit import Edit, edit_source

    loaded = load_spec(folder / "slo.yaml")
    with pytest.raises(EditError):
        edit_source(loaded.source, [Edit(("slis", "latency", "title"), "x")])
