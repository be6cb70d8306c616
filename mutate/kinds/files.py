"""Faults of whole files: gone, cut off, emptied, spoilt; and broken links in the documents."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from mutate.edits import spots_where
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

DOCUMENTS = "docs/*.md"


def _of_files(change: str, build: Callable[[str], str | None], *, unless: str = "") -> Sites:
    def sites(tree: Files) -> Iterator[Site]:
        for path in sorted(tree):
            if not fnmatchcase(path, unless):
                yield Site(path, change, lambda path=path: build(tree[path]))  # type: ignore[misc]

    return sites


def _first_half(text: str) -> str:
    """Up to the middle of a line in the middle of the file."""
    return text[: len(text) // 2]


def _kind(name: str, sites: Sites, most: int, *, whole: bool = True) -> Kind:
    return Kind(f"files: {name}", Target.GENERATED, Expect.CHECK, sites, most, whole)


KINDS = (
    _kind("deleted", _of_files("deleted", lambda _: None), 20),
    _kind("cut off", _of_files("cut off", _first_half, unless=DOCUMENTS), 14),
    _kind("emptied", _of_files("emptied", lambda _: "", unless="docs/*"), 14),
    _kind(
        "not text", _of_files("a NUL byte", lambda text: text[:200] + "\x00" + text[200:], unless="docs/*"), 8
    ),
    _kind(
        "merge conflict",
        _of_files("conflict marks", lambda text: "<<<<<<< HEAD\n" + text, unless="docs/*"),
        8,
    ),
    _kind(
        "tab for an indent", spots_where("*.yml", r"^(?=  +[^# ])", r"^  ", lambda _: ["\t"]), 8, whole=False
    ),
    _kind(
        "link to a page that is not there",
        spots_where(DOCUMENTS, r".*?\(runbooks/", r"\w+(?=\.md\))", lambda m: [m[0] + "s"]),
        6,
        whole=False,
    ),
    _kind(
        "link out of a page broken",
        spots_where(
            "docs/runbooks/*.md", r"^- .*<http", r"(?<=/d/)[\w-]+|(?<=viewPanel=)\d+", lambda m: [m[0] + "9"]
        ),
        6,
        whole=False,
    ),
)
