from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.tree.drift import drift_findings
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, put

OLD = {"a.yml": "one\ntwo\nthree\n", "b/c.yml": "c\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_tree(out, artifacts(OLD))
    return out


def only(found: tuple[Finding, ...], code: str) -> Finding:
    assert [finding.code for finding in found] == [code]
    assert found[0].severity is Severity.ERROR
    assert "genesis-mon render" in found[0].hint
    return found[0]


def test_clean_tree_has_no_findings(out: Path) -> None:
    assert drift_findings(out, artifacts(OLD)) == ()


def test_gm201_hand_edit_names_the_line(out: Path) -> None:
    (out / "a.yml").write_text("one\nTWO\nthree\n")
    finding = only(drift_findings(out, artifacts(OLD)), "GM201")
    assert finding.location == Location(f"{out}/a.yml", 2)
    assert finding.message.startswith("edited by hand")
    assert "line 2 is 'TWO', the spec renders 'two'" in finding.message


def test_gm201_changed_spec(out: Path) -> None:
    finding = only(drift_findings(out, artifacts(OLD | {"a.yml": "one\ntwo\n3\n"})), "GM201")
    assert finding.location == Location(f"{out}/a.yml", 3)
    assert finding.message.startswith("the spec or the templates changed")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"", 1, "line 1 is absent, the spec renders 'one'"),
        (b"one\ntwo\nthree", 3, "'three' without a newline"),
        (b"one\ntwo\nthree\nfour\n", 4, "line 4 is 'four', the spec renders absent"),
        (b"one\n\xff\xfe\nthree\n", 2, "line 2 is "),
        (b"one\n" + b"x" * 10_000, 2, "x…' without a newline"),
        (b"\x1b[31mone\n", 1, r"'\x1b[31mone'"),
    ],
)
def test_gm201_shows_what_is_there(out: Path, text: bytes, line: int, words: str) -> None:
    (out / "a.yml").write_bytes(text)
    finding = only(drift_findings(out, artifacts(OLD)), "GM201")
    assert finding.location.line == line
    assert words in finding.message
    assert len(finding.message) < 300


def test_gm202_orphan(out: Path) -> None:
    finding = only(drift_findings(out, artifacts({"a.yml": OLD["a.yml"]})), "GM202")
    assert finding.location == Location(f"{out}/b/c.yml")


def test_gm203_missing(out: Path) -> None:
    (out / "b/c.yml").unlink()
    finding = only(drift_findings(out, artifacts(OLD)), "GM203")
    assert finding.location == Location(f"{out}/b/c.yml")


def test_gm203_never_rendered(out: Path) -> None:
    assert only(drift_findings(out, artifacts(OLD | {"new": "n\n"})), "GM203").location.file == f"{out}/new"


def test_gm203_no_folder_is_one_finding(tmp_path: Path) -> None:
    finding = only(drift_findings(tmp_path / "absent", artifacts(OLD)), "GM203")
    assert finding.location == Location(str(tmp_path / "absent"))


@pytest.mark.parametrize("content", ['{"version": 1, "write": {}, "remove": []}', "{"])
def test_gm204_journal(out: Path, content: str) -> None:
    (out / JOURNAL).write_text(content)
    finding = only(drift_findings(out, artifacts(OLD)), "GM204")
    assert finding.location == Location(f"{out}/{JOURNAL}")


def test_gm204_explains_a_manifest_that_lags_behind(out: Path) -> None:
    break_manifest(out, "stale")
    (out / JOURNAL).write_text('{"version": 1, "write": {}, "remove": []}')
    only(drift_findings(out, artifacts(OLD)), "GM204")


def break_manifest(out: Path, how: str) -> None:
    manifest = out / MANIFEST
    if how == "missing":
        manifest.unlink()
    elif how == "unreadable":
        manifest.write_text("{")
    elif how == "stale":
        manifest.write_text(manifest.read_text().replace("a.yml", "z.yml"))
    else:
        manifest.write_text(manifest.read_text().replace("  ", "\t"))


@pytest.mark.parametrize("how", ["missing", "unreadable", "stale", "reformatted"])
def test_gm205_manifest(out: Path, how: str) -> None:
    break_manifest(out, how)
    finding = only(drift_findings(out, artifacts(OLD)), "GM205")
    assert finding.location == Location(f"{out}/{MANIFEST}")
    assert {"stale": "does not match"}.get(how, how) in finding.message


def test_gm206_foreign_file(out: Path) -> None:
    put(out, {"new": "x\nmine\n"})
    finding = only(drift_findings(out, artifacts(OLD | {"new": "x\ntheirs\n"})), "GM206")
    assert finding.location == Location(f"{out}/new", 2)


def test_gm207_symlink_and_folder(out: Path) -> None:
    (out / "a.yml").unlink()
    (out / "a.yml").symlink_to("b/c.yml")
    (out / "n").mkdir()
    found = drift_findings(out, artifacts(OLD | {"n": "n\n"}))
    assert [(f.code, f.location.file) for f in found] == [("GM207", f"{out}/a.yml"), ("GM207", f"{out}/n")]
    assert "a symlink" in found[0].message
    assert "a folder" in found[1].message


def test_findings_are_sorted_and_relative_like_the_folder(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out.parent)
    found = drift_findings(Path("out"), artifacts({"z": "z\n", "c": "c\n"}))
    assert [(f.code, f.location.file) for f in found] == [
        ("GM202", "out/a.yml"),
        ("GM202", "out/b/c.yml"),
        ("GM203", "out/c"),
        ("GM203", "out/z"),
    ]


def test_gm208_line_ends_of_windows_are_one_finding(out: Path) -> None:
    for path in ("a.yml", "b/c.yml", MANIFEST):
        (out / path).write_bytes((out / path).read_bytes().replace(b"\n", b"\r\n"))
    finding = only(drift_findings(out, artifacts(OLD)), "GM208")
    assert finding.location == Location(str(out))
    assert "2 files have line ends of Windows" in finding.message
    assert '"out/** -text" to .gitattributes' in finding.hint
    write_tree(out, artifacts(OLD))
    assert drift_findings(out, artifacts(OLD)) == ()


def test_gm201_beside_gm208_is_shown_where_it_was_edited(out: Path) -> None:
    (out / "a.yml").write_bytes(b"one\r\nTWO\r\nthree\r\n")
    (out / "b/c.yml").write_bytes(b"c\r\n")
    found = drift_findings(out, artifacts(OLD))
    assert [finding.code for finding in found] == ["GM208", "GM201"]
    assert found[1].location == Location(f"{out}/a.yml", 2)


def test_gm211_the_tree_of_another_spec_that_is_there_still(tmp_path: Path) -> None:
    out, other, own = tmp_path / "generated", "demo.yaml", "slo.yaml"
    write_tree(out, artifacts(OLD), spec=other)
    assert drift_findings(out, artifacts(OLD), own) == ()
    changed = artifacts(OLD | {"a.yml": "other\n"})
    (tmp_path / other).touch()
    finding = only(drift_findings(out, changed, own), "GM211")
    assert finding.location == Location(str(out))
    assert finding.message == f"this is rendered from {tmp_path / other}, and not from {own}"
    assert [one.code for one in drift_findings(out, changed, other)] == ["GM201"]
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(GenesisMonError, match=r"from .*demo\.yaml, which slo\.yaml would replace"):
        write_tree(out, changed, spec=own)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    write_tree(out, changed, spec=own, adopt=True)
    assert drift_findings(out, changed, own) == ()
    only(drift_findings(out, artifacts(OLD), other), "GM201")
    (tmp_path / own).touch()
    only(drift_findings(out, artifacts(OLD), other), "GM211")


def test_the_tree_of_a_spec_that_is_gone_or_was_renamed_is_rendered_on(tmp_path: Path) -> None:
    out = tmp_path / "generated"
    write_tree(out, artifacts(OLD), spec="demo.yaml")
    write_tree(out, artifacts(OLD | {"a.yml": "other\n"}), spec="slo.yaml")
    assert b'"spec": "slo.yaml"' in (out / MANIFEST).read_bytes()
    odd = artifacts(OLD | {"a.yml": "odd\n"})
    write_tree(out, odd, spec='a "b".yaml')
    assert b'"spec"' not in (out / MANIFEST).read_bytes()
    assert drift_findings(out, odd, "slo.yaml") == ()
