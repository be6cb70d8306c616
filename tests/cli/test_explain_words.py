"""Words of a spec that `explain` knows: each has a page, and its keys are those of the model."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from genesis_monitoring.commands.explain_keys import EXAMPLES, key_page
from genesis_monitoring.commands.explain_words import word_pages, words
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.report.explained import explained_text
from genesis_monitoring.report.wrapping import wrapped
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec

from .sandbox import run

WORDS = [(what, word) for what, known in words().items() for word in known]


@pytest.mark.parametrize(("what", "word"), WORDS)
def test_every_word_has_a_page(what: str, word: str) -> None:
    pages = [page for page in word_pages(word) if page.kind == what]
    assert len(pages) == 1
    assert len(pages[0].text.splitlines()) > 3


def test_keys_that_a_kind_alone_has_are_told_below_it() -> None:
    (page,) = (one.text for one in word_pages("expr") if one.kind == "SLI kind")
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


SECTIONS = tuple(key for key in Spec.model_fields if key != "include")
"""What is included stands in files of its own."""


def test_the_examples_are_one_valid_spec() -> None:
    text = files("genesis_monitoring.commands").joinpath(EXAMPLES).read_text("utf-8")
    loaded = parse_spec(text, EXAMPLES)
    for environment in loaded.spec.environments:
        parse_spec(text, EXAMPLES, environment=environment)
    assert set(yaml.safe_load(text)) == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_has_a_page_with_its_keys_and_its_part_of_the_examples(section: str) -> None:
    whole = yaml.safe_load(files("genesis_monitoring.commands").joinpath(EXAMPLES).read_text("utf-8"))
    (page,) = (one.text for one in word_pages(section) if one.kind == "key")
    example = page.partition("\nExample\n")[2]
    assert yaml.safe_load(example) == {section: whole[section]}


@pytest.mark.parametrize("kind", [one.key for one in RECEIVERS])
def test_a_receiver_has_an_example(kind: str) -> None:
    (page,) = (one.text for one in word_pages(kind) if one.kind == "receiver")
    (receiver,) = yaml.safe_load(page.partition("\nExample\n")[2])["receivers"].values()
    assert kind in receiver


@pytest.mark.parametrize("kind", words()["SLI kind"])
def test_a_kind_of_sli_has_an_example(kind: str) -> None:
    (page,) = (one.text for one in word_pages(kind) if one.kind == "SLI kind")
    (sli,) = yaml.safe_load(page.partition("\nExample\n")[2])["slis"].values()
    assert sli["kind"] == kind


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("email", 'smarthost    text, as "shop:8080" (may be left out)'),
        ("slack", "api_url_secret  snake_case, as request_latency (filled in)"),
        ("alert", "level            one of target, alert, no_go (by default alert)"),
        ("alert", "severity         a name of severities"),
        (
            "teams",
            "receivers   a mapping of severities, each a list, each a name of receivers (may be left out)",
        ),
        ("age", "unit       one of seconds, milliseconds, minutes, hours, days, as hours\n"),
        ("mute", "severities.NAME.mute: a list, each a name of time_intervals"),
        ("probe", 'exporter   text, as "blackbox:9115"\n'),
        ("for", "alerts.NAME.for: a duration, as 5m"),
    ],
)
def test_a_key_is_told_with_its_type_and_default(word: str, says: str) -> None:
    assert says in "\n".join(page.text for page in word_pages(word))


def test_what_is_no_key_has_no_page() -> None:
    assert key_page("nonsense") == ""
    assert key_page("NAME") == ""


def test_long_lines_are_wrapped_where_a_terminal_shows_them() -> None:
    text = explained_text(tuple(page for word in SECTIONS for page in word_pages(word)))
    assert wrapped(text, 0) == text
    narrow = wrapped(text, 80)
    assert narrow.split() == text.split()
    told = "".join(part.partition("\nExample\n")[0] for part in re.split(r"\n(?=\w+: in a spec)", narrow))
    assert max(map(len, told.splitlines())) <= 80


def test_a_label_stays_left_of_its_words() -> None:
    assert wrapped("  kind     one of a, b, c, d\n", 20) == "  kind     one of a,\n           b, c, d\n"


def test_it_is_either_a_name_or_the_list(tmp_path: Path) -> None:
    assert run("genesis-mon explain", tmp_path).code == 2
    assert run("genesis-mon explain ratio --list", tmp_path).code == 2
