"""Whether what an SLI selects and groups by makes one clear number: nothing twice, no label lost.

An SLI with a dangling reference is left alone.
"""

from itertools import combinations

from genesis_monitoring.conventions import ALERT_LABELS, TARGET_LABELS
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.references import selectors_of
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.slis import ExprSli, Objective, RelativeSli, Sli, TrendSli, UpSli
from genesis_monitoring.units import format_level

_COMPARED = 50
"""Of a longer list of one metric only the first are compared with each other."""


def check_selectors(spec: Spec, reporter: Reporter) -> None:
    """The metric catalogue's labels, then each SLI's metrics, ``by``, direction and fixtures."""
    _catalogue(spec, reporter)
    for name, sli in spec.slis.items():
        path: Path = ("slis", name)
        if path in reporter.dangling:
            continue
        _twice(reporter, path, sli)
        _grouped(reporter, path, sli)
        if isinstance(sli, TrendSli | RelativeSli):
            _one_step(spec, reporter, path, sli)
        if isinstance(sli, UpSli) and sli.objective is not None and sli.objective.good in ("<", "<="):
            reporter.contradiction(
                (*path, "objective", "good"),
                "an up SLI is 1 while the thing is up, and here that is not good",
                'write good: ">="',
            )
        if isinstance(sli, ExprSli) and sli.objective is not None:
            _fixtures(reporter, path, sli, sli.objective)


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
        given = dict.fromkeys(TARGET_LABELS, "the scrape sets it")
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
    if isinstance(sli, ExprSli):
        return
    lists: dict[tuple[str | int, str], list[tuple[Path, Selector]]] = {}
    for below, selector in selectors_of(sli):
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
    examples = (one.example(), other.example(), "other")
    return any(text is not None and one.matches(text) and other.matches(text) for text in examples)


def _grouped(reporter: Reporter, path: Path, sli: Sli) -> None:
    for index, label in enumerate(sli.by):
        at: Path = (*path, "by", index)
        if label in ALERT_LABELS:
            reporter.contradiction(
                at,
                f"alerts have a label {label} of their own, which would hide this one",
                "give the metric's label another name",
            )
        for below, selector in selectors_of(sli):
            if label in selector.labels:
                reporter.contradiction(
                    at,
                    f"{label} is always {selector.labels[label]} here, so there is nothing to group",
                    f"leave {label} out of by, or out of the metric's labels",
                    (*path, *below, "labels", label),
                )
                break


def _one_step(spec: Spec, reporter: Reporter, path: Path, sli: TrendSli | RelativeSli) -> None:
    base = spec.slis[sli.sli]
    if isinstance(base, TrendSli | RelativeSli):
        reporter.contradiction(
            (*path, "sli"),
            f"SLI {sli.sli} is itself made of another, {base.sli}",
            "name an SLI that is measured",
            ("slis", sli.sli, "sli"),
        )
        reporter.dangling.add(path)


def _fixtures(reporter: Reporter, path: Path, sli: ExprSli, objective: Objective) -> None:
    for key, fixture, fires in (("good", sli.fixtures.good, False), ("bad", sli.fixtures.bad, True)):
        if _alerts(objective, fixture.value) != fires:
            reporter.contradiction(
                (*path, "fixtures", key, "value"),
                f"{format_level(fixture.value, sli.unit)} is not {key}: the alert "
                f"{'stays quiet' if fires else 'fires'} there",
                "correct the fixture or the objective",
                (*path, "objective"),
            )


def _alerts(objective: Objective, value: float) -> bool:
    """Whether the alert fires at ``value``: strictly beyond a level of its own, else where it is not good."""
    level = objective.target if objective.alert is None else objective.alert
    beyond = value > level if objective.good in ("<", "<=") else value < level
    if objective.alert is None and objective.good in ("<", ">"):
        return beyond or value == level
    return beyond
