"""The values that rule tests try: on both sides of the alert, and within what the SLI can take."""

import pytest

from genesis_monitoring.plan.sampling import clock_for, timing_step
from genesis_monitoring.plan.slis import compile_slis
from genesis_monitoring.slis.values import Bounds, Probes
from plan.specs import Data, every_kind, every_kind_plan, load


def probes(name: str, objective: Data | None = None) -> Probes:
    data = every_kind()
    if objective is not None:
        data["slis"][name]["objective"] = objective
    spec = load(data)
    condition = spec.slis[name].beyond("alert")
    assert condition is not None
    found = spec.slis[name].probes(spec, condition)
    assert condition.holds(found.bad)
    assert not condition.holds(found.good)
    return found


@pytest.mark.parametrize(
    ("name", "objective", "good", "bad"),
    [
        ("disk_used", {"good": "<", "target": 80}, 40, 90),
        ("disk_used", {"good": "<", "target": 100}, 50, 100),
        ("disk_used", {"good": "<=", "target": 0}, 0, 1),
        ("disk_used", {"good": ">", "target": 0}, 1, 0),
        ("disk_used", {"good": ">=", "target": 100}, 100, 50),
        ("disk_used", {"good": "<", "target": 99.999999}, 49.999999, 100),
        ("cpu_used", {"good": "<", "target": 0.9}, 0.45, 0.95),
        ("cost_trend", {"good": "<=", "target": -0.5, "alert": 0}, -1, 1),
        ("cost_trend", {"good": ">", "target": -4}, -2, -6),
        ("cost", {"good": "<=", "target": 0.000001}, 0, 0.000003),
        ("token_deviation", {"good": "<=", "target": 150}, 75, 225),
        ("saving", {"good": ">=", "target": 80, "alert": 75}, 87.5, 37.5),
        ("database_up", None, 1, 0),
        ("queue_share", None, 0.5, 0.9),
        ("latency", {"good": "<", "target": 250}, 100, 500),
        # With everything in the first bucket P95 is still 95 % of its edge.
        ("latency", {"good": "<", "target": 50}, 48.75, 100),
    ],
)
def test_probes(name: str, objective: Data | None, good: float, bad: float) -> None:
    found = probes(name, objective)
    assert found.good == pytest.approx(good, abs=2e-6)
    assert found.bad == pytest.approx(bad, abs=2e-6)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("queued", Bounds(0.0, None)),
        ("disk_used", Bounds(0.0, 100.0)),
        ("cpu_used", Bounds(0.0, 1.0)),
        ("latency", Bounds(47.5, 1000.0)),
        ("latency_multiple", Bounds(47.5 / 120, 1000 / 120)),
        ("saving", Bounds(None, 100.0)),
        ("token_jump", Bounds(0.0, None)),
        ("token_deviation", Bounds(0.0, None)),
        ("cost_trend", Bounds(None, None)),
    ],
)
def test_bounds(name: str, bounds: Bounds) -> None:
    spec = load(every_kind())
    found = spec.slis[name].bounds(spec)
    assert (found.lower, found.upper) == pytest.approx((bounds.lower, bounds.upper))


def test_sample_values_can_occur() -> None:
    data = every_kind()
    data["slis"]["latency_multiple"]["objective"] = {"good": "<", "target": 1.2}
    data["slis"]["latency"]["baseline"]["value"] = 800
    spec = load(data)
    plans = compile_slis(spec)
    for plan in plans.values():
        bounds = plan.sli.bounds(spec)
        value = plan.sli.sample(spec)
        assert bounds.lower is None or value >= bounds.lower
        assert bounds.upper is None or value <= bounds.upper
    assert spec.slis["latency_multiple"].sample(spec) < 1.25


def test_a_sample_value_is_not_below_what_can_occur() -> None:
    data = every_kind()
    data["slis"]["latency_multiple"]["objective"] = {"good": "<", "target": 20}
    data["slis"]["latency"]["baseline"]["value"] = 10
    spec = load(data)
    assert 4.75 <= spec.slis["latency_multiple"].sample(spec) <= 100


@pytest.mark.parametrize("name", list(every_kind_plan().slis))
@pytest.mark.parametrize("for_", [0, 15, 45, 60, 90, 421, 590])
def test_the_clock_meets_the_end_of_for_and_fills_the_window_of_a_rate(name: str, for_: int) -> None:
    slis = every_kind_plan().slis
    plan = slis[name]
    clock, settled = clock_for(every_kind_plan().spec, plan, for_)
    assert settled % clock.step == 0
    window = getattr(plan.sli, "window", 0) or 0
    assert settled >= window
    assert not window or (window >= 4 * clock.step and window % clock.step == 0)
    assert clock.count * clock.step >= settled + for_ + clock.step
    if clock.onset:
        # The jump must not have reached its own past average when the alert is looked at.
        offset = 600
        assert settled == clock.onset * clock.step >= offset
        assert clock.count * clock.step - settled < offset


@pytest.mark.parametrize(("window", "step"), [("5m", 60), ("30m", 300), ("6h", 1800), ("30d", 259200)])
def test_a_long_window_has_no_more_samples_than_a_short_one(window: str, step: int) -> None:
    data = every_kind()
    data["slis"]["errors"]["window"] = window
    data["prometheus"]["retention"] = "90d"
    spec = load(data)
    slis = compile_slis(spec)
    clock, _ = clock_for(spec, slis["errors"], 300)
    assert clock.step == step
    assert clock.count <= 24


@pytest.mark.parametrize(
    ("for_", "kept", "step"), [(0, 0, 60), (45, 0, 15), (300, 30, 30), (3600, 0, 300), (3660, 0, 60)]
)
def test_the_length_of_a_for_is_told_exactly_enough(for_: int, kept: int, step: int) -> None:
    assert timing_step(for_, kept) == step
