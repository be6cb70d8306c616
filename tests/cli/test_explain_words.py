"""Words of a spec that `explain` knows: each has a page, and its keys are those of the model."""

from pathlib import Path

import pytest

from genesis_monitoring.commands.explain_words import word_pages, words

from .sandbox import run

WORDS = [(what, word) for what, known in words().items() for word in known]


@pytest.mark.parametrize(("what", "word"), WORDS)
def test_every_word_has_a_page(what: str, word: str) -> None:
    pages = [page for page in word_pages(word) if page.kind == what]
    assert len(pages) == 1
    assert len(pages[0].text.splitlines()) > 3


def test_keys_that_a_kind_alone_has_are_told_below_it() -> None:
    (page,) = (one.text for one in word_pages("expr"))
    assert "Keys of fixtures: What an `expr` SLI is tested with" in page
    assert "Keys of fixtures.good: Series written by hand" in page
    assert page.count("Series written by hand") == 1
    assert not any("Keys of" in page.text for page in word_pages("ratio"))


def test_a_word_needs_no_spec_and_a_name_of_it_is_told_too(tmp_path: Path) -> None:
    assert run("genesis-mon explain ratio", tmp_path).code == 0
    assert run("genesis-mon explain nonsense", tmp_path).code == 2
    run("genesis-mon init", tmp_path)
    done = run("genesis-mon explain --list && genesis-mon explain P1", tmp_path)
    assert done.code == 0, done.stderr
    assert "GM401" in done.stdout
    assert "SLI kind: " in done.stdout


def test_it_is_either_a_name_or_the_list(tmp_path: Path) -> None:
    assert run("genesis-mon explain", tmp_path).code == 2
    assert run("genesis-mon explain ratio --list", tmp_path).code == 2
