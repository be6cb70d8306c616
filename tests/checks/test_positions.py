"""Where things stand in a text."""

import pytest

from genesis_monitoring.checks.positions import Path, locate_message, locate_path, locate_word

YAML = """\
# api comes first
services:
  api:
    image: api-x:1
    ports:
      - a
      - "b"
  text: |
    api
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (2, 1)),
        (("services",), (2, 1)),
        (("services", "api"), (3, 3)),
        (("services", "api", "image"), (4, 12)),
        (("services", "api", "ports", 1), (7, 9)),
        (("services", "api", "ports", 2), (5, 5)),
        (("services", "api", "gone", "on"), (3, 3)),
        (("services", "text"), (9, 0)),
    ],
)
def test_a_path(path: Path, place: tuple[int, int]) -> None:
    assert locate_path(YAML, path) == place


@pytest.mark.parametrize("text", ["", "a: [", "\x00", "&a [*a]"])
def test_a_path_in_what_is_no_document(text: str) -> None:
    assert locate_path(text, ("a",)) in ((0, 0), (1, 1))


def test_a_word_is_whole_and_no_comment() -> None:
    assert locate_word(YAML, "api") == (3, 3)
    assert locate_word(YAML, "api", nth=2) == (9, 5)
    assert locate_word(YAML, "ap") == (0, 0)


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("yaml: line 4: mapping values are not allowed", (4, 0)),
        ("line 1: line 7: already defined at line 3", (7, 0)),
        ("load error at L3.C9: oh", (3, 9)),
        ("line 4, column 2: oh", (4, 2)),
        ("line 4000: oh", (10, 0)),
        ('undefined "gone" in "image"', (4, 5)),
        ('"some/where/image" is not there', (4, 5)),
        ("nothing quoted", (0, 0)),
    ],
)
def test_a_message(message: str, place: tuple[int, int]) -> None:
    assert locate_message(YAML, message) == place
