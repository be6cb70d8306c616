"""Whether what an SLI selects and groups by makes one clear number: nothing twice, no label lost.

An SLI with a dangling reference is left alone.
"""

from itertools import combinations

from genesis_monitoring.conventions import ALERT_LABELS, TARGET_LABELS
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter

_COMPARED = 50
"""Of a longer list of one metric only the first are compared with each other."""


def check_selectors(spec: Spec, reporter: Reporter) -> None:
    """The metric catalogue's labels, then each SLI's metrics and ``by``."""
    _catalogue(spec, reporter)
    for name, sli in spec.slis.items():
        path: Path = ("slis", name)
        if path in reporter.dangling:
            continue
        _twice(reporter, path, sli)
        _grouped(reporter, path, sli)
        if sli.of:
            _one_step(spec, reporter, path, sli)


def _catalogue(spec: Spec, reporter: Reporter) -> None:
    for name, metric in spec.metrics.items():
        for suffix in ("_bucket", "_sum", "_count") if metric.type == "histogram" else ():
            if name + suffix in spec.metrics:
                reporter.contradiction(
                    ("metrics", name + suffix),
                    f"{name + suffix} belongs to the histogram {name}, and cannot be a metric of its own",
                    "remove it: the histogram stands for it",
                    ("metrics", name),
                )
        reporter.references(("metrics", name, "labels"), "label", metric.labels, metric.labels)
        given = {} if metric.recording else dict.fromkeys(TARGET_LABELS, "the scrape sets it")
        if metric.type == "histogram":
            given["le"] = "it tells the buckets apart"
        for index, label in enumerate(metric.labels):
            if label in given:
                reporter.contradiction(
                    ("metrics", name, "labels", index),
                    f"{name} has the label {label} without being told: {given[label]}",
                    "leave it out",
                )


def _twice(reporter: Reporter, path: Path, sli: Sli) -> None:
    """Metrics are added up within one list, so a series that two of them match counts twice."""
    if sli.query:
        return
    lists: dict[tuple[str | int, str], list[tuple[Path, Selector]]] = {}
    for below, selector in sli.selectors:
        lists.setdefault((below[0], selector.metric), []).append((below, selector))
    for members in lists.values():
        for (before, one), (after, other) in combinations(members[:_COMPARED], 2):
            if _overlap(one, other):
                reporter.contradiction(
                    (*path, *after),
                    f"{one.metric} is listed twice, so some of its series count twice",
                    "keep one of the two, or give them labels that tell them apart",
                    (*path, *before),
                )


def _overlap(one: Selector, other: Selector) -> bool:
    """Whether some series may be selected by both, as far as examples show."""
    first, second = ({known.label: known for known in selector.conditions} for selector in (one, other))
    return all(_meet(first[label], second[label]) for label in first.keys() & second.keys())


def _meet(one: Matcher, other: Matcher) -> bool:
    return any(other.matches(text) for text in one.samples()) or any(map(one.matches, other.samples()))


def _grouped(reporter: Reporter, path: Path, sli: Sli) -> None:
    for index, label in enumerate(sli.by):
        at: Path = (*path, "by", index)
        if label in ALERT_LABELS:
            reporter.contradiction(
                at,
                f"alerts have a label {label} of their own, which would hide this one",
                "give the metric's label another name",
            )
        for below, selector in sli.selectors:
            if label in selector.exact:
                reporter.contradiction(
                    at,
                    f"{label} is always {selector.exact[label]} here, so there is nothing to group",
                    f"leave {label} out of by, or out of the metric's labels",
                    (*path, *below, "labels", label),
                )
                break


def _one_step(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    base = spec.slis[sli.of]
    if base.of:
        reporter.contradiction(
            (*path, "sli"),
            f"SLI {sli.of} is itself made of another, {base.of}",
            "name an SLI that is measured",
            ("slis", sli.of, "sli"),
        )
        reporter.dangling.add(path)
