"""Hostile text in every field of a spec: the real tools take the tree, and nothing was expanded."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from plan.specs import compiled, rendered, write
from plan.tools import accepted, assert_accepted

from genesis_monitoring.clients.tools import COMPOSE
from genesis_monitoring.plan.compile import Plan

from .hostile import HOSTILE, hostile_spec

SHOWN = HOSTILE.replace("\u202e", " ").replace("\ufeff", " ")
"""Without what turns text around or cannot be seen."""


@cache
def plan() -> Plan:
    return compiled(hostile_spec())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(rendered(plan()), tmp_path_factory.mktemp("hostile"))


def test_the_real_tools_take_the_tree_and_the_exact_annotations_hold(tree: Path) -> None:
    assert_accepted(tree)


def test_rule_tests_do_compare_the_annotations(tree: Path, tmp_path: Path) -> None:
    """So that the test above means something: one changed letter is seen."""
    for folder in ("rules", "tests"):
        for path in (tree / "prometheus" / folder).iterdir():
            copy = tmp_path / folder / path.name
            copy.parent.mkdir(exist_ok=True)
            other = "alert(2)" if folder == "rules" else "alert(1)"
            copy.write_text(path.read_text().replace("alert(1)", other))
    done = subprocess.run(
        ["promtool", "test", "rules", "tests/shop-30s.yml"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 1


def test_compose_reads_the_text_as_it_is(tree: Path) -> None:
    said = accepted(COMPOSE, ("-f", "docker-compose.yml", "config", "--format", "json"), tree)
    shop = json.loads(said)["services"]["shop"]
    # Compose prints a file that it could read again: with two dollar signs for one.
    assert shop["environment"]["A"].replace("$$", "$") == HOSTILE
    assert [argument.replace("$$", "$") for argument in shop["command"]] == [HOSTILE]
    assert [argument.replace("$$", "$") for argument in shop["healthcheck"]["test"]] == [
        "CMD",
        "true",
        HOSTILE,
    ]


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def test_pages_hold_no_html_no_images_and_only_our_links() -> None:
    pages = {path: text for path, text in rendered(plan()).items() if path.endswith(".md")}
    assert len(pages) > 15
    for path, text in pages.items():
        blocks = tokens(text)
        assert [token.content for token in blocks if token.type == "html_block"] == [
            text.splitlines()[0] + "\n"
        ], path
        inline = [child for token in blocks for child in token.children or ()]
        assert {child.type for child in inline} <= {
            "text", "text_special", "softbreak", "code_inline", "strong_open", "strong_close",
            "link_open", "link_close",
        }, path  # fmt: skip
        for link in (child for child in inline if child.type == "link_open"):
            href = str(link.attrs["href"])
            own = href.startswith(("http://localhost:", "runbooks/")) or re.fullmatch(r"\w+\.md", href)
            assert own, f"{path}: {href}"


def test_tables_keep_their_columns_and_their_text() -> None:
    text = rendered(plan())["docs/alerts.md"]
    blocks = tokens(text)
    columns = 0
    cells: list[str] = []
    for index, token in enumerate(blocks):
        if token.type == "tr_open":
            columns = 0
        if token.type == "td_open":
            columns += 1
            cells.append("".join(child.content for child in blocks[index + 1].children or ()))
        if token.type == "tr_close" and columns:
            assert columns in (2, 4, 7)
    assert cells.count(SHOWN) > 20


def test_the_prose_of_a_runbook_is_shown_as_it_stands_in_the_spec() -> None:
    blocks = tokens(rendered(plan())["docs/runbooks/DiskFull.md"])
    shown = ["".join(child.content for child in token.children or ()) for token in blocks]
    assert SHOWN in shown
    assert f"{SHOWN}." in shown
    assert any(one.startswith(f"{SHOWN} has been above 85.5 %") for one in shown)
    fences = [token.content for token in blocks if token.type == "fence"]
    assert "sli:disk_used:percent > 85.5\n" in fences
