"""The JSON Schema of ``slo.yaml``, for editors: completion, and a first check while typing."""

import json
from typing import Any

from genesis_monitoring.defaults.forms import with_defaults
from genesis_monitoring.spec.model import Spec


def json_schema() -> str:
    """The schema as JSON text; the same bytes for the same models."""
    schema = with_defaults(Spec.model_json_schema(by_alias=True))
    schema["anyOf"] = [
        {"required": schema.pop("required")},
        {"required": ["apiVersion", "include"]},
        # An included file may be without it.
        {"not": {"required": ["apiVersion"]}},
    ]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "genesis-mon specification (genesis-mon/v1)",
        **{key: value for key, value in schema.items() if key != "title"},
    }
    _refuse_other_names(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _refuse_other_names(part: Any) -> None:
    """Where names must match a pattern, pydantic's schema says nothing of those that do not."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for below in part.values():
            _refuse_other_names(below)
    elif isinstance(part, list):
        for below in part:
            _refuse_other_names(below)
