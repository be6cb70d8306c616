"""Whatever value of a spec is changed to another valid one, ``diff`` has something to say."""

import json
import re
from collections.abc import Iterator
from typing import Any

from scratch import REPOSITORY

from genesis_monitoring.changes.items import Side, items_of
from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import SpecError

SHOP = (REPOSITORY / "docs/examples/shop/slo.yaml").read_text()
INSTEAD = {
    "P1": "P2",
    "P2": "P1",
    "<": ">",
    ">": "<",
    "saturday": "friday",
    "Europe/Berlin": "Europe/London",
    "target": "alert",
}
NAMED = ("slis", "alerts", "metrics", "receivers", "dashboards", "stack", "components", "profiles")
"""Sections whose members are all of a kind: a path is tried for one of them, or for each with other keys."""
Steps = tuple[str | int, ...]


def scalars(value: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield from scalars(below, (*path, key))
    if not isinstance(value, dict | list):
        yield path, value


def once_a_kind(found: Iterator[tuple[Steps, Any]]) -> Iterator[tuple[Steps, Any]]:
    seen = set()
    for path, value in found:
        kind = tuple("*" if isinstance(one, int) else one for one in path)
        kind = (kind[0], "*", *kind[2:]) if kind[0] in NAMED else kind
        if kind not in seen:
            seen.add(kind)
            yield path, value


def others(value: Any) -> tuple[Any, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int | float):
        return (value + 1, value * 2, value / 2)
    if value in INSTEAD:
        return (INSTEAD[value],)
    if re.fullmatch(r"[0-9]+[smhdw]", value):
        return (f"{int(value[:-1]) + 1}{value[-1]}", f"{int(value[:-1]) * 2}{value[-1]}")
    return (f"{value}x", re.sub("[0-9]$", "1", value))


def put(value: Any, path: Steps, new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: put(one, path[1:], new) if key == path[0] else one for key, one in value.items()}
    return [put(one, path[1:], new) if at == path[0] else one for at, one in enumerate(value)]


def test_a_changed_value_is_a_change_in_meaning() -> None:
    base = parse_spec(SHOP, "slo.yaml")
    plan = compile_plan(base.spec, "steady-state")
    assert isinstance(base.source.value, dict)
    whole = json.loads(json.dumps(expand(base.source.value).root))
    del whole["environments"]

    def told(spec: Spec) -> list[Any]:
        """Of the spec alone: what only the plan tells follows from it."""
        return [(one.kind, one.label, one.name, one.facts) for one in items_of(Side(spec, plan))]

    before, tried, silent = told(base.spec), 0, []
    for path, value in once_a_kind(scalars(whole)):
        for new in others(value):
            if new == value:
                continue
            try:
                after = parse_spec(json.dumps(put(whole, path, new)), "slo.yaml").spec
            except SpecError:
                continue
            tried += 1
            if told(after) == before:
                silent.append((path, value, new))
            break
    assert silent == []
    assert tried > 100
