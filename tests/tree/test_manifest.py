import hashlib
import json
import os
from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.manifest import MAX_BYTES, Manifest, load_manifest
from genesis_monitoring.tree.paths import MANIFEST, path_fault
from genesis_monitoring.tree.state import ManifestState, compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, on_disk, put

DIGEST = "a" * 64


def manifest_text(files: object, version: object = 1) -> str:
    return json.dumps({"version": version, "files": files})


def test_manifest_is_sorted_json_with_every_file_but_itself(tmp_path: Path) -> None:
    write_tree(tmp_path, artifacts({"b/ü.yml": "two\n", "a.yml": "one\n"}))
    text = (tmp_path / MANIFEST).read_text()
    digests = {name: hashlib.sha256(body.encode()).hexdigest() for name, body in on_disk(tmp_path).items()}
    expected = {"version": 1, "files": {"a.yml": digests["a.yml"], "b/ü.yml": digests["b/ü.yml"]}}
    assert text == json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    assert load_manifest(tmp_path) == Manifest(expected["files"])  # type: ignore[arg-type]


def test_manifest_of_no_files_is_json_too() -> None:
    assert Manifest({}).dump().decode() == json.dumps({"version": 1, "files": {}}, indent=2) + "\n"


def test_no_folder_or_no_manifest_is_none(tmp_path: Path) -> None:
    assert load_manifest(tmp_path / "absent") is None
    assert load_manifest(tmp_path) is None


HOSTILE = {
    "empty": "",
    "not JSON": "<<<<<<< HEAD\n{}\n",
    "not UTF-8": b"\xff\xfe{}",
    "too deep": "[" * 200_000,
    "huge number": '{"version": ' + "9" * 10_000 + "}",
    "a list": "[]",
    "no version": json.dumps({"files": {}}),
    "a newer version": manifest_text({}, 2),
    "true as version": manifest_text({}, True),
    "no files": json.dumps({"version": 1}),
    "files as a list": manifest_text(["victim"]),
    "absolute path": manifest_text({"/etc/passwd": DIGEST}),
    "parent": manifest_text({"../victim": DIGEST}),
    "hidden parent": manifest_text({"a/../../victim": DIGEST}),
    "dot": manifest_text({"./victim": DIGEST}),
    "double slash": manifest_text({"a//victim": DIGEST}),
    "trailing slash": manifest_text({"a/": DIGEST}),
    "empty path": manifest_text({"": DIGEST}),
    "NUL": manifest_text({"a\0b": DIGEST}),
    "newline": manifest_text({"a\nb": DIGEST}),
    "lone surrogate": manifest_text({"a\ud800": DIGEST}),
    "git's own": manifest_text({".git/config": DIGEST}),
    "itself": manifest_text({MANIFEST: DIGEST}),
    "the journal": manifest_text({".genesis-mon.journal": DIGEST}),
    "digest too short": manifest_text({"victim": "ab"}),
    "digest in capitals": manifest_text({"victim": "A" * 64}),
    "digest is a number": manifest_text({"victim": 7}),
    "digest is null": manifest_text({"victim": None}),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_broken_or_hostile_manifest_is_one_clear_error_and_harms_nothing(
    tmp_path: Path, content: str | bytes
) -> None:
    out = tmp_path / "out"
    put(tmp_path, {"victim": "keep me\n", "out/victim": "keep me\n", "out/.git/config": "keep me\n"})
    (out / MANIFEST).write_bytes(content if isinstance(content, bytes) else content.encode())
    before = on_disk(tmp_path)

    with pytest.raises(GenesisMonError) as caught:
        load_manifest(out)
    assert str(out / MANIFEST) in caught.value.message
    assert caught.value.hint
    assert len(caught.value.message.removeprefix(str(out))) < 250
    assert "\n" not in caught.value.message

    with pytest.raises(GenesisMonError):
        write_tree(out, artifacts({"new.yml": "new\n"}))
    assert on_disk(tmp_path) == before
    diff = compare_tree(out, artifacts({"new.yml": "new\n"}))
    assert (diff.manifest, diff.removed) == (ManifestState.BROKEN, ())

    write_tree(out, artifacts({"new.yml": "new\n"}), adopt=True)
    assert load_manifest(out) == Manifest({"new.yml": hashlib.sha256(b"new\n").hexdigest()})
    after = {**before, "out/new.yml": "new\n", f"out/{MANIFEST}": (out / MANIFEST).read_text()}
    assert on_disk(tmp_path) == after


def test_huge_manifest_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    with (tmp_path / MANIFEST).open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(GenesisMonError, match=f"larger than {MAX_BYTES >> 20} MiB"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("kind", ["symlink", "folder", "pipe"])
def test_manifest_that_is_no_file_is_refused_and_left(tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(manifest_text({}))
    out = tmp_path / "out"
    out.mkdir()
    if kind == "symlink":
        (out / MANIFEST).symlink_to(outside)
    elif kind == "folder":
        (out / MANIFEST).mkdir()
    else:
        os.mkfifo(out / MANIFEST)
    with pytest.raises(GenesisMonError, match=r"manifest\.json"):
        load_manifest(out)
    for adopt in (False, True):
        with pytest.raises(GenesisMonError, match=r"manifest\.json"):
            write_tree(out, artifacts({"a": "a\n"}), adopt=adopt)
    assert [path.name for path in out.iterdir()] == [MANIFEST]
    assert outside.read_text() == manifest_text({})


@pytest.mark.parametrize(
    "path", ["a", "a/b.yml", "…/ä ö", "manifest.json.md", "docs/manifest.json", ".gitignore"]
)
def test_ordinary_paths_pass(path: str) -> None:
    assert path_fault(path) == ""


@pytest.mark.parametrize("path", ["a/.genesis-mon.x", f"{MANIFEST}/a", "x" * 201, "a\\b", 'a"b', "a/.."])
def test_unusable_paths_are_named(path: str) -> None:
    assert path_fault(path)
