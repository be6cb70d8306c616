"""What is drawn over the panels of a dashboard: the rollout's window and checkpoints, deployments, alerts.

Grafana asks Prometheus over the range of the page, in some hundred steps whatever that range is, and draws
what is above zero: a mark, or a region where it goes on. A query that is true for a minute would be missed
between two steps. So what has a fixed time says it as its value, in milliseconds, and has it at each step.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL, SHADOW_LABEL
from genesis_monitoring.panels.alertlist import severity_colour
from genesis_monitoring.plan.rollout import compile_checkpoints
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.dashboards import Dashboard
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.rollout import Rollout

_ROLLOUT_COLOUR, _DEPLOYMENT_COLOUR = "purple", "blue"
_MARK = "mark"
_CHECKPOINT = "checkpoint"
_SELDOM, _OFTEN = "1h", "1m"
"""The smallest steps: what never changes need not be asked often."""


@dataclass(frozen=True, slots=True)
class EventsPlan:
    """A query of events. ``title`` and ``text`` are filled in from labels, ``tags`` are labels.

    ``step`` is the smallest one. ``shown`` says whether they are there before somebody switches them on.
    Where ``timed``, the value is the time (milliseconds since 1970). Where ``of_rollout``, strings of the
    query are for people.
    """

    name: str
    expr: str
    color: str
    title: str
    text: str
    tags: tuple[str, ...]
    step: str
    shown: bool
    timed: bool
    of_rollout: bool
    origin: str


def compile_events(spec: Spec, uid: str, dashboard: Dashboard | None) -> Iterator[EventsPlan]:
    """Everything that is drawn over the panels of ``dashboard``, None for one that the spec does not have."""
    if spec.rollout is not None:
        yield from rollout_events(spec.rollout, spec.rollout.start.timestamp())
    if dashboard is not None:
        yield from _deployments(uid, dashboard)
    yield from _alerts(spec)


def rollout_events(rollout: Rollout, start: float) -> Iterator[EventsPlan]:
    """The window's ends, the critical checkpoints, and the others of a rollout that began at ``start``.

    ``start`` is in seconds since 1970.
    """
    first, last = round(start), round(start) + rollout.duration
    ends = ((first, "Rollout begins"), (last, "Rollout ends"))
    checkpoints = compile_checkpoints(rollout)
    critical = [one for one in checkpoints if one.title]
    titles = [
        (first + one.offset, f"Checkpoint {one.index}: {one.title}{', to be signed off' * one.sign_off}")
        for one in critical
    ]
    yield _rollout("Rollout", _marks(ends), f"{{{{{_MARK}}}}}", "rollout")
    if titles:
        yield _rollout(
            "Critical checkpoints", _marks(titles), f"{{{{{_MARK}}}}}", "rollout.checkpoints.critical"
        )
    if len(critical) < len(checkpoints):
        others = _others(first, rollout, [one.index for one in critical])
        title = f"Checkpoint {{{{{_CHECKPOINT}}}}}"
        yield _rollout("Checkpoints", others, title, "rollout.checkpoints", step=_OFTEN, shown=False)


def watchdog(spec: Spec) -> str:
    """The name of the alert that always fires, as PromQL."""
    return promql.quote(spec.meta_alerts.watchdog.name)


def active_alerts(spec: Spec) -> str:
    """Pending and firing alerts, with when each began (milliseconds since 1970).

    The Watchdog is left out as long as it fires. Where it does not, nobody evaluates rules, and an empty list
    would say that all is well: nothing is worse.
    """
    always, worst = watchdog(spec), promql.quote(next(iter(spec.severities)))
    shadow = any(sli.budget and sli.budget.shadow for sli in spec.slis.values())
    told = f', {SHADOW_LABEL}=""' if shadow else ""
    listed = f'ALERTS{{alertstate=~"pending|firing", alertname!={always}{told}}}'
    silent = f'absent(ALERTS{{alertname={always}, alertstate="firing"}}) * time() * 1000'
    return (
        f"{listed} * ignoring(alertstate) group_left() (ALERTS_FOR_STATE * 1000)"
        f' or label_replace(label_replace({silent}, "alertstate", "missing", "", ""),'
        f' "{SEVERITY_LABEL}", {worst}, "", "")'
    )


def _alerts(spec: Spec) -> Iterator[EventsPlan]:
    """A mark where each alert that fires began: the areas of ten alerts would hide what they are about."""
    for rank, (severity, told) in enumerate(spec.severities.items()):
        those = f"{SEVERITY_LABEL}={promql.quote(severity)}, alertname!={watchdog(spec)}"
        fires = f'ALERTS{{alertstate="firing", {those}}}'
        yield EventsPlan(
            name=f"{severity} firing ({told.title})",
            expr=f"ALERTS_FOR_STATE{{{those}}} * 1000 and ignoring (alertstate) {fires}",
            color=severity_colour(rank),
            title="{{alertname}}",
            text=f"{{{{{SEVERITY_LABEL}}}}} {{{{{COMPONENT_LABEL}}}}}",
            tags=(SEVERITY_LABEL, COMPONENT_LABEL),
            step=_OFTEN,
            shown=True,
            timed=True,
            of_rollout=False,
            origin=f"severities.{severity}",
        )


def _deployments(uid: str, dashboard: Dashboard) -> Iterator[EventsPlan]:
    """A value of a label that was there at no time of the day before.

    ``$__interval`` is the step at which Grafana asks, so a value is new at one step alone.
    """
    for index, one in enumerate(dashboard.annotations):
        series = promql.select(one.metric)
        yield EventsPlan(
            name=one.title,
            expr=(
                f"group by ({one.label}) ({series}) unless"
                f" group by ({one.label}) (last_over_time({series}[1d] offset $__interval))"
            ),
            color=_DEPLOYMENT_COLOUR,
            title=one.title,
            text=f"{one.label} {{{{{one.label}}}}}",
            tags=(one.label,),
            step=_OFTEN,
            shown=True,
            timed=False,
            of_rollout=False,
            origin=f"dashboards.{uid}.annotations.{index}",
        )


def _rollout(
    name: str, expr: str, title: str, origin: str, step: str = _SELDOM, shown: bool = True
) -> EventsPlan:
    return EventsPlan(name, expr, _ROLLOUT_COLOUR, title, "", (), step, shown, True, True, origin)


def _marks(marks: list[tuple[int, str]] | tuple[tuple[int, str], ...]) -> str:
    return " or ".join(
        # In a replacement a dollar begins a reference to a part of what was matched.
        f'label_replace(vector({at * 1000}), "{_MARK}", {promql.quote(text.replace("$", "$$"))}, "", "")'
        for at, text in marks
    )


def _others(start: int, rollout: Rollout, critical: list[int]) -> str:
    """At each step the checkpoint that was due last, unless it is critical: with its number, at its time.

    Where steps are further apart than checkpoints, some are left out.
    """
    count, duration = rollout.checkpoints.count, rollout.duration
    due = f"floor((vector(time()) - {start}) * {count} / {duration})"
    some = "".join(f" != {index}" for index in critical)
    number = f"({due} >= 1 <= {count}{some})"
    at = f"(({start} + round({number} * {duration} / {count})) * 1000)"
    return f'count_values("{_CHECKPOINT}", {number}) * on() group_left() {at}'
