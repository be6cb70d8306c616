"""``genesis-mon schema``: a JSON Schema on standard output, of the spec or of what a command prints."""

from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.schema import json_schema
from genesis_monitoring.words import suggest

SPEC = "slo"


def run_schema(name: str, console: Console) -> ExitCode:
    """Print it. Raises UsageError for a name that none has."""
    console.data(json_schema() if name == SPEC else _of_document(name))
    return ExitCode.OK


def _of_document(name: str) -> str:
    from genesis_monitoring.report.schemas import DOCUMENTS, document_schema

    names = (SPEC, *DOCUMENTS)
    if name not in DOCUMENTS:
        raise UsageError(
            f"there is no schema {name!r}{suggest(name, names)}", f"use one of: {', '.join(names)}"
        )
    return document_schema(DOCUMENTS[name])
