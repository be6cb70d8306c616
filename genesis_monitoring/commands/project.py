"""What most commands begin with: the spec, its plan and its artifacts, all in memory."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.conventions import SPEC_FILE, output_folder
from genesis_monitoring.errors import UsageError
from genesis_monitoring.findings import Finding, Severity, worst
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import LoadedSpec, load_spec
from genesis_monitoring.spec.source import Source, SpecError
from genesis_monitoring.spec.suppressions import apply_suppressions
from genesis_monitoring.spec.written import written_queries

if TYPE_CHECKING:
    from datetime import datetime

    from genesis_monitoring.clients.promtool import Promtool


_RENDER = "genesis-mon render"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the user named; None stands for the default."""

    spec: Path
    out: Path | None
    templates: Path | None
    profile: str | None
    environment: str | None = None

    @property
    def out_folder(self) -> Path:
        """The generated tree: beside the spec unless named, one for each environment."""
        if self.out is not None:
            return self.out
        return self.spec.parent / output_folder(self.environment)

    @property
    def render_command(self) -> str:
        """What makes that tree."""
        import shlex

        spec = () if self.spec == Path(SPEC_FILE) else ("--spec", str(self.spec))
        environment = () if self.environment is None else ("--env", self.environment)
        out = () if self.out is None else ("--out", str(self.out))
        return shlex.join((*_RENDER.split(), *spec, *environment, *out))


@dataclass(frozen=True, slots=True)
class Project:
    """A valid spec with everything made of it; nothing of it has been written."""

    source: Source
    plan: Plan
    artifacts: tuple[Artifact, ...]
    out: Path
    doubts: tuple[Finding, ...] = ()
    """Warnings about what a person wrote in the spec: what nobody could check."""
    environment: str | None = None
    """The environment that it is the spec of."""
    render_command: str = _RENDER
    """What makes its tree."""

    @property
    def spec_name(self) -> str:
        """The name of the spec's file, without its folder."""
        return Path(self.source.file).name

    def mend(self, hint: str) -> str:
        """A hint that names the command, as it is for this spec."""
        return hint.replace(_RENDER, self.render_command)

    def mended(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """``findings`` with hints of this spec."""
        if self.render_command == _RENDER:
            return findings
        return tuple(replace(one, hint=self.mend(one.hint)) for one in findings)

    def drift(self) -> tuple[Finding, ...]:
        """How the tree on disk differs, with the command that mends it. See ``tree.drift``."""
        from genesis_monitoring.tree.drift import drift_findings

        return self.mended(drift_findings(self.out, self.artifacts, self.spec_name))


def load_project(
    inputs: Inputs, promtool: "Promtool | None" = None, *, start: "datetime | None" = None
) -> Project:
    """Raises SpecError for an invalid spec, UsageError for a profile or templates that do not exist.

    With ``start`` it is as if the rollout began then.
    ``promtool`` is asked about PromQL of the spec that our parser refuses. Raises ToolCrashed or ToolTimedOut
    if it then gives no answer.
    """
    loaded = load_spec(inputs.spec, environment=inputs.environment)
    return make_project(loaded, inputs, promtool, start=start)


def make_project(
    loaded: LoadedSpec, inputs: Inputs, promtool: "Promtool | None" = None, *, start: "datetime | None" = None
) -> Project:
    """As ``load_project``, of a spec that was read already."""
    from genesis_monitoring.words import suggest

    spec = loaded.spec
    profile = inputs.profile if inputs.profile is not None else spec.profile_in_force
    if profile not in spec.profiles:
        known = ", ".join(spec.profiles)
        raise UsageError(
            f"there is no profile {profile!r} in {inputs.spec}{suggest(profile, spec.profiles)}",
            f"use one of: {known}",
        )
    folder = inputs.templates if inputs.templates is not None else default_folder()
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder of templates", "name a folder with --templates")
    if start is not None and spec.rollout is not None:
        spec = spec.model_copy(update={"rollout": spec.rollout.model_copy(update={"start": start})})
    plan = compile_plan(spec, profile)
    doubts = _written_promql(plan, loaded.source, promtool)
    return Project(
        loaded.source,
        plan,
        render_plan(plan, Templates(folder)),
        inputs.out_folder,
        doubts,
        inputs.environment,
        inputs.render_command,
    )


def _written_promql(plan: Plan, source: Source, promtool: "Promtool | None") -> tuple[Finding, ...]:
    """What is doubtful about the PromQL of the spec, less what the spec suppresses; raises SpecError."""
    if next(written_queries(plan.spec), None) is None:
        return ()
    from genesis_monitoring.checks.promql.written import check_written
    from genesis_monitoring.clients.promtool import Promtool
    from genesis_monitoring.code_pages import all_codes

    found = check_written(plan, source, promtool or Promtool())
    kept = apply_suppressions(found, plan.spec.suppress, source, known=frozenset(all_codes()), judged=()).kept
    found = tuple(finding for finding in found if finding in kept)
    if worst(found) is Severity.ERROR:
        raise SpecError(found, source)
    return found
