"""Specs as data, to be changed and compiled: the golden ``every-kind`` spec is the base."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from scratch import ROLLOUT_SPEC

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.conventions import METRICS_PART, MISSING_PART, PERIOD_PART, rules_path
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


def keeping(data: Data, *slis: str) -> Data:
    """``data`` with these SLIs and their alerts alone: promtool's time goes into the number of rules."""
    data["slis"] = {name: sli for name, sli in data["slis"].items() if name in slis}
    data["alerts"] = {name: alert for name, alert in data["alerts"].items() if alert["sli"] in slis}
    for alert in data["alerts"].values():
        alert.pop("panel", None)
    rows = data["dashboards"]["shop"]["rows"]
    listing = [panel for row in rows for panel in row["panels"] if panel["type"] == "alertlist"]
    rows[:] = [{**rows[0], "panels": listing}]
    data["dashboards"]["shop"].pop("variables", None)
    data["routing"]["inhibit"] = {}
    return data


def without_budgets(data: Data) -> Data:
    """``data`` where no SLI has a budget yet, and no panel shows one."""
    for sli in data["slis"].values():
        sli.pop("budget", None)
    for row in data["dashboards"]["shop"]["rows"]:
        row["panels"] = [
            one for one in row["panels"] if not any("budget" in query for query in one.get("queries", ()))
        ]
    return data


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


def rules_of(files: Mapping[str, str], component: str) -> Any:
    """All rule groups of a component, as one document; they stand in several files."""
    paths = (rules_path(component, part) for part in (METRICS_PART, "", MISSING_PART, PERIOD_PART))
    texts = [files[path] for path in paths if path in files]
    return {"groups": [group for text in texts for group in yaml.safe_load(text)["groups"]]}


def write(tree: dict[str, str], folder: Path) -> Path:
    """``tree`` on disk, as it is."""
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder
