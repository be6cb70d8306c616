"""The formats that there are. To add one: a module beside this one, and a line here."""

from collections.abc import Sequence
from pathlib import Path

from genesis_monitoring.importers.base import Importer
from genesis_monitoring.importers.documents import Document, read_documents
from genesis_monitoring.importers.openslo import OpenSloImporter
from genesis_monitoring.importers.openslo_alpha import OpenSloAlphaImporter
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo
from genesis_monitoring.importers.sloth import SlothImporter
from genesis_monitoring.words import shorten

IMPORTERS: tuple[Importer, ...] = (SlothImporter(), OpenSloAlphaImporter(), OpenSloImporter())


def read_slos(command: str, paths: Sequence[Path], choices: Choices, report: Report) -> tuple[Slo, ...]:
    """The SLOs of all documents at ``paths`` that ``command`` reads. Raises UsageError for a path."""
    documents = read_documents(paths, report)
    own = [one for one in IMPORTERS if command in one.commands]
    mine: dict[int, list[Document]] = {}
    taken: set[str] = set()
    strangers = []
    for document in documents:
        number = next((number for number, one in enumerate(own) if one.recognises(document)), None)
        if number is None:
            strangers.append(document)
        else:
            mine.setdefault(number, []).append(document)
            taken.add(document.file)
    for stranger in strangers:
        _tell_stranger(stranger, own, report, alone=stranger.named and stranger.file not in taken)
    found = tuple(
        slo
        for number, one in enumerate(own)
        if number in mine
        for slo in one.read(mine[number], choices, report)
    )
    if not found and not report.errors and documents:
        report.error(documents[0].at(()), "there is no SLO in what was read", "name a file that has one")
    return found


def _tell_stranger(document: Document, own: Sequence[Importer], report: Report, *, alone: bool) -> None:
    says = {key: document.text(key) for key in ("version", "apiVersion", "kind")}
    what = (
        ", ".join(f"{key}: {shorten(value)}" for key, value in says.items() if value)
        or "it says nothing of itself"
    )
    other = next((one for one in IMPORTERS if one not in own and one.recognises(document)), None)
    if other is not None:
        hint = f"use: genesis-mon import {other.commands[0]}"
    else:
        hint = f"what is read: {'; '.join(name for one in own for name in one.formats)}"
    if alone:
        report.error(document.at(()), f"the document is not one that is read here ({what})", hint)
    else:
        report.note(document.at(()), f"passed over ({what})", hint)
