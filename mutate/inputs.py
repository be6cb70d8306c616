"""What each check reads, found out by watching it on the sound tree.

A check that does not read a file on the sound tree cannot notice a change of it: up to the first read of that
file it does the same in both trees. So a check may be left out for a fault that changes only files which it
was not seen to read. This holds for changes alone, not for a file that is gone: whether one exists can be
asked without opening it. Then all checks run.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.registry import Check, run_checks
from genesis_monitoring.findings import Finding

_READ_BY = {
    "promtool": "prometheus/",
    "prometheus": "prometheus/",
    "amtool": "alertmanager/",
    "alertmanager": "alertmanager/",
    "compose": "docker-compose.yml",
}
"""What a tool reads of the tree, by its name in the Toolbox; a tool that is not listed reads all of it."""

_SERVERS = ("prometheus", "alertmanager")


@dataclass(frozen=True, slots=True)
class Watched:
    """A check with what it reads: paths, or beginnings of paths. ``cost`` orders checks, cheap ones first."""

    check: Check
    reads: tuple[str, ...]
    cost: int

    def notices(self, paths: Sequence[str]) -> bool:
        """Whether a change of these files can make a difference to it."""
        return any(path.startswith(read) for path in paths for read in self.reads)


def watch(context: CheckContext, checks: Sequence[Check]) -> tuple[tuple[Watched, ...], tuple[Finding, ...]]:
    """Run the checks one by one on a sound tree: what they read, cheap ones first, and all that they find."""
    watched: list[Watched] = []
    findings: list[Finding] = []
    opened: set[str] = set()
    used: set[str] = set()
    out = f"{context.out.resolve()}{os.sep}"
    tools = replace(
        context.tools,
        **{
            field.name: _Noted(getattr(context.tools, field.name), field.name, used)
            for field in fields(context.tools)
        },
    )
    watching = replace(context, tools=tools)
    for check in checks:
        opened.clear()
        used.clear()
        with _Opened(opened):
            findings.extend(run_checks(watching, (check,)))
        read = {path.removeprefix(out) for path in opened if path.startswith(out)}
        read |= {_READ_BY.get(name.partition(".")[0], "") for name in used}
        watched.append(Watched(check, tuple(sorted(read)), _cost(used)))
    return tuple(sorted(watched, key=lambda one: one.cost)), tuple(findings)


def _cost(used: set[str]) -> int:
    if any(name.partition(".")[0] in _SERVERS for name in used):
        return 3
    return 2 if "promtool.test_rules" in used else 1 if used else 0


class _Noted:
    """A tool whose calls are noted as ``name.method`` before they are made."""

    def __init__(self, tool: object, name: str, used: set[str]) -> None:
        self._tool, self._name, self._used = tool, name, used

    def __getattr__(self, method: str) -> Any:
        self._used.add(f"{self._name}.{method}")
        return getattr(self._tool, method)


class _Opened:
    """While it is entered, the absolute path of every file that this process opens is added to a set.

    Python's audit hooks cannot be taken away again: there is one, and it does nothing outside.
    """

    _installed = False
    _sink: set[str] | None = None

    def __init__(self, sink: set[str]) -> None:
        self._own = sink

    def __enter__(self) -> None:
        if not _Opened._installed:
            sys.addaudithook(_Opened._hook)
            _Opened._installed = True
        _Opened._sink = self._own

    def __exit__(self, *_: object) -> None:
        _Opened._sink = None

    @staticmethod
    def _hook(event: str, arguments: tuple[Any, ...]) -> None:
        sink = _Opened._sink
        if sink is not None and event == "open" and isinstance(arguments[0], str | bytes | Path):
            sink.add(os.path.realpath(os.fsdecode(arguments[0])))
