"""Whether what selectors ask of labels can be: the values that the catalogue knows against them.

Values are known where a metric lists them (``values``), where the exporter of test results makes them, and of
the labels that a scrape gives. Of any other label nothing is known, and nothing is said.
"""

from genesis_monitoring import conventions
from genesis_monitoring.promql.matchers import Matcher, one_of
from genesis_monitoring.spec import jobs
from genesis_monitoring.spec.metrics import LabelMatch, Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter

OUTCOMES = ("passed", "failed", "error", "skipped")
"""Of tests, as the exporter tells them."""
_OF_SUITES = (
    conventions.SUITE_TESTS,
    conventions.SUITE_TESTS_EXPECTED,
    conventions.SUITE_RESULT_TIMESTAMP,
    conventions.SUITE_PARSE_SUCCESS,
)


def check_values(spec: Spec, reporter: Reporter) -> None:
    """What the catalogue lists, then each selector of SLIs and dashboards."""
    if reporter.partial:
        return
    for name, metric in spec.metrics.items():
        for label, values in metric.values.items():
            path: Path = ("metrics", name, "values", label)
            if reporter.reference(path, f"label of {name}", label, metric.labels):
                seen: dict[object, Path] = {}
                for index, value in enumerate(values):
                    reporter.unique((*path, index), "value", value, seen)
    for name, sli in spec.slis.items():
        for below, selector in sli.selectors:
            _selector(spec, reporter, ("slis", name, *below), selector)
    for uid, board in spec.dashboards.items():
        for row, members in enumerate(board.rows):
            for panel, shown in enumerate(members.panels):
                for number, query in enumerate(shown.queries):
                    at: Path = ("dashboards", uid, "rows", row, "panels", panel, "queries", number, "metric")
                    if query.metric is not None:
                        _selector(spec, reporter, at, query.metric)


def known_values(spec: Spec, name: str, label: str) -> tuple[str, ...] | None:
    """The values that a label of a metric can have; None if nobody knows them."""
    metric = spec.metrics[name]
    if label in metric.values:
        return metric.values[label]
    if metric.recording is not None:
        return None
    if label == conventions.JOB_LABEL:
        how = jobs.scraped(spec, metric.job)
        every = name == conventions.UP_METRIC or (how is not None and how.honor_labels)
        return jobs.job_names(spec) if name == conventions.UP_METRIC else None if every else (metric.job,)
    if label in metric.labels:
        return _of_the_exporter(spec, name, label)
    if name != conventions.UP_METRIC and label not in conventions.TARGET_LABELS:
        return _given(spec, metric.job, label)
    return None


def _of_the_exporter(spec: Spec, name: str, label: str) -> tuple[str, ...] | None:
    score = spec.health_score
    if name in _OF_SUITES and label == "suite" and spec.suites:
        return tuple(spec.suites)
    if name == conventions.SUITE_TESTS and label == "outcome" and spec.suites:
        return OUTCOMES
    if score is not None and (name, label) == (conventions.health_part_metric(score.metric), "part"):
        return tuple(score.parts)
    return None


def _given(spec: Spec, job: str, label: str) -> tuple[str, ...] | None:
    """Of the labels that the scrape gives; files may give any value."""
    how, target = jobs.scraped(spec, job), spec.prometheus.targets.get(job)
    if target is not None and label in target.file_labels:
        return None
    given = [how.labels[label]] if how is not None and label in how.labels else []
    given += [one.labels[label] for one in (target.endpoints if target else ()) if label in one.labels]
    return tuple(dict.fromkeys(given)) or None


def _selector(spec: Spec, reporter: Reporter, path: Path, selector: Selector) -> None:
    metric = spec.metrics.get(selector.metric)
    if metric is None:
        return
    known_labels = (*metric.labels, *jobs.scrape_labels(spec, selector.metric))
    for condition in selector.conditions:
        label = condition.label
        known = known_values(spec, selector.metric, label) if label in known_labels else None
        if known is None:
            continue
        what = f"value of {label} of {selector.metric}"
        wanted = selector.labels.get(label)
        if wanted is None:
            _pattern(reporter, (*path, "matchers", label), condition, known)
        elif isinstance(wanted, LabelMatch) and wanted.not_ is None:
            key = "matches" if wanted.matches is not None else "not_matches"
            _pattern(reporter, (*path, "labels", label, key), condition, known)
        elif isinstance(wanted, LabelMatch):
            at: Path = (*path, "labels", label, "not")
            _listed(reporter, at, what, wanted.excluded, known)
            if not any(one_of(label, wanted.excluded, excluded=True).matches(value) for value in known):
                reporter.contradiction(
                    at, f"{label} has no other values: {', '.join(known)}", "leave one of them in"
                )
        else:
            _listed(reporter, (*path, "labels", label), what, selector.listed(label), known)


def _listed(
    reporter: Reporter, path: Path, what: str, values: tuple[str, ...], known: tuple[str, ...]
) -> None:
    if len(values) > 1:
        reporter.references(path, what, values, known)
    elif values:
        reporter.reference(path, what, values[0], known)


def _pattern(reporter: Reporter, path: Path, condition: Matcher, known: tuple[str, ...]) -> None:
    selected = [value for value in known if condition.matches(value)]
    written = f"{condition.label}{condition.operator}{condition.value!r}"
    if not selected:
        reporter.contradiction(
            path,
            f"{written} selects none of the values that it has: {', '.join(known)}",
            "correct the pattern: it is matched against the whole value",
        )
    elif len(selected) == len(known) > 1:
        reporter.contradiction(
            path,
            f"{written} selects every value that it has: {', '.join(known)}",
            "leave it out, or correct the pattern",
        )
