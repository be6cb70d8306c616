"""The committed schemas are the ones that the command prints, and that of specs is right about them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from genesis_monitoring.report.schemas import DOCUMENTS, document_schema

from .sandbox import REPOSITORY, run

COMMITTED = REPOSITORY / "docs" / "slo.schema.json"
STARTER = REPOSITORY / "genesis_monitoring" / "commands" / "starter.yaml"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(COMMITTED.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def load(path: Path) -> Any:
    """A spec as an editor sees it: YAML as JSON."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text())))


def test_the_committed_schema_is_current(tmp_path: Path) -> None:
    answer = run("genesis-mon schema", tmp_path)
    assert (answer.code, answer.stderr) == (0, "")
    assert answer.stdout == COMMITTED.read_text(), "run: make schema"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_committed_schema_of_a_document_is_current(name: str) -> None:
    text = document_schema(DOCUMENTS[name])
    assert text == (REPOSITORY / f"docs/{name}.schema.json").read_text(), "run: make schema"
    Draft202012Validator.check_schema(json.loads(text))


def test_each_committed_schema_has_its_name(tmp_path: Path) -> None:
    committed = {path.name for path in (REPOSITORY / "docs").glob("*.schema.json")}
    assert committed == {f"{name}.schema.json" for name in ("slo", *DOCUMENTS)}
    answer = run("genesis-mon schema verdict", tmp_path)
    assert (answer.code, answer.stdout) == (0, document_schema(DOCUMENTS["verdict"]))


@pytest.mark.parametrize("spec", [REPOSITORY / "slo.yaml", STARTER], ids=lambda path: path.name)
def test_it_accepts_our_specs(validator: Draft202012Validator, spec: Path) -> None:
    assert [error.message for error in validator.iter_errors(load(spec))] == []


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), "stray", 1),
        (("metadata",), "stray", 1),
        (("slis", "request_error_rate"), "stray", 1),
        (("alerts", "RequestErrorRateHigh"), "for", 5),
        (("alerts", "RequestErrorRateHigh"), "for", "five minutes"),
        (("slis", "request_error_rate"), "unit", "furlongs"),
        (("slis", "request_error_rate"), "kind", "guess"),
        (("slis",), "NotSnakeCase", None),
        (("metrics", "up"), "type", "summary"),
        (("dashboards", "shop", "rows", 0), "id", 0),
        (("stack", "services", "shop"), "image", "shop"),
    ],
)
def test_it_refuses(
    validator: Draft202012Validator, path: tuple[str | int, ...], key: str, value: object
) -> None:
    spec = copy.deepcopy(load(STARTER))
    part = spec
    for step in path:
        part = part[step]
    part[key] = value
    assert list(validator.iter_errors(spec))


def test_the_first_line_of_our_spec_leads_an_editor_to_it() -> None:
    first = (REPOSITORY / "slo.yaml").read_text().partition("\n")[0]
    assert first == "# yaml-language-server: $schema=docs/slo.schema.json"
