"""Rules of any maker over histories: a real Prometheus evaluates them, level by level, and what they record
is stored as if it had been recorded then.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from backfill import Points, exposition, running, store

from genesis_monitoring.clients.loopback_prometheus import LoopbackTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus

OFTEN, STEP = 60, 300
# What a rule records ends when it records nothing, which what is stored here cannot say: so nothing is older
# than a minute.
_FLAGS = (
    "--query.lookback-delta=59s",
    "--storage.tsdb.retention.time=20y",
    "--storage.tsdb.min-block-duration=2h",
    "--storage.tsdb.max-block-duration=2h",
)
_NAME = re.compile(r"slo:\w+:\w+")
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One that records, or an alert if ``record`` is empty."""

    record: str
    expr: str
    labels: Mapping[str, str]

    @property
    def reads(self) -> frozenset[str]:
        """Recorded series that it is made of."""
        return frozenset(_NAME.findall(self.expr))


def read_rules(files: Iterable[Path]) -> tuple[Rule, ...]:
    """Those of budgets."""
    groups: list[Any] = []
    for file in files:
        for document in yaml.safe_load_all(file.read_text("utf-8")):
            groups += (document or {}).get("groups", ())
    found = (
        Rule(rule.get("record", ""), rule["expr"], rule.get("labels", {}))
        for group in groups
        for rule in group["rules"]
    )
    return tuple(rule for rule in found if "sloth_id" in rule.labels or "sloth_severity" in rule.labels)


def needed(rules: Sequence[Rule], roots: Iterable[str]) -> list[tuple[Rule, ...]]:
    """The rules that record what ``roots`` are made of, in levels: each reads those before it."""
    by_name: dict[str, list[Rule]] = {}
    for rule in rules:
        by_name.setdefault(rule.record, []).append(rule)
    levels: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in levels:
            below = {one for rule in by_name[name] for one in rule.reads if one != name}
            levels[name] = 1 + max((level(one) for one in below), default=0)
        return levels[name]

    for name in roots:
        level(name)
    return [
        tuple(rule for name, own in levels.items() if own == number for rule in by_name[name])
        for number in range(1, max(levels.values(), default=0) + 1)
    ]


@contextlib.contextmanager
def reader_of(data: Path, scratch: Path) -> Iterator[HttpPrometheus]:
    """A server on what is stored."""
    with running(data, scratch, "global: {}\n", *_FLAGS) as server:
        yield HttpPrometheus(LoopbackTransport(urlsplit(server.url).port or 0, 600.0))


def record(
    rules: Sequence[Rule], roots: Iterable[str], data: Path, scratch: Path, span: tuple[float, float]
) -> None:
    """All that ``roots`` need, every five minutes of ``span``; counts of five minutes each minute."""
    for own in needed(rules, roots):
        found: list[tuple[str, Points]] = []
        with reader_of(data, scratch) as reader:
            for rule in own:
                step = OFTEN if rule.record.endswith("increase5m") else STEP
                for series in reader.range(rule.expr, *span, step).series:
                    labels = {**dict(series.labels), **rule.labels}
                    labels.pop("__name__", None)
                    pairs = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
                    points = zip(series.times, series.values, strict=True)
                    found.append(
                        (f"{rule.record}{{{pairs}}}", [(time, repr(value)) for time, value in points])
                    )
        store(data, exposition(found), scratch)


def fired(reader: HttpPrometheus, expr: str, span: tuple[float, float], by: str) -> dict[str, set[float]]:
    """When, by the value of a label."""
    found: dict[str, set[float]] = {}
    for series in reader.range(expr, *span, STEP).series:
        found.setdefault(dict(series.labels).get(by, ""), set()).update(series.times)
    return found
