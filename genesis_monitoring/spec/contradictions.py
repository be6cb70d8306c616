"""What cannot hold together in a spec though every part of it is well-formed.

What has a dangling reference is left alone.
"""

from collections.abc import Mapping

from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.references import alert_names
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    Criterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
)
from genesis_monitoring.spec.slis import RelativeSli, TrendSli


def check_cycles(spec: Spec, reporter: Reporter) -> None:
    """SLIs made of each other, fallbacks and start orders that go round in a circle."""
    made_of = {n: (s.sli,) for n, s in spec.slis.items() if isinstance(s, TrendSli | RelativeSli)}
    fallbacks = {n: (r.fallback,) for n, r in spec.receivers.items() if r.fallback is not None}
    starts = {n: s.depends_on for n, s in spec.stack.services.items()}
    _no_cycle(reporter, ("slis",), "sli", made_of)
    _no_cycle(reporter, ("receivers",), "fallback", fallbacks)
    _no_cycle(reporter, ("stack", "services"), "depends_on", starts)


def check_contradictions(spec: Spec, reporter: Reporter) -> None:
    """Alerts, receivers, Prometheus and the rollout against each other."""
    _alerts(spec, reporter)
    _receivers(spec, reporter)
    _inhibit(spec, reporter)
    _prometheus(spec, reporter)
    if spec.rollout is not None:
        _rollout(spec, reporter, spec.rollout)


def _no_cycle(reporter: Reporter, base: Path, key: str, edges: Mapping[str, tuple[str, ...]]) -> None:
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, turn = stack.pop()
            nexts = edges.get(name, ())
            if turn == 0:
                if name in done:
                    continue
                trail.append(name)
            if turn < len(nexts):
                stack.append((name, turn + 1))
                following = nexts[turn]
                if following in trail:
                    circle = [*trail[trail.index(following) :], following]
                    reporter.contradiction(
                        (*base, name, key),
                        f"this goes round in a circle: {' → '.join(circle)}",
                        f"let one of them not name another in {key}",
                    )
                    return
                stack.append((following, 0))
            else:
                done.add(name)
                trail.pop()


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
        past = sli.past_average if isinstance(sli, RelativeSli) else None
        if past is not None and alert.for_ >= past.offset:
            reporter.contradiction(
                (*path, "for"),
                f"after {format_duration(past.offset)} a spike is part of its own baseline, so an alert that "
                f"waits {format_duration(alert.for_)} may never fire",
                "shorten for, or lengthen past_average.offset",
                ("slis", alert.sli, "past_average", "offset"),
            )


def _receivers(spec: Spec, reporter: Reporter) -> None:
    for name, severity in spec.severities.items():
        if ("severities", name) in reporter.dangling:
            continue
        reached = [_reaches(spec, receiver) for receiver in severity.receivers]
        for index, (receiver, kinds) in enumerate(zip(severity.receivers, reached, strict=True)):
            if not kinds:
                why = "Slack is switched off and" if spec.receivers[receiver].slack else "it"
                reporter.contradiction(
                    ("severities", name, "receivers", index),
                    f"{name} alerts sent to {receiver} reach nobody: {why} has nothing else",
                    "give the receiver a fallback or an integration, or send to another",
                    ("receivers", receiver),
                )
        if severity.page and not any("pagerduty" in kinds for kinds in reached):
            reporter.contradiction(
                ("severities", name, "page"),
                f"{name} pages, and none of its receivers has a pager",
                "add a receiver with pagerduty, or set page to false",
                ("severities", name, "receivers"),
            )


def _reaches(spec: Spec, name: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
    receiver = spec.receivers.get(name)
    if receiver is None or name in seen:
        return ()
    kinds = [kind for kind in ("pagerduty", "webhook") if getattr(receiver, kind) is not None]
    if receiver.slack is not None and spec.slack.enabled:
        kinds.append("slack")
    if not kinds and receiver.fallback is not None:
        return _reaches(spec, receiver.fallback, seen | {name})
    return tuple(kinds)


def _inhibit(spec: Spec, reporter: Reporter) -> None:
    for name, rule in spec.routing.inhibit.items():
        both = _matching(spec, rule.source) & _matching(spec, rule.target)
        if both:
            reporter.contradiction(
                ("routing", "inhibit", name, "target"),
                f"{', '.join(sorted(both))} matches source and target, so it can silence itself",
                "narrow one of the two",
                ("routing", "inhibit", name, "source"),
            )


def _matching(spec: Spec, matched: MatchedAlerts) -> frozenset[str]:
    names: set[str] = set()
    for name in alert_names(spec):
        alert = spec.alerts.get(name)
        component = spec.slis[alert.sli].component if alert and alert.sli in spec.slis else None
        severity = alert.severity if alert else None
        if matched.alerts is not None and name not in matched.alerts:
            continue
        if alert is None and matched.alerts is None:
            continue
        if (matched.severity, matched.component) == (None, None) or (
            matched.severity in (None, severity) and matched.component in (None, component)
        ):
            names.add(name)
    return frozenset(names)


def _prometheus(spec: Spec, reporter: Reporter) -> None:
    prometheus = spec.prometheus
    if prometheus.scrape_timeout > prometheus.scrape_interval:
        reporter.contradiction(
            ("prometheus", "scrape_timeout"),
            "a scrape may take longer than the time to the next one",
            f"make it {format_duration(prometheus.scrape_interval)} or shorter",
            ("prometheus", "scrape_interval"),
        )
    if spec.rollout is not None and spec.rollout.duration > prometheus.retention:
        reporter.contradiction(
            ("prometheus", "retention"),
            f"the rollout lasts {format_duration(spec.rollout.duration)}, and Prometheus keeps less",
            f"make it {format_duration(spec.rollout.duration)} or longer",
            ("rollout", "duration"),
        )
    for label in prometheus.external_labels:
        if label in ("severity", "component", "team", "sli", "job", "instance", "alertname"):
            reporter.contradiction(
                ("prometheus", "external_labels", label),
                f"alerts have a label {label} of their own, which this one would clash with",
                "use another name",
            )


def _rollout(spec: Spec, reporter: Reporter, rollout: Rollout) -> None:
    for key, criteria in (("go", rollout.go), ("no_go", rollout.no_go)):
        for name, criterion in criteria.items():
            _criterion(spec, reporter, rollout, ("rollout", key, name), criterion)
    for index, section in enumerate(rollout.checklist):
        for name, criterion in section.items.items():
            _criterion(spec, reporter, rollout, ("rollout", "checklist", index, "items", name), criterion)


def _criterion(spec: Spec, reporter: Reporter, rollout: Rollout, path: Path, criterion: Criterion) -> None:
    if isinstance(criterion, SliCriterion):
        for index, name in enumerate(criterion.slis):
            if name not in spec.slis:
                continue
            objective = spec.slis[name].objective
            if objective is None or (criterion.level == "no_go" and objective.no_go is None):
                reporter.contradiction(
                    (*path, "slis", index),
                    f"SLI {name} has no {criterion.level} level to be judged by",
                    "give it one in its objective, or judge by another level",
                    ("slis", name),
                )
    if isinstance(criterion, RegressionCriterion):
        for index, name in enumerate(criterion.slis):
            if name not in spec.slis:
                continue
            baseline = spec.slis[name].baseline
            if baseline is None or baseline.value is None or spec.slis[name].objective is None:
                reporter.contradiction(
                    (*path, "slis", index),
                    f"SLI {name} has no baseline value, or no objective that says which way is better",
                    "give it baseline.value and an objective, or leave it out",
                    ("slis", name),
                )
    for key in ("hold", "final", "window"):
        span = getattr(criterion, key, None)
        if span is not None and span > rollout.duration:
            reporter.contradiction(
                (*path, key),
                f"{key} is longer than the rollout, {format_duration(rollout.duration)}",
                f"make it {format_duration(rollout.duration)} or shorter",
                ("rollout", "duration"),
            )
    if isinstance(criterion, AlertsCriterion) and not any(
        alert.severity in criterion.severities for alert in spec.alerts.values()
    ):
        reporter.contradiction(
            (*path, "severities"),
            "no alert has one of these severities, so this proves nothing",
            "use the severity of an alert",
        )
