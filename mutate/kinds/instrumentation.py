"""Faults in the Python modules that declare an application's metrics."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mutate.edits import added_under, chosen, dropped, lines_where, replace_lines, spots_where
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

MODULES = "instrumentation/*.py"
_CLASSES = ("Counter", "Gauge", "Histogram")
_NAME = r'^            "(?=[a-z_]+",$)'
_HELP = r'^            "(?=.* .*",$)'
_ITEM = r"^                (?=\S)"


def _module(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"instrumentation: {name}", Target.GENERATED, Expect.CHECK, sites, most)


def _metrics(copies: int) -> Sites:
    """Each declaration, with its comment and docstring, so many times."""

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, MODULES):
            starts = [i for i, line in enumerate(lines) if re.match(r"^        # from: metrics\.", line)]
            for first, after in pairwise(starts):
                block = lines[first:after]
                site = replace_lines(path, lines, first, after, block * copies)
                yield Site(path, f"line {first + 1}: {block[0].strip()} → {copies} times", site.build)

    return sites


KINDS = (
    _module("metric dropped", _metrics(0)),
    _module("metric doubled", _metrics(2), 3),
    _module("metric renamed", spots_where(MODULES, _NAME, r"[a-z_]+", lambda m: [f"{m[0]}s", f"x_{m[0]}"])),
    _module(
        "type changed",
        spots_where(
            MODULES,
            r"^        self\.\w+ = ",
            r"\w+",
            lambda m: [other for other in _CLASSES if other != m[0]],
        ),
    ),
    _module("help changed", spots_where(MODULES, _HELP, r"\w+(?=\")", lambda m: [f"{m[0]}, or so"]), 3),
    _module("attribute renamed", spots_where(MODULES, r"^        self\.", r"\w+", lambda m: [f"{m[0]}_"])),
    _module(
        "bucket changed", spots_where(MODULES, _ITEM, r"[0-9.]+(?=,)", lambda m: [f"{m[0]}1", f"1{m[0]}"])
    ),
    _module("bucket or label dropped", dropped(MODULES, _ITEM)),
    _module("label renamed", spots_where(MODULES, _ITEM, r'"\w+(?=")', lambda m: [f"{m[0]}s"]), 2),
    _module("registry changed", spots_where(MODULES, r"^            registry=", r"\w+", lambda _: ["None"])),
    _module("registry dropped", dropped(MODULES, r"^            registry="), 3),
    _module("import dropped", dropped(MODULES, r"^    [A-Z]\w+,$")),
    _module("statement added", added_under(MODULES, r"^class ", "    import os", "    size = len([])"), 2),
    _module(
        "method changed",
        lines_where(
            MODULES,
            r"^        return self\.(\w+)\.labels\($",
            lambda _: ["        return self.genesis_requests_total.labels("],
        ),
        2,
    ),
)
