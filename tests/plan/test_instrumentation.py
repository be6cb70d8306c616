"""Modules of metric declarations: which metrics they hold, and names that Python takes."""

import pytest

from genesis_monitoring.plan.instrumentation import InstrumentationPlan, MetricDeclaration

from .specs import Data, compiled, every_kind, every_kind_plan, genesis_plan


def declared(plan: InstrumentationPlan) -> dict[str, MetricDeclaration]:
    return {metric.name: metric for metric in plan.metrics}


def test_a_module_holds_exactly_the_metrics_of_its_target() -> None:
    (plan,) = genesis_plan().instrumentation
    assert (plan.path, plan.class_name) == ("instrumentation/genesis_metrics.py", "GenesisMetrics")
    catalogue = genesis_plan().spec.metrics
    assert set(declared(plan)) == {name for name, metric in catalogue.items() if metric.job == "genesis-app"}
    for name, metric in declared(plan).items():
        assert metric.attribute == name
        assert (metric.type, metric.help, metric.unit) == (
            catalogue[name].type,
            catalogue[name].help,
            catalogue[name].unit,
        )
        assert metric.buckets == (catalogue[name].buckets or ())


def test_a_target_without_metrics_has_no_module_and_one_is_named_after_its_job() -> None:
    (plan,) = every_kind_plan().instrumentation
    assert (plan.module, plan.class_name, plan.job) == ("warehouse_metrics", "WarehouseMetrics", "warehouse")
    assert plan.imports == ("REGISTRY", "CollectorRegistry", "Counter", "Gauge", "Histogram")


def test_what_the_client_library_exposes_by_itself_is_not_declared() -> None:
    assert "process_open_fds" in every_kind_plan().spec.metrics
    assert "process_open_fds" not in declared(every_kind_plan().instrumentation[0])


def test_a_metric_and_the_method_that_picks_a_series_have_names_of_their_own() -> None:
    metrics = declared(every_kind_plan().instrumentation[0])
    parcels = metrics["warehouse_parcels_total"]
    assert parcels.chooser == "warehouse_parcels_total_for_"
    assert metrics["warehouse_parcels_total_for"].attribute == "warehouse_parcels_total_for"
    assert [(label.name, label.parameter) for label in parcels.labels] == [
        ("from", "from_"),
        ("class", "class_"),
    ]


@pytest.mark.parametrize(
    ("names", "attributes"),
    [
        (("class", "class_"), ("class_", "class__")),
        (("_private",), ("metric_private",)),
        (("__init__", "metric__init__"), ("metric__init__", "metric__init___")),
        (("None", "self"), ("None_", "self_")),
    ],
)
def test_attributes_are_names_in_python_and_distinct(
    names: tuple[str, ...], attributes: tuple[str, ...]
) -> None:
    data: Data = every_kind()
    for name in names:
        data["metrics"][name] = {
            "type": "gauge", "unit": "count", "help": "h", "job": "till", "status": "planned",
        }  # fmt: skip
    till = next(plan for plan in compiled(data).instrumentation if plan.job == "till")
    assert tuple(metric.attribute for metric in till.metrics) == attributes
    assert till.class_name == "CashMetrics"
