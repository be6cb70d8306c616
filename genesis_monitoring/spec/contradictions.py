"""What cannot hold together in a spec though every part of it is well-formed.

What has a dangling reference is left alone.
"""

from collections.abc import Mapping

from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.budget_rules import check_budgets
from genesis_monitoring.spec.dashboard_rules import check_dashboards
from genesis_monitoring.spec.exporter_metrics import check_exporter_metrics
from genesis_monitoring.spec.exposed_names import check_metric_names
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.recording_rules import check_recordings
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout_rules import check_rollout
from genesis_monitoring.spec.routing_rules import check_routing
from genesis_monitoring.spec.selector_rules import check_selectors
from genesis_monitoring.spec.sli_rules import check_slis
from genesis_monitoring.spec.stack_rules import check_stack
from genesis_monitoring.spec.target_rules import check_targets
from genesis_monitoring.spec.value_rules import check_values

_SHOWN = 8


def check_contradictions(spec: Spec, reporter: Reporter) -> None:
    """Every part of the spec against the others."""
    check_cycles(spec, reporter)
    check_metric_names(spec, reporter)
    check_recordings(spec, reporter)
    check_selectors(spec, reporter)
    check_values(spec, reporter)
    check_slis(spec, reporter)
    check_budgets(spec, reporter)
    _alerts(spec, reporter)
    check_routing(spec, reporter)
    check_dashboards(spec, reporter)
    check_stack(spec, reporter)
    check_targets(spec, reporter)
    check_rollout(spec, reporter)
    check_exporter_metrics(spec, reporter)


def check_cycles(spec: Spec, reporter: Reporter) -> None:
    """Fallbacks and start orders that go round in a circle."""
    fallbacks = {n: (r.fallback,) for n, r in spec.receivers.items() if r.fallback is not None}
    starts = {n: s.depends_on for n, s in spec.stack.services.items()}
    _no_cycle(reporter, ("receivers",), "fallback", fallbacks)
    _no_cycle(reporter, ("stack", "services"), "depends_on", starts)


def _no_cycle(reporter: Reporter, base: Path, key: str, edges: Mapping[str, tuple[str, ...]]) -> None:
    """Each name is visited once; a name that leads back into the trail to it closes a circle."""
    done: set[str] = set()
    for start in edges:
        trail: dict[str, None] = {}
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, turn = stack.pop()
            if name in done:
                continue
            trail[name] = None
            nexts = edges.get(name, ())
            if turn == len(nexts):
                done.add(name)
                del trail[name]
                continue
            stack.append((name, turn + 1))
            if nexts[turn] in trail:
                reporter.contradiction(
                    (*base, name, key),
                    f"this goes round in a circle: {_circle(tuple(trail), nexts[turn])}",
                    f"let one of them not name another in {key}",
                )
            else:
                stack.append((nexts[turn], 0))


def _circle(trail: tuple[str, ...], back_to: str) -> str:
    names = trail[trail.index(back_to) :]
    shown = names if len(names) <= _SHOWN else (*names[: _SHOWN - 1], "…", names[-1])
    return " → ".join((*shown, back_to))


def _alerts(spec: Spec, reporter: Reporter) -> None:
    for name, alert in spec.alerts.items():
        path: Path = ("alerts", name)
        if alert.sli not in spec.slis:
            continue
        sli = spec.slis[alert.sli]
        if sli.objective is None:
            reporter.contradiction(
                (*path, "sli"),
                f"SLI {alert.sli} has no objective, so nothing says when to alert",
                "give the SLI an objective, or alert on another",
                ("slis", alert.sli),
            )
        elif alert.level == "no_go" and sli.objective.no_go is None:
            reporter.contradiction(
                (*path, "level"),
                f"SLI {alert.sli} has no no_go level",
                "add no_go to its objective, or drop level",
                ("slis", alert.sli, "objective"),
            )
        if alert.for_ > spec.prometheus.retention:
            reporter.contradiction(
                (*path, "for"),
                f"the alert waits longer than Prometheus keeps, {format_duration(spec.prometheus.retention)}",
                "shorten for, or lengthen the retention",
                ("prometheus", "retention"),
            )
        past = sli.past
        if past is not None and alert.for_ >= past.offset:
            reporter.contradiction(
                (*path, "for"),
                f"after {format_duration(past.offset)} a spike is part of its own baseline, so an alert that "
                f"waits {format_duration(alert.for_)} may never fire",
                "shorten for, or lengthen past_average.offset",
                ("slis", alert.sli, "past_average", "offset"),
            )
