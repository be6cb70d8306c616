"""The generated Python modules: importable, typed, formatted, and exposing what the catalogue says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from plan.specs import Data, compiled, every_kind, genesis, rendered
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from properties.strategies import prose

from genesis_monitoring.plan.instrumentation import InstrumentationPlan

from .hostile import HOSTILE, hostile_spec

SPECS = {"every-kind": every_kind, "genesis": genesis, "hostile": hostile_spec}


def made(data: Data) -> tuple[InstrumentationPlan, str]:
    plan = compiled(data)
    return plan.instrumentation[0], rendered(plan)[plan.instrumentation[0].path]


def instance(plan: InstrumentationPlan, text: str) -> tuple[Any, CollectorRegistry]:
    names: dict[str, Any] = {}
    exec(compile(text, "module.py", "exec"), names)
    registry = CollectorRegistry()
    return names[plan.class_name](registry), registry


def types_and_help(plan: InstrumentationPlan, registry: CollectorRegistry) -> dict[str, tuple[str, str]]:
    families = text_string_to_metric_families(generate_latest(registry).decode())
    named = {f"{one.name}_total" if one.type == "counter" else one.name: one for one in families}
    return {
        name: (one.type, one.documentation) for name, one in named.items() if not name.endswith("_created")
    }


@pytest.mark.parametrize("name", SPECS)
def test_what_is_exposed_is_what_the_catalogue_says(name: str) -> None:
    plan, text = made(SPECS[name]())
    metrics, registry = instance(plan, text)
    for metric in plan.metrics:
        own = getattr(metrics, metric.attribute)
        if metric.chooser:
            values = {label.parameter: f"<{label.name}>" for label in metric.labels}
            own = getattr(metrics, metric.chooser)(**values)
        own.observe(0.3) if metric.buckets else own.inc(2)
    found = types_and_help(plan, registry)
    assert {one.name: (one.type, one.help) for one in plan.metrics} == found
    for metric in plan.metrics:
        labels = {label.name: f"<{label.name}>" for label in metric.labels}
        if not metric.buckets:
            assert registry.get_sample_value(metric.name, labels) == 2
            continue
        for edge in metric.buckets:
            sample = registry.get_sample_value(f"{metric.name}_bucket", {**labels, "le": str(float(edge))})
            assert sample == (1 if edge >= 0.3 else 0)


def test_the_modules_are_typed_and_formatted(tmp_path: Path) -> None:
    for name, spec in SPECS.items():
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(made(spec())[1], "utf-8")
    (tmp_path / "use.py").write_text(
        "from genesis import GenesisMetrics\n\n"
        'GenesisMetrics().genesis_service_up_for(service="vector_db").set(1)\n'
        'GenesisMetrics().genesis_service_up_for(servce="vector_db")\n',
        "utf-8",
    )
    for line_length in (88, 110):
        formatted = run("ruff", "format", "--isolated", "--check", f"--line-length={line_length}", tmp_path)
        assert formatted.returncode == 0, formatted.stdout
    linted = run("ruff", "check", "--isolated", "--select=E,F,I,UP,B", "--ignore=E501", tmp_path)
    assert linted.returncode == 0, linted.stdout
    typed = run("mypy", "--strict", "--cache-dir", tmp_path / "cache", "--config-file=", tmp_path)
    assert typed.stdout.count("error:") == 1, typed.stdout
    assert 'Unexpected keyword argument "servce"' in typed.stdout


def run(tool: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", tool, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@settings(deadline=None, max_examples=25)
@given(st.lists(prose(), min_size=1, max_size=3))
def test_no_text_breaks_out_of_its_place(texts: list[str]) -> None:
    data = every_kind()
    data["prometheus"]["targets"]["warehouse"]["description"] = texts[0]
    for metric in data["metrics"].values():
        if metric["job"] == "warehouse":
            metric["help"] = texts[-1]
    plan, text = made(data)
    _, registry = instance(plan, text)
    described = {family.documentation for family in registry.collect()}
    assert described == {texts[-1]}


def test_prose_stands_in_docstrings_as_it_is() -> None:
    _, text = made(hostile_spec())
    names: dict[str, Any] = {}
    exec(compile(text, "module.py", "exec"), names)
    assert HOSTILE in names["__doc__"]
    assert HOSTILE in names["WarehouseMetrics"].warehouse_belt_seconds_for.__doc__
