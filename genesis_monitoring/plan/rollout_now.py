"""Where a rollout stands at a moment, in PromQL over what is recorded: the live part of a dashboard.

It says what is so now; what has been so since the start is judged by ``rollout verdict``.
"""

from collections.abc import Iterator, Mapping

from genesis_monitoring.panels.panel import NEUTRAL, NO_LEVEL, ThresholdStep
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.spec.dashboards import RolloutNow
from genesis_monitoring.spec.rollout import Rollout, SliCriterion

_STEPS = {
    # Not green at none: that none is beyond its level says nothing where none has data.
    "beyond": (ThresholdStep(None, NEUTRAL), ThresholdStep(1.0, "red")),
    "no_data": (ThresholdStep(None, NEUTRAL), ThresholdStep(1.0, "yellow")),
}


def rollout_now(rollout: Rollout, slis: Mapping[str, SliPlan], asked: RolloutNow) -> str:
    """The expression of what is asked: seconds, or a number of SLIs that GO depends on."""
    start, length = round(rollout.start.timestamp()), rollout.duration
    match asked:
        case "elapsed":
            return f"clamp(vector(time() - {start}), 0, {length})"
        case "next_checkpoint":
            count = rollout.checkpoints.count
            number = f"ceil(vector((time() - {start}) * {count} / {length}))"
            left = f"round({number} * {length} / {count}) + {start} - time()"
            return f"({left} >= 0) and on () (vector(time()) >= {start} < {start + length})"
        case "beyond":
            judged = _of_go(rollout, slis)
            return _number(f"count({condition.expr(one.record)}) > bool 0" for one, condition in judged)
        case "good":
            judged = _of_go(rollout, slis)
            return _number(
                f"count({one.record}) > bool 0 unless count({condition.expr(one.record)})"
                for one, condition in judged
            )
        case "no_data":
            return _number(_absent(one) for one, _ in _of_go(rollout, slis) if not one.planned)
        case "planned":
            return _number(_absent(one) for one, _ in _of_go(rollout, slis) if one.planned)


def steps_now(asked: RolloutNow) -> tuple[ThresholdStep, ...]:
    """The colours of what is asked."""
    return _STEPS.get(asked, NO_LEVEL)


def _absent(one: SliPlan) -> str:
    return f"absent({one.record})"


def _of_go(rollout: Rollout, slis: Mapping[str, SliPlan]) -> Iterator[tuple[SliPlan, Predicate]]:
    """Each SLI that GO depends on, with what is beyond the level that counts."""
    seen: set[tuple[str, str]] = set()
    for criterion in rollout.go.values():
        if not isinstance(criterion, SliCriterion):
            continue
        for name in criterion.slis:
            condition = slis[name].sli.beyond(criterion.level)
            if condition is not None and (name, criterion.level) not in seen:
                seen.add((name, criterion.level))
                yield slis[name], condition


def _number(each: Iterator[str]) -> str:
    return " + ".join(f"({one} or vector(0))" for one in each) or "vector(0)"
