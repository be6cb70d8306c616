"""The rollout: when, which checkpoints, and what decides GO or NO-GO. Data only: judging is elsewhere."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import (
    Level,
    Model,
    Name,
    Number,
    PositiveSeconds,
    RelativePath,
    Seconds,
    SeverityName,
    Slug,
    Text,
    UtcTime,
)


class CriticalCheckpoint(Model):
    """A checkpoint that a person reviews; ``sign_off`` asks for their name on it."""

    index: Annotated[int, Field(ge=1)]
    title: Text
    sign_off: bool = False


class Checkpoints(Model):
    """``count`` checkpoints, evenly over the window: number i is due at round(i * duration / count)."""

    count: Annotated[int, Field(ge=1, le=10_000)]
    actions: tuple[Text, ...] = Field(min_length=1)
    critical: tuple[CriticalCheckpoint, ...] = ()


class _Criterion(Model):
    text: Text


class SliCriterion(_Criterion):
    """An SLI against one of its levels, for the whole window or ``final`` part of it.

    A violation counts once one contiguous run of it is longer than ``hold``.
    """

    kind: Literal["sli"]
    slis: tuple[Name, ...] = Field(min_length=1)
    level: Level
    hold: Seconds
    final: PositiveSeconds | None = None


class AlertsCriterion(_Criterion):
    """At most ``at_most`` alert episodes of these severities in the last ``window``."""

    kind: Literal["alerts"]
    severities: tuple[SeverityName, ...] = Field(min_length=1)
    component: Slug | None = None
    window: PositiveSeconds
    at_most: Annotated[int, Field(ge=0)]


class SuiteCriterion(_Criterion):
    """A suite's expected number of tests passed and were there, and the result is fresh."""

    kind: Literal["suite"]
    suites: tuple[Name, ...] = Field(min_length=1)


class RegressionCriterion(_Criterion):
    """No SLI is worse than its baseline by more than ``margin`` percent."""

    kind: Literal["baseline"]
    slis: tuple[Name, ...] = Field(min_length=1)
    margin: Annotated[Number, Field(ge=0, le=100)]


class BudgetCriterion(_Criterion):
    """At most ``at_most`` percent of the error budget of each SLI is burnt in the last ``window``."""

    kind: Literal["budget"]
    slis: tuple[Name, ...] = Field(min_length=1)
    window: PositiveSeconds | None = None
    """All of the rollout if left out."""
    at_most: Annotated[Number, Field(ge=0, le=1_000_000)]


class ManualCriterion(_Criterion):
    """Nothing measures it: a person attests it, with evidence."""

    kind: Literal["manual"]


Criterion = Annotated[
    SliCriterion | AlertsCriterion | SuiteCriterion | RegressionCriterion | BudgetCriterion | ManualCriterion,
    Field(discriminator="kind"),
]


class ChecklistSection(Model):
    """A part of the final checklist."""

    title: Text
    items: dict[Name, Criterion] = Field(min_length=1)


class LogFile(Model):
    """A log file of the application and what it tells.

    Runbooks of alerts on ``slis`` name it; those of alerts on ``components`` do if no file is nearer to them.
    """

    file: Annotated[str, Field(pattern=patterns.LOG_FILE)]
    about: Text
    components: tuple[Slug, ...] = ()
    slis: tuple[Name, ...] = ()


class LogGroup(Model):
    """Log files that belong together."""

    title: Text
    files: tuple[LogFile, ...] = Field(min_length=1)


class Logs(Model):
    """Where the logs are that a checkpoint samples; ``folder`` is relative to the spec's folder."""

    folder: RelativePath
    groups: tuple[LogGroup, ...] = Field(min_length=1)


class Procedure(Model):
    """Steps in their order, with what makes them necessary."""

    title: Text
    when: Text
    steps: tuple[Text, ...] = Field(min_length=1)


class RollbackStep(Model):
    """A step of the rollback, and the command for it where one is known. Words alone do as well."""

    text: Text
    command: Text | None = None


def _step(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Rollback(Model):
    """What to do after a NO-GO, in this order; each step is done when somebody says so, with evidence."""

    title: Text
    when: Text
    steps: tuple[
        Annotated[RollbackStep, BeforeValidator(_step, json_schema_input_type=str | RollbackStep)], ...
    ] = Field(min_length=1)


class Posts(Model):
    """Which of ``slack.channels`` is told of what, by ``--post``; without one it is told nowhere."""

    checkpoints: Slug | None = None
    verdict: Slug | None = None


class Rollout(Model):
    """A rollout window. GO needs every ``go`` criterion and checklist line; one ``no_go`` ends it."""

    start: UtcTime
    duration: PositiveSeconds
    checkpoints: Checkpoints
    go: dict[Name, Criterion] = Field(min_length=1)
    no_go: dict[Name, Criterion] = Field(min_length=1)
    checklist: tuple[ChecklistSection, ...] = ()
    rollback: Rollback
    after: Procedure
    troubleshooting: tuple[Procedure, ...] = ()
    logs: Logs | None = None
    posts: Posts | None = None
