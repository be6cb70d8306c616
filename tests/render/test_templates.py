"""Templates fill slots and print only quoted values; what is wrong with one is told, with its place."""

from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from plan.specs import every_kind_plan, rendered

from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.render.templates import Templates, default_folder

PRINTS = {
    "layout", "remarks", "yaml", "yaml_list", "comment", "go", "md", "cell", "link", "named_link", "code",
    "runbook_link", "python", "docstring", "identifier", "html", "drawing", "css",
}  # fmt: skip


def said(folder: Path, text: str, **slots: object) -> str:
    (folder / "x.j2").write_bytes(text.encode())
    return Templates(folder).render("x.j2", **slots)


@pytest.mark.parametrize(
    "expression",
    [
        "x",
        "'literal'",
        "1",
        "x | upper",
        "(x | yaml) ~ x",
        "(x | yaml) + 'y'",
        "x | yaml | upper",
        "x | spell",
        "[x]",
    ],
)
def test_a_value_without_a_quoting_filter_is_refused(expression: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"without a quoting filter|unsupported operand") as caught:
        said(tmp_path, f"[[ {expression} ]]", x="text" if "spell" not in expression else 5)
    assert caught.value.exit_code == ExitCode.USAGE
    assert str(tmp_path / "x.j2") in caught.value.message


def test_a_quoted_value_is_printed(tmp_path: Path) -> None:
    assert said(tmp_path, "k: [[ x | yaml ]]\n", x="a: b") == "k: 'a: b'\n"


@pytest.mark.parametrize(
    "text", ["[[ missing | yaml ]]", "[[ x.missing | yaml ]]", "[% if missing %]a[% endif %]"]
)
def test_a_missing_slot_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'missing' is undefined|has no attribute 'missing'"):
        said(tmp_path, text, x={})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n[% if %]", r"x\.j2:2: "),
        ("[[ x | nofilter ]]", r"x\.j2:1: No filter named 'nofilter'"),
        ("[% include 'gone.j2' %]", r"gone\.j2: no such template"),
    ],
)
def test_a_broken_template_is_told_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        said(tmp_path, text, x="y")


def test_a_template_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "x.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"x\.j2"):
        Templates(tmp_path).render("x.j2")


def test_go_templates_pass_through_untouched(tmp_path: Path) -> None:
    text = '{{ template "x" . }} {% raw %} {# no #}\n'
    assert said(tmp_path, text) == text


@pytest.mark.parametrize("path", sorted(default_folder().rglob("*.j2")), ids=lambda path: path.name)
def test_every_value_of_our_templates_ends_in_a_quoting_filter(path: Path) -> None:
    environment = Environment(
        block_start_string="[%", block_end_string="%]", variable_start_string="[[", variable_end_string="]]",
        comment_start_string="[#", comment_end_string="#]",
    )  # fmt: skip
    printed = [
        node
        for output in environment.parse(path.read_text("utf-8")).find_all(nodes.Output)
        for node in output.nodes
        if not isinstance(node, nodes.TemplateData)
    ]
    for node in printed:
        assert isinstance(node, nodes.Filter), f"line {node.lineno}"
        assert node.name in PRINTS, f"line {node.lineno}: {node.name}"
    assert printed or path.name in ("header.j2", "style.css.j2")


def test_every_template_is_used() -> None:
    used = {artifact.rpartition("/")[2] for artifact in rendered(every_kind_plan())}
    assert {"prometheus.yml", "alertmanager.yml", "genesis.tmpl", "docker-compose.yml", "alerts.md"} <= used


def test_a_template_cannot_change_what_it_is_compared_with(tmp_path: Path) -> None:
    value = {"list": ["a"]}
    for text in (
        "[% set _ = x.list.append('b') %]",
        "[% set _ = x.pop('list') %]",
        "[% set _ = x.update(a=1) %]",
    ):
        with pytest.raises(UsageError, match=r"x\.j2: .*(unsafe|not safely callable)"):
            said(tmp_path, text, x=value)
    assert value == {"list": ["a"]}
