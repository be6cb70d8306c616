"""What several formats have in common: names that Sloth takes, objectives, labels of series."""

import re
from collections.abc import Callable, Mapping

from genesis_monitoring.findings import Location
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.queries import SUPPORTED, NotCountedError, Query
from genesis_monitoring.importers.report import Report
from genesis_monitoring.words import shorten

DAY = 86400
_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)
_LONGEST_NAME, _LONGEST_TITLE = 120, 100
_LABEL = re.compile(r"(?:[a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*", re.ASCII)
_TAKEN = frozenset({"severity", "shadow_severity", "component", "team", "sli", "tier", "alertname"})
"""Labels that the alerts of a budget have of their own."""


def name_of(fields: Fields, key: str) -> str:
    """A service's or an SLO's; empty if it is none, which is told."""
    text = fields.text(key, needed=True)
    if text and (not _NAME.fullmatch(text) or len(text) > _LONGEST_NAME):
        fields.error(
            key,
            f'"{shorten(text)}" is no name that Sloth takes',
            f"use letters, digits, - _ and . between two of them, at most {_LONGEST_NAME}",
        )
        return ""
    return text


def title_of(text: str, otherwise: str) -> str:
    """One line that is short, or the other one."""
    line = " ".join(text.split())
    return line if line.isprintable() and 0 < len(line) <= _LONGEST_TITLE else otherwise


def objective_of(fields: Fields, key: str, percent: float | None) -> float | None:
    """In percent; None if it leaves no budget, or all."""
    if percent is None:
        if not fields.has(key):
            fields.error(key, "is missing", f"write {key}")
        return None
    if not 0 < percent < 100:
        fields.error(key, "leaves no error budget: it has to be above 0 and below all", "correct it")
        return None
    return percent


def read_query(fields: Fields, key: str, read: Callable[[], Query]) -> Query | None:
    """What it counts; a query that counts nothing is an error at ``key``, with what is read instead."""
    before = fields.report.errors
    try:
        query = read()
    except NotCountedError as error:
        fields.error(key, str(error), SUPPORTED)
        return None
    if fields.report.errors > before:
        return None
    for note in query.notes:
        fields.report.note(fields.at(key), f"{fields.name(key)}: {note}")
    return query


def series_labels(labels: Mapping[str, tuple[str, Location]], report: Report) -> dict[str, str]:
    """Labels of all series and alerts of a budget; one that these have of their own gets ``slo_``."""
    found: dict[str, str] = {}
    for name, (value, at) in labels.items():
        kept = name
        if name in _TAKEN:
            kept = f"slo_{name}"
            report.warning(
                at, f"the label {name} becomes {kept}: alerts on budgets have a label {name} already"
            )
        if not _LABEL.fullmatch(name) or name.startswith("sloth_"):
            report.error(
                at, f"{shorten(name)} is no label that series of a budget can have", "rename or remove it"
            )
        elif kept in found or (kept != name and kept in labels):
            report.error(at, f"the label {kept} is there twice", "rename one of the two")
        elif not value.strip():
            report.note(at, f"the label {name} is not kept: it is empty")
        else:
            found[kept] = value
    return found


def labels_at(*parts: tuple[Fields, str]) -> dict[str, tuple[str, Location]]:
    """The labels of the mappings at these keys, later ones over earlier ones, each with its place."""
    return {
        name: (value, fields.document.at((*fields.path, key, name)))
        for fields, key in parts
        for name, value in fields.texts(key).items()
    }
