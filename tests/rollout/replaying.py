"""Records that were tampered with: what ``verdict --record`` wrote as JSON in, the command's answer out."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.sandbox import Answer
from typer.testing import CliRunner

from genesis_monitoring.cli.main import app
from genesis_monitoring.errors import GenesisMonError


def read_document(path: Path) -> dict[str, Any]:
    """A record as JSON, without its digest."""
    document: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    del document["sha256"]
    return document


def sealed(document: Mapping[str, Any]) -> bytes:
    """The bytes of a record that says of itself that nobody changed it."""
    content = json.dumps(document, separators=(",", ":")).encode()[:-1]
    return content + b',"sha256":"' + hashlib.sha256(content).hexdigest().encode() + b'"}'


def replayed(spec: Path, record: Path, *more: str) -> Answer:
    """``rollout verdict --replay`` in this process. Whatever is no error of ours is raised."""
    line = ["rollout", "verdict", "--spec", str(spec), "--replay", str(record), *more]
    result = CliRunner().invoke(app, line)
    if isinstance(result.exception, GenesisMonError):
        return Answer(result.stdout, result.exception.message, result.exception.exit_code)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.stdout, result.stderr, result.exit_code)
