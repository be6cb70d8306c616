"""The rollout's schedule and criteria as people read them; judging them is not done here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.planned import planned_of
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    BudgetCriterion,
    Criterion,
    ManualCriterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
    SuiteCriterion,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One checkpoint: ``offset`` is in seconds from the start; a critical one has a ``title``."""

    index: int
    offset: int
    due: datetime
    title: str
    sign_off: bool


@dataclass(frozen=True, slots=True)
class CriterionPlan:
    """A criterion with how it is judged. ``planned`` names metrics that do not exist yet."""

    name: str
    text: str
    judged: str
    planned: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class CriteriaSection:
    """Criteria under one heading."""

    title: str
    criteria: tuple[CriterionPlan, ...]


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """Window, checkpoints and criteria. Both ends are in UTC."""

    start: datetime
    end: datetime
    checkpoints: tuple[Checkpoint, ...]
    sections: tuple[CriteriaSection, ...]


def compile_rollout(spec: Spec, slis: Mapping[str, SliPlan]) -> RolloutPlan | None:
    """None where the spec has no rollout."""
    rollout = spec.rollout
    if rollout is None:
        return None
    sections = [
        ("GO needs all of these", "rollout.go", rollout.go),
        ("One of these is NO-GO", "rollout.no_go", rollout.no_go),
        *(
            (f"Checklist: {section.title}", f"rollout.checklist.{index}.items", section.items)
            for index, section in enumerate(rollout.checklist)
        ),
    ]
    return RolloutPlan(
        start=rollout.start,
        end=rollout.start + timedelta(seconds=rollout.duration),
        checkpoints=compile_checkpoints(rollout),
        sections=tuple(
            CriteriaSection(
                title,
                tuple(
                    CriterionPlan(
                        name, criterion.text, _judged(criterion), _planned(slis, criterion), f"{path}.{name}"
                    )
                    for name, criterion in criteria.items()
                ),
            )
            for title, path, criteria in sections
        ),
    )


def compile_checkpoints(rollout: Rollout) -> tuple[Checkpoint, ...]:
    """Checkpoint i is due at start + round(i * duration / count): the last one exactly at the end."""
    critical = {checkpoint.index: checkpoint for checkpoint in rollout.checkpoints.critical}
    count = rollout.checkpoints.count
    plans: list[Checkpoint] = []
    for index in range(1, count + 1):
        offset = round(index * rollout.duration / count)
        marked = critical.get(index)
        plans.append(
            Checkpoint(
                index=index,
                offset=offset,
                due=rollout.start + timedelta(seconds=offset),
                title=marked.title if marked else "",
                sign_off=marked.sign_off if marked else False,
            )
        )
    return tuple(plans)


def _judged(criterion: Criterion) -> str:
    match criterion:
        case SliCriterion():
            names = ", ".join(f"`{name}`" for name in criterion.slis)
            last = f"the last {spell_duration(criterion.final)}" if criterion.final else "the whole window"
            held = f"longer than {spell_duration(criterion.hold)} on end" if criterion.hold else "at any time"
            return f"{names} against `{criterion.level}`, counted when violated {held}, over {last}"
        case AlertsCriterion():
            severities = ", ".join(criterion.severities)
            where = f" of {criterion.component}" if criterion.component else ""
            window = spell_duration(criterion.window)
            return f"at most {criterion.at_most} {severities} episodes{where} in the last {window}"
        case SuiteCriterion():
            names = ", ".join(f"`{name}`" for name in criterion.suites)
            return f"suite {names}: as many tests as expected, all passed, results fresh, at the end"
        case RegressionCriterion():
            names = ", ".join(f"`{name}`" for name in criterion.slis)
            return f"{names} against `baseline`, at most {criterion.margin:g} % worse over the whole window"
        case BudgetCriterion():
            names = ", ".join(f"`{name}`" for name in criterion.slis)
            over = f"the last {spell_duration(criterion.window)}" if criterion.window else "the whole window"
            return f"error budget of {names}: at most {criterion.at_most:g} % of it burnt over {over}"
        case ManualCriterion():
            return "a person attests it, with evidence"


def _planned(slis: Mapping[str, SliPlan], criterion: Criterion) -> tuple[str, ...]:
    if not isinstance(criterion, SliCriterion | RegressionCriterion | BudgetCriterion):
        return ()
    return planned_of(slis, criterion.slis)
