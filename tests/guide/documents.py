"""The spec and the generated files as plain data: nothing here knows the project's models."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from genesis_monitoring.defaults.expand import expand as written_out

ROOT = Path(__file__).parent.parent.parent
GENERATED = ROOT / "generated"
RECORD = re.compile(r"sli:\w+:\w+")


@cache
def spec() -> Any:
    """``slo.yaml`` as plain YAML."""
    written = yaml.safe_load((ROOT / "slo.yaml").read_text(encoding="utf-8"))
    return json.loads(json.dumps(written_out(written).root))


@cache
def generated_yaml(path: str) -> Any:
    """A generated YAML file."""
    return yaml.safe_load(generated_text(path))


@cache
def generated_text(path: str) -> str:
    """A generated file as text."""
    return (GENERATED / path).read_text(encoding="utf-8")


def page(path: str) -> str:
    """A generated Markdown page without its escapes."""
    return re.sub(r"\\(?=[^A-Za-z0-9\s])", "", generated_text(f"docs/{path}"))


def page_section(path: str, heading: str) -> str:
    """The part of a page under one ``##`` heading, which it has exactly once."""
    parts = page(path).split("\n## ")[1:]
    found = [part for part in parts if heading in part.split("\n", 1)[0]]
    assert len(found) == 1, f"{path}: {len(found)} headings hold {heading!r}"
    return found[0]


@cache
def rules() -> tuple[Any, ...]:
    """Every generated rule, of all files."""
    files = sorted((GENERATED / "prometheus" / "rules").glob("*.yml"))
    return tuple(
        rule
        for file in files
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    )


@cache
def recordings() -> dict[str, str]:
    """Expression by recorded series."""
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


def alerting_rule(name: str) -> Any:
    """The one alerting rule of that name."""
    found = [rule for rule in rules() if rule.get("alert") == name]
    assert len(found) == 1, f"{len(found)} rules are called {name}"
    return found[0]


def alert_on(sli: str) -> Any:
    """The one objective alert on an SLI, by its label."""
    found = [
        rule
        for rule in rules()
        if "alert" in rule
        and rule["labels"].get("sli") == sli
        and rule["alert"] != "SLIDataMissing"
        # Alerts on error budgets are not the guide's.
        and "severity" in rule["labels"]
    ]
    assert len(found) == 1, f"{len(found)} alerts are on {sli}"
    return found[0]


def record_of(sli: str) -> str:
    """The recorded series of an SLI."""
    return f"sli:{sli}:{spec()['slis'][sli]['unit']}"


def expand(expr: str) -> str:
    """An expression and what every series in it is recorded from, at any depth; each is looked up once."""
    known, told, new = recordings(), set[str](), [expr]
    text = []
    while new:
        text.append(new.pop())
        found = set(RECORD.findall(text[-1])) - told
        told |= found
        new += [known[name] for name in sorted(found)]
    return " ".join(text)


def plain(expr: str) -> str:
    """An expression without what keeps NaN, lost samples and absent terms from it: as the guide writes it."""
    expr = re.sub(r"last_over_time\(\((.*?) > -Inf < Inf\)\[\w+:\w+\]\)", r"\1", expr)
    expr = re.sub(r', "__term__", "\d", "", ""\)', "", expr).replace("label_replace(", "")
    return expr.replace(" > -Inf < Inf", "")


@cache
def dashboard() -> Any:
    """The generated dashboard of the rollout."""
    return json.loads(generated_text("grafana/dashboards/phase5-rollout.json"))


def panels() -> list[Any]:
    """Rows and panels of the dashboard in the order of the page; those of a folded row stand in it."""
    return [one for panel in dashboard()["panels"] for one in (panel, *panel.get("panels", []))]


def panel(number: int) -> Any:
    """The one panel with that id."""
    found = [panel for panel in panels() if panel["id"] == number]
    assert len(found) == 1, f"{len(found)} panels have id {number}"
    return found[0]


def spec_panels() -> dict[int, tuple[str, Any]]:
    """Panels of the spec with their row's title, by id."""
    rows = spec()["dashboards"]["phase5-rollout"]["rows"]
    return {panel["id"]: (row["title"], panel) for row in rows for panel in row["panels"]}


def holds(text: str, words: tuple[str, ...]) -> bool:
    """Whether every word is in the text, in whichever case."""
    lower = text.lower()
    return all(word.lower() in lower for word in words)
