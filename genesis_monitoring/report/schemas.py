"""The JSON Schemas of the documents for other programs: types in, ``docs/*.schema.json`` out."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from genesis_monitoring.report.archive_json import ArchiveFacts
from genesis_monitoring.report.backtest_json import BacktestDocument
from genesis_monitoring.report.budget_status import BudgetStatusDocument
from genesis_monitoring.report.changes_json import ChangesDocument
from genesis_monitoring.report.checkpoint_json import CheckpointDocument
from genesis_monitoring.report.document import key_of
from genesis_monitoring.report.explained import ExplanationDocument
from genesis_monitoring.report.import_json import ImportDocument
from genesis_monitoring.report.json import FindingsDocument
from genesis_monitoring.report.rollback import RollbackDocument
from genesis_monitoring.report.route import RouteDocument
from genesis_monitoring.report.schedule import PlanDocument
from genesis_monitoring.report.steady_state import SteadyStateDocument
from genesis_monitoring.report.verdict_json import VerdictDocument
from genesis_monitoring.stack.drill_report import DrillReport
from genesis_monitoring.stack.end_to_end import EndToEndReport
from genesis_monitoring.stack.status import StackStatus

DOCUMENTS: Mapping[str, type] = {
    "archive": ArchiveFacts,
    "backtest": BacktestDocument,
    "budget-status": BudgetStatusDocument,
    "changes": ChangesDocument,
    "checkpoint": CheckpointDocument,
    "explanation": ExplanationDocument,
    "findings": FindingsDocument,
    "import": ImportDocument,
    "rollback": RollbackDocument,
    "rollout-plan": PlanDocument,
    "route": RouteDocument,
    "stack-drill": DrillReport,
    "stack-scenario": EndToEndReport,
    "stack-status": StackStatus,
    "steady-state": SteadyStateDocument,
    "verdict": VerdictDocument,
}
_OPEN = (FindingsDocument,)
"""Keys may be added to these."""


def document_schema(kind: type) -> str:
    """As JSON text; the same bytes for the same types."""
    # A dataclass of the standard library takes its configuration from what it stands in.
    config = ConfigDict(use_attribute_docstrings=True)
    made = TypeAdapter(tuple[kind], config=config).json_schema(mode="serialization")  # type: ignore[valid-type]
    _simplify(made, closed=kind not in _OPEN)
    whole = made["$defs"].pop(kind.__name__)
    made = {"$schema": GenerateJsonSchema.schema_dialect, **whole, "$defs": made["$defs"]}
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _simplify(part: Any, *, closed: bool) -> None:
    """Every key, as it is written, and no titles, which only say these again.

    ``closed``: nothing is allowed that is not said.
    """
    if isinstance(part, dict):
        if isinstance(part.get("title"), str):
            del part["title"]
        if isinstance(part.get("description"), str):
            part["description"] = part["description"].replace("``", "`")
        if part.get("type") == "object":
            part["properties"] = {key_of(name): below for name, below in part["properties"].items()}
            part["required"] = list(part["properties"])
            if closed:
                part["additionalProperties"] = False
        part = list(part.values())
    if isinstance(part, list):
        for below in part:
            _simplify(below, closed=closed)
