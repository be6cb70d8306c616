"""Sloth and promtool at work: an SLO and a history in; which tiers fire, minute by minute, out."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from plan.specs import compiled, every_kind, rendered, rules_of, without_budgets
from plan.tools import run

from genesis_monitoring.clients.tools import PROMTOOL

from .histories import Minutes

_FIRING = 'ALERTS{alertstate="firing"}'
_GOT = re.compile(r"time: (\S+),\s+exp: [^\n]*\n\s+got: (.*?)(?=\n\s*expr:|\n\n|\Z)", re.DOTALL)
_SEVERITY = re.compile(r'sloth_severity="(\w+)"')
_SAMPLE = re.compile(r"\} ([-+0-9.eENa]+)")

Firing = dict[int, frozenset[str]]
"""By minute: ``page`` and ``ticket``."""


@dataclass(frozen=True, slots=True)
class Slo:
    """One as both tools take it. ``objective`` in percent."""

    objective: float
    period: str = "30d"


def peer(name: str) -> Path:
    """A released tool that ``make peers`` has installed; without it the test fails."""
    path = Path(os.environ.get("GENESIS_MON_PEERS", ".peers")) / "bin" / name
    assert path.is_file(), f"{path} is not there: run `make peers`"
    return path.resolve()


def sloth_rules(slo: Slo, folder: Path) -> Any:
    """What ``sloth generate`` makes of it."""
    queries = {
        f"{name}_query": f"sum(rate(slo_{metric}_total[{{{{.window}}}}]))"
        for name, metric in (("error", "bad"), ("total", "all"))
    }
    spec = {
        "version": "prometheus/v1",
        "service": "shop",
        "slos": [
            {
                "name": "errors",
                "objective": slo.objective,
                "sli": {"events": queries},
                "alerting": {"name": "Burn", "page_alert": {}, "ticket_alert": {}},
            }
        ],
    }
    given, made = folder / "slo.yml", folder / "sloth.yml"
    given.write_text(yaml.safe_dump(spec), "utf-8")
    command = [
        str(peer("sloth")),
        "generate",
        "-i",
        str(given),
        "-o",
        str(made),
        "--default-slo-period",
        slo.period,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(made.read_text("utf-8"))


def our_rules(slo: Slo, **changes: Any) -> Any:
    """What we make of the same."""
    data = every_kind()
    with_budgets = {name for name, sli in data["slis"].items() if "budget" in sli}
    without_budgets(data)
    for name in ("bad", "all"):
        data["metrics"][f"slo_{name}_total"] = {
            "type": "counter",
            "unit": "count",
            "help": name,
            "job": "shop",
            "status": "exported",
        }
    budget = {"objective": slo.objective, "period": slo.period, "page": "P0", "ticket": "P2"}
    data["slis"] = {
        **{name: sli for name, sli in data["slis"].items() if name not in with_budgets},
        "errors": {
            "kind": "ratio",
            "title": "Errors",
            "component": "shop",
            "unit": "percent",
            "numerator": ["slo_bad_total"],
            "denominator": ["slo_all_total"],
            "window": "5m",
            "objective": {"good": "<", "target": 1},
            "budget": {**budget, "errors": "numerator", **changes},
        },
    }
    data["prometheus"]["retention"] = "90d"
    data["prometheus"]["scrape_interval"] = "1m"
    document = rules_of(rendered(compiled(data)), "shop")
    return {"groups": [group for group in document["groups"] if group["name"].startswith("slo-")]}


def played(rules: Any, minutes: Minutes, folder: Path, asked: Sequence[int]) -> Firing:
    """Which alerts fire at the minutes that are asked for, by Prometheus' own engine."""
    got = _answers(rules, minutes, folder, [(minute, _FIRING) for minute in asked])
    return {minute: frozenset(_SEVERITY.findall(text)) for minute, text in zip(asked, got, strict=True)}


def value(rules: Any, minutes: Minutes, folder: Path, at: int, expr: str) -> float | None:
    """What an expression comes to at a minute; None for nothing."""
    (text,) = _answers(rules, minutes, folder, [(at, expr)])
    found = _SAMPLE.search(text)
    return float(found[1]) if found else None


def _answers(rules: Any, minutes: Minutes, folder: Path, questions: Sequence[tuple[int, str]]) -> list[str]:
    """promtool expects nothing of each question, and says what it got instead."""
    (folder / "rules.yml").write_text(yaml.safe_dump(rules), "utf-8")
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {
                        "series": f'slo_{name}_total{{job="shop"}}',
                        "values": minutes.samples(counts),
                    }
                    for name, counts in (("bad", minutes.errors), ("all", minutes.total))
                ],
                "promql_expr_test": [
                    {"expr": expr, "eval_time": f"{minute}m", "exp_samples": []} for minute, expr in questions
                ],
            }
        ],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(test), "utf-8")
    done = run(PROMTOOL, ("test", "rules", "test.yml"), folder)
    found = {_minute(one[1]): one[2] for one in _GOT.finditer(done.stdout + done.stderr)}
    assert found or done.returncode == 0, done.stdout + done.stderr
    return [found.get(minute, "") for minute, _ in questions]


def _minute(text: str) -> int:
    """``1d2h30m`` in minutes."""
    units = {"d": 1440, "h": 60, "m": 1, "s": 0}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([dhms])", text))
