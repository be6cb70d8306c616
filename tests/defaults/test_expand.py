"""What ``expand`` prints is a spec that says the same, whatever texts and names the spec has."""

import json
from pathlib import Path

import pytest
from scratch import REPOSITORY

from genesis_monitoring.commands.expand import expanded
from genesis_monitoring.spec.load import LoadedSpec, parse_spec

SHORT = (REPOSITORY / "docs/examples/service/slo.yaml").read_text("utf-8")
SPECS = sorted(
    path.relative_to(REPOSITORY)
    for folder in ("tests/golden", "docs/examples", "tests/specs")
    for path in (REPOSITORY / folder).rglob("slo.yaml")
)
TEXTS = (
    *("1e3", "0o17", "0x1", "1_000", ".inf", "1:30", "2024-01-01", "y", "n", "on", "null", "~", "=", "<<"),
    *(
        "# c",
        "a # c",
        ": x",
        "a: b",
        "- x",
        "? x",
        "%YAML",
        "---",
        "...",
        "*a",
        "&a",
        "!t",
        "@x",
        "`x",
    ),
    *(
        "|",
        ">",
        '"',
        "'",
        "\\",
        "{a}",
        "[a]",
        "a,b",
        "{{ x }}",
        "\u202eabc",
        "x\u200b",
        "\ufeffx",
        "é" * 300,
        "😀",
    ),
)
NAMES = ("y", "n", "e", "e1", "inf", "nan")


def said(text: str, file: str = "slo.yaml") -> LoadedSpec:
    return parse_spec(text, file)


@pytest.mark.parametrize("path", SPECS, ids=str)
def test_a_spec_written_out_says_the_same(path: Path) -> None:
    loaded = said((REPOSITORY / path).read_text("utf-8"))
    text = expanded(loaded.source)
    again = said(text)
    assert again.spec == loaded.spec
    assert expanded(again.source).count("# default: ") == 0


def test_whatever_its_texts_are() -> None:
    slis = "".join(
        f"  x{number}: {{kind: rate, counters: http_requests_total, title: {quoted}}}\n"
        for number, quoted in enumerate(map(_quoted, TEXTS))
    )
    labels = ", ".join(f"l{number}: {quoted}" for number, quoted in enumerate(map(_quoted, TEXTS)))
    text = SHORT.replace("slis:\n", f"slis:\n{slis}").replace(
        "{targets:", f"{{external_labels: {{{labels}}}, targets:"
    )
    loaded = said(text)
    printed = expanded(loaded.source)
    assert said(printed).spec == loaded.spec
    assert "\u202e" not in printed


@pytest.mark.parametrize("name", NAMES)
def test_whatever_its_names_are(name: str) -> None:
    quoted = f'"{name}"'
    metric = f"  {quoted}: {{type: gauge, unit: count, job: shop, labels: [{quoted}]}}\n"
    sli = f"  {quoted}: {{kind: gauge, metrics: {quoted}, aggregation: max, component: shop}}\n"
    text = SHORT.replace("metrics:\n", f"metrics:\n{metric}").replace("slis:\n", f"slis:\n{sli}")
    more = f"teams: {{{quoted}: {{components: [shop]}}}}\nenvironments: {{{quoted}: {{title: There}}}}\n"
    loaded = said(text + more)
    assert said(expanded(loaded.source)).spec == loaded.spec


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=max(map(ord, text)) < 0x10000)
