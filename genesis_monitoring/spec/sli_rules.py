"""What an SLI must be to mean something: units that convert, metrics of the right type, windows that fit.

An SLI with a dangling reference is left alone. What is special about a kind, the kind says.
"""

from typing import get_args

from genesis_monitoring.durations import format_duration
from genesis_monitoring.slis.registry import KINDS, Sli
from genesis_monitoring.slis.values import SCRAPES_IN_A_WINDOW
from genesis_monitoring.spec.jobs import sample_interval
from genesis_monitoring.spec.level_rules import check_levels
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter


def check_slis(spec: Spec, reporter: Reporter) -> None:
    """Reports what contradicts itself in an SLI."""
    for name, sli in spec.slis.items():
        path: Path = ("slis", name)
        if path in reporter.dangling:
            continue
        _types(spec, reporter, path, sli)
        _units(spec, reporter, path, sli)
        _window(spec, reporter, path, sli)
        if ("slis", sli.of) not in reporter.dangling:
            sli.check(spec, reporter, path)
        check_levels(spec, reporter, path, sli)


def _types(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    wanted = sli.metric_type
    for below, selector in sli.selectors if wanted else ():
        metric = spec.metrics[selector.metric]
        if metric.type != wanted:
            reporter.contradiction(
                (*path, *below),
                f"{selector.metric} is a {metric.type}, and this {sli.kind} SLI needs a {wanted}",
                sli.type_hint(metric) or f"use another metric, or the kind {_kinds_for(metric)}",
                ("metrics", selector.metric, "type"),
            )


def _kinds_for(metric: Metric) -> str:
    tags = (kind.model_fields["kind"] for kind in KINDS if metric.type in kind.takes)
    names: list[str] = [get_args(tag.annotation)[0] for tag in tags]
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _units(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    def differ(at: Path, message: str, hint: str) -> None:
        reporter.contradiction(at, message, hint, (*path, "unit"))

    units = [(below, s.metric, spec.metrics[s.metric].unit) for below, s in sli.selectors]
    for below, name, unit in units[1:]:
        if unit != units[0][2] and not sli.mixes_units:
            differ(
                (*path, *below),
                f"{name} is in {unit}, and {units[0][1]} beside it in {units[0][2]}",
                "only metrics of one unit can be added up or divided",
            )
            return
    fault = sli.unit_fault(spec)
    if fault is not None:
        differ((*path, "unit"), *fault)


def _window(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    window = sli.span
    if window is None:
        return
    # What is made of another SLI has a sample at each evaluation.
    samples = [sample_interval(spec, selector.metric) for selector in sli.metrics_named]
    samples = samples or [spec.prometheus.evaluation_interval]
    shortest = SCRAPES_IN_A_WINDOW * max(samples)
    if window < shortest:
        reporter.contradiction(
            (*path, "window"),
            f"a window of {format_duration(window)} holds fewer than {SCRAPES_IN_A_WINDOW} scrapes",
            f"make it {format_duration(shortest)} or longer",
            ("prometheus", "scrape_interval"),
        )
    if window > spec.prometheus.retention:
        reporter.contradiction(
            (*path, "window"),
            f"a window of {format_duration(window)} is longer than what Prometheus keeps, "
            f"{format_duration(spec.prometheus.retention)}",
            "shorten the window or lengthen the retention",
            ("prometheus", "retention"),
        )
