"""SLOs of OpenSLO: documents that name each other, objectives, windows and alert policies."""

from pathlib import Path

import pytest

from .reading import Imported, read

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: parcels
  displayName: Parcels arrive
spec:
  description: What is sent arrives.
  service: post
  indicatorRef: parcels-good
  timeWindow:
    - {duration: 4w, isRolling: true}
  budgetingMethod: Occurrences
  objectives:
    - target: 0.995
  alertPolicies:
    - alertPolicyRef: fast
"""
OTHERS = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: parcels-good}
spec:
  ratioMetric:
    good:
      metricSource:
        type: Prometheus
        spec: {query: 'sum(rate(parcels_total{state="there"}[5m]))'}
    total:
      metricSource:
        type: Prometheus
        spec: {query: 'sum(rate(parcels_total[5m]))'}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: post, displayName: The post office}
spec: {}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  conditions:
    - kind: AlertCondition
      metadata: {name: burns}
      spec:
        severity: page
        condition: {kind: burnrate, op: gt, threshold: 10, lookbackWindow: 1h}
"""


def openslo(folder: Path, *texts: str, **choices: object) -> Imported:
    return read(folder, *texts, command="openslo", **choices)


def test_documents_name_each_other(tmp_path: Path) -> None:
    found = openslo(tmp_path, SLO, OTHERS)
    assert found.errors == ()
    assert found.ids == ("post-parcels",)
    assert found.part["components"] == {"post": "The post office"}
    sli = found.part["slis"]["post_parcels"]
    assert sli["title"] == "Parcels arrive"
    assert sli["numerator"] == [{"metric": "parcels_total", "labels": {"state": "there"}}]
    assert sli["budget"] == {
        "objective": 99.5,
        "period": "28d",
        "errors": "rest",
        "tiers": {"burn-1h-1": {"long": "1h", "short": "5m", "factor": 10, "severity": "P1"}},
        "slo": "parcels",
    }


def test_a_name_that_no_document_has_is_refused(tmp_path: Path) -> None:
    assert openslo(tmp_path, SLO).errors == (
        '16 error spec.alertPolicies[0].alertPolicyRef: there is no AlertPolicy "fast"',
    )


def test_several_objectives_are_several_slos(tmp_path: Path) -> None:
    text = SLO.replace("    - target: 0.995", "    - target: 0.9\n    - targetPercent: 99")
    found = openslo(tmp_path, text, OTHERS)
    assert found.ids == ("post-parcels-0", "post-parcels-1")
    assert [one["objective"] for one in found.budgets.values()] == [90, 99]


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("isRolling: true", "isRolling: false", "11 error spec.timeWindow[0].isRolling: a calendar window"),
        ("duration: 4w", "duration: 1M", "11 error spec.timeWindow[0].duration: 1M is no fixed time"),
        ("Occurrences", "Timeslices", "12 error spec.budgetingMethod: Timeslices is not read"),
        ("target: 0.995", "target: 1", "14 error spec.objectives[0].target: leaves no error budget"),
        ("ratioMetric:\n", "thresholdMetric:\n", "spec.thresholdMetric: is not read"),
        ("type: Prometheus", "type: Elsewhere", "is Elsewhere, and only Prometheus is read"),
        ("kind: burnrate", "kind: latency", "condition.kind: only burnrate is read"),
        ("severity: page", "severity: dire", "nothing says which severity of the spec dire is"),
        ('there"}[5m]', 'there"}[10m]', "differ in their window"),
    ],
)
def test_what_would_mean_something_else_is_refused(
    tmp_path: Path, written: str, instead: str, says: str
) -> None:
    assert written in SLO + OTHERS
    errors = openslo(tmp_path, SLO.replace(written, instead), OTHERS.replace(written, instead)).errors
    assert any(says in error for error in errors), errors


def test_a_word_for_a_severity_may_be_given(tmp_path: Path) -> None:
    others = OTHERS.replace("severity: page", "severity: dire")
    (budget,) = openslo(tmp_path, SLO, others, severities={"dire": "P3"}).budgets.values()
    assert budget["tiers"]["burn-1h-1"]["severity"] == "P3"


ALPHA = """\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: letters}
spec:
  service: post
  budgetingMethod: Occurrences
  timeWindows:
    - {count: 14, unit: Day, isRolling: true}
  objectives:
    - ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(good_total[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(all_total[{{.window}}]))'}
      target: 0.9
"""


@pytest.mark.parametrize("command", ["sloth", "openslo"])
def test_alpha_is_read_as_sloth_reads_it(tmp_path: Path, command: str) -> None:
    text = ALPHA.replace("target: 0.9", "target: 0.9\n      budgetTarget: 0.97")
    found = read(tmp_path, text, command=command)
    assert found.errors == ()
    assert found.ids == ("post-letters-0",)
    (budget,) = found.budgets.values()
    assert budget == {"objective": 97, "period": "14d", "errors": "rest", "slo": "letters-0"}


def test_a_document_of_another_tool_is_told_with_its_command(tmp_path: Path) -> None:
    assert (
        read(tmp_path, SLO).errors
        == (
            "1 error the document is not one that is read here (apiVersion: openslo/v1, kind: SLO)",
            "1 error there is no SLO in what was read",
        )[:1]
    )
