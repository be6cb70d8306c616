"""Specs as data, to be changed and compiled: the golden ``every-kind`` spec is the base."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from scratch import ROLLOUT_SPEC

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec

ROOT = Path(__file__).parent.parent.parent
GENESIS = ROLLOUT_SPEC
EVERY_KIND = ROOT / "tests" / "golden" / "every-kind" / "slo.yaml"

Data = dict[str, Any]


@cache
def _read(path: Path) -> Data:
    data = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def every_kind() -> Data:
    """A spec with every kind of SLI; the caller may change it."""
    return copy.deepcopy(_read(EVERY_KIND))


def genesis() -> Data:
    """The spec of this repository; the caller may change it."""
    return copy.deepcopy(_read(GENESIS))


def as_text(data: Data) -> str:
    """``data`` as a spec file: JSON is YAML."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def load(data: Data) -> Spec:
    """The spec, or SpecError."""
    return parse_spec(as_text(data), "slo.yaml").spec


def compiled(data: Data, profile: str | None = None) -> Plan:
    """The plan in ``profile``, else in the one in force."""
    spec = load(data)
    return compile_plan(spec, profile or spec.profile_in_force)


@cache
def every_kind_plan() -> Plan:
    """The plan of ``every_kind`` as it is."""
    return compiled(every_kind())


@cache
def genesis_plan() -> Plan:
    """The plan of ``genesis`` as it is."""
    return compiled(genesis())


def artifacts(plan: Plan) -> tuple[Artifact, ...]:
    """What is rendered, with the documents."""
    return render_plan(plan, Templates(default_folder()))


def rendered(plan: Plan) -> dict[str, str]:
    """Text by path."""
    return {one.path: one.text for one in artifacts(plan)}


def write(tree: dict[str, str], folder: Path) -> Path:
    """``tree`` on disk, as it is."""
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder
