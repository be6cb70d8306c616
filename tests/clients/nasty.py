"""JSON documents with one value in them replaced by what no server should send."""

import copy
import random
from collections.abc import Iterator
from typing import Any

NASTY: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    10**300,
    -(10**30),
    "",
    "x",
    "NaN",
    "+Inf",
    "1e400",
    "-1e308",
    "1_0",
    "2025-13-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    [],
    [[]],
    [None],
    [1],
    [1, "2", 3],
    ["1", "2"],
    [float("nan"), "1"],
    [float("inf"), "1"],
    [1e18, "1"],
    ["12"],
    {},
    {"a": 1},
    {"1": 1, "2": 2},
    [[1, "1"]] * 2,
    "x" * 5000,
    "\ud800",
    "\x1b[2J",
    "(" * 3000,
)


def mutants(document: Any, seed: int, count: int, *, depth: int = 9) -> Iterator[Any]:
    """``count`` copies, each with one value replaced or left out; the same for the same ``seed``."""
    choose = random.Random(seed)
    places = list(_places(document, (), depth))
    for _ in range(count):
        changed = copy.deepcopy(document)
        place = choose.choice(places)
        if not place:
            yield choose.choice(NASTY)
            continue
        holder = changed
        for step in place[:-1]:
            holder = holder[step]
        if choose.random() < 0.2:
            del holder[place[-1]]
        else:
            holder[place[-1]] = copy.deepcopy(choose.choice(NASTY))
        yield changed


def _places(value: Any, at: tuple[Any, ...], depth: int) -> Iterator[tuple[Any, ...]]:
    yield at
    if len(at) >= depth:
        return
    if isinstance(value, dict):
        for key in value:
            yield from _places(value[key], (*at, key), depth)
    elif isinstance(value, list):
        # Of a long list of samples a few stand for all.
        for index in sorted({*range(min(len(value), 3)), *range(max(0, len(value) - 2), len(value))}):
            yield from _places(value[index], (*at, index), depth)
