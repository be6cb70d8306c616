"""What most commands begin with: the spec, its plan and its artifacts, all in memory."""

from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.conventions import OUTPUT_FOLDER
from genesis_monitoring.errors import UsageError
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.source import Source


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the user named; None stands for the default."""

    spec: Path
    out: Path | None
    templates: Path | None
    profile: str | None

    @property
    def out_folder(self) -> Path:
        """The generated tree: beside the spec unless named."""
        return self.out if self.out is not None else self.spec.parent / OUTPUT_FOLDER


@dataclass(frozen=True, slots=True)
class Project:
    """A valid spec with everything made of it; nothing of it has been written."""

    source: Source
    plan: Plan
    artifacts: tuple[Artifact, ...]
    out: Path


def load_project(inputs: Inputs) -> Project:
    """Raises SpecError for an invalid spec, UsageError for a profile or templates that do not exist."""
    from genesis_monitoring.spec.problems import suggest

    loaded = load_spec(inputs.spec)
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
    plan = compile_plan(spec, profile)
    return Project(loaded.source, plan, render_plan(plan, Templates(folder)), inputs.out_folder)
