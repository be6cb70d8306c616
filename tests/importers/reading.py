"""Texts of SLOs in; the part of a spec that they become, and what was found."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from genesis_monitoring.findings import Severity
from genesis_monitoring.importers.part import make_part
from genesis_monitoring.importers.registry import read_slos
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices

CHOICES = Choices(job="till")


@dataclass(frozen=True, slots=True)
class Imported:
    """``part`` is the text read again; ``findings`` are ``line severity message``."""

    part: Any
    text: str
    ids: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def errors(self) -> tuple[str, ...]:
        """The findings that are errors."""
        return tuple(one for one in self.findings if " error " in one)

    @property
    def budgets(self) -> dict[str, Any]:
        """By name of the SLI."""
        return {name: sli["budget"] for name, sli in self.part["slis"].items()}


def read(folder: Path, *texts: str, command: str = "sloth", **choices: Any) -> Imported:
    """Of files, each with one of ``texts``."""
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.yaml"
        path.write_text(text, "utf-8")
        paths.append(path)
    return read_paths(paths, command=command, **choices)


def read_paths(paths: list[Path], *, command: str = "sloth", **choices: Any) -> Imported:
    """Of files and folders."""
    report = Report()
    slos = read_slos(command, tuple(paths), replace(CHOICES, **choices), report)
    part = make_part(slos, replace(CHOICES, **choices), report)
    found = tuple(f"{one.location.line} {one.severity} {one.message}" for one in report.findings)
    assert report.errors == sum(one.severity is Severity.ERROR for one in report.findings)
    return Imported(yaml.safe_load(part.text), part.text, tuple(one.sloth_id for one in part.slis), found)
