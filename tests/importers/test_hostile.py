"""Whatever a document holds: findings with places, and nothing else is raised."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis_monitoring.importers.part import make_part
from genesis_monitoring.importers.registry import read_slos
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices

from .test_openslo import ALPHA, OTHERS, SLO
from .test_sloth import RESOURCE, SHOP, WINDOWS

DOCUMENTS = {
    "sloth": [one for text in (SHOP, RESOURCE, WINDOWS, ALPHA) for one in yaml.safe_load_all(text)],
    "openslo": [one for text in (SLO, OTHERS, ALPHA) for one in yaml.safe_load_all(text)],
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        ["", "30d", "1M", "0s", "{{.window}}", "sum(rate(a[{{.window}}]))", "sum(rate(a))", "-", "P1"]
    ),
    st.just([]),
    st.just({}),
    st.just([1, {"a": [None]}]),
    st.just({"metadata": {"name": 3}, "spec": [{}]}),
).map(deepcopy)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@st.composite
def changed(draw: st.DrawFn, command: str) -> str:
    documents = yaml.safe_load(yaml.safe_dump(DOCUMENTS[command]))
    for _ in range(draw(st.integers(0, 4))):
        container, key = draw(st.sampled_from(places(documents)))
        if isinstance(container, dict) and draw(st.integers(0, 3)) == 0:
            container[draw(st.text("abcSLOs_.", max_size=5))] = draw(ODD)
        else:
            container[key] = draw(ODD)
    return yaml.safe_dump_all(documents, allow_unicode=draw(st.booleans()), sort_keys=False)


def check(command: str, text: str, folder: Path) -> None:
    path = folder / "any.yaml"
    path.write_text(text, "utf-8", newline="")
    report = Report()
    choices = Choices(job="till", period=7 * 86400)
    slos = read_slos(command, [path], choices, report)
    part = make_part(slos, choices, report)
    lines = text.count("\n") + text.count("\r") + 1
    for one in report.findings:
        assert one.message
        assert one.location.file == str(path)
        assert 0 <= one.location.line <= lines
    if not report.errors:
        assert slos
        assert len(part.slis) == len(slos)
        assert set(yaml.safe_load(part.text)) == {"components", "metrics", "slis"}


@pytest.mark.parametrize("command", ["sloth", "openslo"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_documents(command: str, data: st.DataObject, tmp_path: Path) -> None:
    check(command, data.draw(changed(command)), tmp_path)


@pytest.mark.parametrize("command", ["sloth", "openslo"])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("-:{}[]#&*!|>'\"\n\r %.?abov1/", max_size=60).map(lambda tail: tail.encode().decode()))
def test_any_text(command: str, text: str, tmp_path: Path) -> None:
    check(command, text, tmp_path)
    check(command, f"version: prometheus/v1\n{text}", tmp_path)
    check(command, f"apiVersion: openslo/v1\nkind: SLO\n{text}", tmp_path)
