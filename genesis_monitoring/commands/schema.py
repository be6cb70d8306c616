"""``genesis-mon schema``: the JSON Schema of the spec on standard output."""

from genesis_monitoring.errors import ExitCode
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.schema import json_schema


def run_schema(console: Console) -> ExitCode:
    """Print the schema."""
    console.data(json_schema())
    return ExitCode.OK
