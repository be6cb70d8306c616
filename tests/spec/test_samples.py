"""What a message proposes to write is accepted: of every key of every model a sample is."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.samples import Samples, flow

BY_DEFAULT = ("missing", "too_short", "literal_error")
"""What is said where a key is left out that a default gives, or another form is tried."""


def models() -> Iterator[type[BaseModel]]:
    pending: list[type[BaseModel]] = [Spec]
    seen: set[type[BaseModel]] = set()
    while pending:
        model = pending.pop()
        if model in seen:
            continue
        seen.add(model)
        yield model
        pending += [one for field in model.model_fields.values() for one in held(field.annotation)]


def held(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in getattr(annotation, "__args__", ()):
        yield from held(one)


def frozen(value: Any) -> Any:
    """As a spec is read."""
    if isinstance(value, dict):
        return {key: frozen(one) for key, one in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("model", [one for one in models() if one is not Spec], ids=lambda one: one.__name__)
def test_a_sample_of_every_key_is_accepted(model: type[BaseModel]) -> None:
    samples = Samples(model, {})
    refused = []
    for name, field in model.model_fields.items():
        written = flow(samples.of((field.alias or name,)))
        try:
            TypeAdapter(field.rebuild_annotation()).validate_python(frozen(yaml.safe_load(written)))
        except ValidationError as error:
            # What a default fills in may be left out.
            told = [one for one in error.errors() if one["type"] not in BY_DEFAULT]
            refused += [f"{field.alias or name}: {written}: {one['loc']}: {one['msg']}" for one in told]
    assert not refused, "\n".join(refused)
