"""Result files of many writers, torn ones and hostile ones, each with the series that come of it beside it.

``GENESIS_MON_REWRITE=1 pytest tests/exporter/test_corpus.py`` writes down what is exposed now; read the diff.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .shop import PASSED, Shop

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.xml"))
_OF_NO_INTEREST = ("genesis_full", "genesis_exporter", "genesis_suite_tests_expected", "genesis_suite_result")


def told(shop: Shop) -> Iterator[str]:
    """The problem, if there is one, without the parser's own words; then every series of the suite."""
    text = shop.text()
    for line in shop.said:
        problem = line.partition(f"{shop.path('smoke')}: ")[2]
        yield f"# problem: {problem.partition(':')[0]}"
    for line in text.splitlines():
        if not line.startswith(("#", *_OF_NO_INTEREST)) and 'suite="full"' not in line:
            yield line


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus(path: Path, tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.write("full", PASSED)
    shop.write("smoke", path.read_bytes())
    expected = path.with_suffix(".series")
    said = "".join(f"{line}\n" for line in told(shop))
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the corpus is not rewritten in CI"
        expected.write_text(said)
        return
    assert said == expected.read_text()


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 40
    folder = CORPUS[0].parent
    assert sorted(p.stem for p in folder.glob("*.series")) == sorted(p.stem for p in CORPUS)
