"""Random valid specs: accepted, rendered without an exception, twice to the same bytes, and true.

The last is the strongest: promtool runs the generated tests on the generated rules, so that for any
threshold, window, ``for`` and unit the alert fires exactly when it should.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from plan.specs import Data, compiled, rendered, write
from plan.tools import assert_accepted

from .strategies import (
    Kind,
    exprs,
    gauges,
    latencies,
    means,
    quantiles,
    rates,
    ratios,
    relatives,
    run_outs,
    specs,
    times_until,
    trends,
)

quiet = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
# A failing spec is told as it was drawn: to make it smaller would run the tools for minutes.
with_tools = settings(quiet, phases=[Phase.generate])


@settings(quiet, max_examples=15)
@given(specs())
def test_a_valid_spec_is_accepted_and_rendered_twice_alike(data: Data) -> None:
    plan = compiled(data)
    assert rendered(plan) == rendered(compiled(data))


@settings(with_tools, max_examples=2)
@given(specs(least=3, most=5))
def test_real_tools_accept_what_is_made_of_any_spec(data: Data) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_accepted(write(rendered(compiled(data)), Path(folder)))


@pytest.mark.parametrize(
    "kind",
    [gauges, ratios, quantiles, latencies, rates, means, times_until, run_outs, trends, relatives, exprs],
)
def test_generated_tests_hold_for_any_threshold(kind: Kind) -> None:
    @settings(with_tools, max_examples=1)
    @given(specs(least=3, most=4, kinds=(kind,)))
    def check(data: Data) -> None:
        with tempfile.TemporaryDirectory() as folder:
            assert_accepted(write(rendered(compiled(data)), Path(folder)), compose=False)

    check()


@settings(with_tools, max_examples=1)
@given(
    specs(least=2, most=3, kinds=(latencies, ratios)),
    st.sampled_from(("7d", "14d", "15d")),
    st.sampled_from((95, 99, 99.9, 99.999)),
    st.integers(0, 5),
)
def test_generated_tests_hold_for_any_error_budget(
    data: Data, period: str, objective: float, minimum: int
) -> None:
    first, *_, last = sorted([*data["severities"], *data["severities"]])
    for sli in data["slis"].values():
        sli["budget"] = {
            "objective": objective,
            "period": period,
            "minimum_errors": minimum,
            "page": first,
            "ticket": last,
            "exhausted": last,
        }
    with tempfile.TemporaryDirectory() as folder:
        assert_accepted(write(rendered(compiled(data)), Path(folder)), compose=False)
