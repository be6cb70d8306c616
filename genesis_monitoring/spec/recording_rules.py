"""Recording rules of a spec's own: names by the convention, an order in which each can read what it needs,
and tests that name series of the rule.

Source of the convention: Prometheus, "Recording rules": ``level:metric:operations``.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.promql.syntax import Selector, tree_or_none
from genesis_monitoring.spec.metrics import Metric, Recording
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.written import metrics_read, slis_read

_PART = "[a-zA-Z_][a-zA-Z0-9_]*"
_NAME = re.compile(f"({_PART}):{_PART}:{_PART}")
_OURS = ("sli", "slo")


def recordings(spec: Spec) -> Iterator[tuple[str, Metric, Recording]]:
    """The metrics that are recorded by rules of this spec, in its order."""
    for name, metric in spec.metrics.items():
        if metric.recording is not None:
            yield name, metric, metric.recording


def check_recordings(spec: Spec, reporter: Reporter) -> None:
    """Each rule against those before it."""
    recorded: set[str] = set()
    for name, metric, rule in recordings(spec):
        path: Path = ("metrics", name, "recording")
        reporter.reference((*path, "component"), "component", rule.component, spec.components)
        _named(reporter, name)
        _reads(spec, reporter, name, rule, recorded)
        _planned(spec, reporter, name, metric, rule)
        for number, test in enumerate(rule.tests):
            if not test.length:
                reporter.contradiction(
                    (*path, "tests", number, "series"),
                    "no series has a sample",
                    "write some, as in 0+60x20: a counter that grows by 60 a minute, for 20 minutes",
                )
            for labels in test.values:
                _labels(reporter, (*path, "tests", number, "values", labels), name, metric, labels)
        recorded.add(name)


def _named(reporter: Reporter, name: str) -> None:
    found = _NAME.fullmatch(name)
    if found is None:
        reporter.contradiction(
            ("metrics", name, "recording"),
            f"{name} is recorded, and its name does not say what: level:metric:operations",
            "name it by the labels that are left, the metric and what was done, as path:http_requests:rate5m",
        )
    elif found[1] in _OURS:
        reporter.contradiction(
            ("metrics", name, "recording"),
            f"names that begin with {found[1]}: are those of what is recorded of SLIs and budgets",
            "name another level",
        )


def _reads(spec: Spec, reporter: Reporter, name: str, rule: Recording, recorded: set[str]) -> None:
    path: Path = ("metrics", name, "recording", "expr")
    for other in metrics_read(spec, rule.expr):
        if spec.metrics[other].recording is not None and other not in recorded:
            reporter.contradiction(
                path,
                f"it reads {other}, which is recorded {'by itself' if other == name else 'after it'}",
                "rules are evaluated in the order of the spec: put what is read first",
                ("metrics", other),
            )
    for sli in slis_read(spec, rule.expr):
        reporter.contradiction(
            path,
            f"it reads what is recorded of SLI {sli}, after it",
            "write this as an SLI of kind expr, or read the metrics themselves",
            ("slis", sli),
        )


def _planned(spec: Spec, reporter: Reporter, name: str, metric: Metric, rule: Recording) -> None:
    planned = [one for one in metrics_read(spec, rule.expr) if spec.metrics[one].status == "planned"]
    if planned and metric.status == "exported":
        reporter.contradiction(
            ("metrics", name, "recording", "expr"),
            f"nobody exposes {planned[0]} yet, so nothing is recorded of it",
            f"write status: planned at {name}",
            ("metrics", planned[0], "status"),
        )


def _labels(reporter: Reporter, path: Path, name: str, metric: Metric, labels: str) -> None:
    tree = tree_or_none(f"{name}{labels}")
    if (
        not labels.startswith("{")
        or not isinstance(tree, Selector)
        or any(one.operator != "=" for one in tree.matchers)
    ):
        reporter.contradiction(
            path, f"{labels} is no set of labels", 'write it as {path="/cart"}, or {} where none is left'
        )
        return
    for one in tree.matchers:
        reporter.reference(path, f"label of {name}", one.label, metric.labels, at_key=True)
