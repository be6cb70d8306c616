"""What a rollout names of the rest of the spec: does it exist, and can a criterion judge by it?"""

from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    BudgetCriterion,
    Criterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
    SuiteCriterion,
)


def criteria_of(rollout: Rollout) -> tuple[tuple[Path, Criterion], ...]:
    """Every criterion of the rollout with its path in the spec."""
    found: list[tuple[Path, Criterion]] = []
    for key, group in (("go", rollout.go), ("no_go", rollout.no_go)):
        found.extend((("rollout", key, name), criterion) for name, criterion in group.items())
    for index, section in enumerate(rollout.checklist):
        at: Path = ("rollout", "checklist", index, "items")
        found.extend(((*at, name), criterion) for name, criterion in section.items.items())
    return tuple(found)


def check_rollout_references(spec: Spec, reporter: Reporter, rollout: Rollout) -> None:
    """Reports dangling references and duplicates of checkpoints, criteria, logs and posts."""
    seen: dict[object, Path] = {}
    for index, checkpoint in enumerate(rollout.checkpoints.critical):
        path: Path = ("rollout", "checkpoints", "critical", index, "index")
        reporter.unique(path, "checkpoint", checkpoint.index, seen)
        if checkpoint.index > rollout.checkpoints.count:
            reporter.contradiction(
                path,
                f"checkpoint {checkpoint.index} is beyond the last one, {rollout.checkpoints.count}",
                f"make it {rollout.checkpoints.count} or less",
                ("rollout", "checkpoints", "count"),
            )
    for group, logs in enumerate(rollout.logs.groups if rollout.logs else ()):
        for index, log in enumerate(logs.files):
            place: Path = ("rollout", "logs", "groups", group, "files", index)
            reporter.references((*place, "components"), "component", log.components, spec.components)
            reporter.references((*place, "slis"), "SLI", log.slis, spec.slis)
    names: dict[object, Path] = {}
    for at, criterion in criteria_of(rollout):
        reporter.unique(at, "criterion", at[-1], names)
        _criterion(spec, reporter, at, criterion)
    if rollout.posts is not None:
        for what, channel in (("checkpoints", rollout.posts.checkpoints), ("verdict", rollout.posts.verdict)):
            if channel is not None:
                reporter.reference(("rollout", "posts", what), "Slack channel", channel, spec.slack.channels)


def _criterion(spec: Spec, reporter: Reporter, path: Path, criterion: Criterion) -> None:
    match criterion:
        case SliCriterion() | RegressionCriterion() | BudgetCriterion():
            usable = [name for name, sli in spec.slis.items() if _can_be_judged(criterion, sli)]
            reporter.references((*path, "slis"), "SLI", criterion.slis, spec.slis, usable=usable)
        case AlertsCriterion():
            reporter.references((*path, "severities"), "severity", criterion.severities, spec.severities)
            if criterion.component is not None:
                reporter.reference((*path, "component"), "component", criterion.component, spec.components)
        case SuiteCriterion():
            reporter.references((*path, "suites"), "suite", criterion.suites, spec.suites)


def _can_be_judged(criterion: SliCriterion | RegressionCriterion | BudgetCriterion, sli: Sli) -> bool:
    """Whether the SLI has what the criterion judges it by."""
    match criterion:
        case SliCriterion():
            levels = () if sli.objective is None else sli.objective.levels
            return criterion.level in dict(levels)
        case RegressionCriterion():
            return sli.objective is not None and sli.baseline is not None and sli.baseline.value is not None
        case BudgetCriterion():
            return sli.budget is not None
