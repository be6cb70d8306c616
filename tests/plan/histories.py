"""Histories for the rules of a rendered tree: series and what is to be seen, run by promtool in one go."""

import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from genesis_monitoring.clients.tools import PROMTOOL
from genesis_monitoring.conventions import RULES_FOLDER

from .specs import ROOT, genesis_plan, rendered, rules_of
from .tools import run

EVERY_KIND = ROOT / "tests" / "golden" / "every-kind" / "generated" / "prometheus" / "rules"
GONE = "stale"
"""What a failed scrape leaves behind."""
LOST = "_"
"""No sample and no sign of it, as when Prometheus itself was down."""

Value = float | str


@dataclass(frozen=True, slots=True)
class Seen:
    """What ``expr`` comes to at ``at`` (seconds): its values by their labels as text; none for nothing."""

    at: int
    expr: str
    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """``series`` hold a value a sample, each ``step`` seconds."""

    name: str
    step: int
    series: Mapping[str, Sequence[Value]]
    seen: tuple[Seen, ...]


def number(at: int, expr: str, value: float | None = 1, labels: str = "{}") -> Seen:
    """One value, or nothing for None."""
    return Seen(at, expr, () if value is None else ((labels, value),))


def throughout(alert: str, since: int, until: int, step: int) -> Seen:
    """That an alert fired at every evaluation between two moments."""
    least = (until - since) // step
    firing = f'ALERTS{{alertname="{alert}", alertstate="firing"}}[{until - since}s]'
    return number(until, f"min(count_over_time({firing})) >= bool {least}")


def never(alert: str, until: int) -> Seen:
    """That an alert did not fire up to a moment."""
    return Seen(until, f'count_over_time(ALERTS{{alertname="{alert}", alertstate="firing"}}[{until}s])')


def counted(rate: float, samples: Iterable[bool], step: int, *, lost: str = GONE) -> list[Value]:
    """A counter that grows by ``rate`` a second, seen where ``samples`` are true."""
    return [1000 + rate * step * i if seen else lost for i, seen in enumerate(samples)]


def holes(count: int, *ranges: tuple[int, int]) -> list[bool]:
    """``count`` samples without those of each range, whose end is not part of it."""
    return [not any(start <= i < end for start, end in ranges) for i in range(count)]


def assert_seen(
    folder: Path,
    component: str,
    histories: Sequence[History],
    *,
    rules: Path | None = None,
    every: int | None = None,
) -> None:
    """Every history shows what it is to show by a component's rules, evaluated with the samples.

    ``every`` so many seconds, if it is not with the samples. ``rules``: of the rollout's spec if None.
    """
    file = f"{component}.yml"
    files = _rendered()
    if rules:
        files = {f"{RULES_FOLDER}/{path.name}": path.read_text("utf-8") for path in rules.iterdir()}
    document = rules_of(files, component)
    asked = " ".join(seen.expr for one in histories for seen in one.seen)
    (folder / file).write_text(yaml.safe_dump(_standing_on(document, asked)), "utf-8")
    for step in sorted({one.step for one in histories}):
        document = {
            "rule_files": [file],
            "evaluation_interval": f"{every or step}s",
            "tests": [_group(one) for one in histories if one.step == step],
        }
        tests = folder / f"each-{step}s.yml"
        tests.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
        done = run(PROMTOOL, ("test", "rules", tests.name), folder)
        assert done.returncode == 0, done.stdout + done.stderr


@functools.cache
def _rendered() -> Mapping[str, str]:
    return rendered(genesis_plan())


def _standing_on(document: Any, asked: str) -> Any:
    """The rules of a file that ``asked`` names, and those that they name in turn."""
    kept: list[Any] = []
    for group in document["groups"]:
        left, wanted = [], asked
        for rule in reversed(group["rules"]):
            if re.search(rf"\b{re.escape(rule.get('record') or rule['alert'])}\b", wanted):
                left.append(rule)
                wanted += f" {rule['expr']}"
        kept.append({**group, "rules": left[::-1]})
    return {"groups": kept}


def _group(one: History) -> dict[str, object]:
    return {
        "name": one.name,
        "interval": f"{one.step}s",
        "input_series": [
            {"series": series, "values": " ".join(map(_text, values))}
            for series, values in one.series.items()
        ],
        "promql_expr_test": [
            {
                "expr": seen.expr,
                "eval_time": f"{seen.at}s",
                "exp_samples": [{"labels": labels, "value": value} for labels, value in seen.values],
            }
            for seen in one.seen
        ],
    }


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value).replace("Infinity", "Inf")
