"""``genesis-mon rollout steady-state``: thresholds from what was observed, as a diff of the spec."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    SpecFile,
    check_folder,
    load_rollout,
)
from genesis_monitoring.commands.rollout_verdict import Evidences, begin, gather
from genesis_monitoring.errors import CouldNotTellError, ExitCode, UsageError
from genesis_monitoring.files import replace_file
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.steady_state import (
    SteadyState,
    SteadyStateDocument,
    format_steady_state,
    summary,
)
from genesis_monitoring.rollout.collect import collect_more
from genesis_monitoring.rollout.coverage import doubt_of
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.observed import observe
from genesis_monitoring.rollout.proposals import Proposal, propose, withdrawn
from genesis_monitoring.rollout.results import Outcome
from genesis_monitoring.spec.edit import Edit, add_to_source, edit_source
from genesis_monitoring.spec.load import judged
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source, SpecError

STEADY_STATE = "steady-state"
"""The profile to go over to, unless another is named."""
BEFORE_THE_END = "the rollout is not over, and what it is judged by does not move meanwhile"
AFTER_NO_GO = "the rollout is a NO-GO: what was observed is not how the system will run"


@dataclass(frozen=True, slots=True)
class SteadyStateOptions:
    """``profile`` is the one to go over to; ``out`` a folder to render the proposed spec into."""

    start: str | None
    at: str | None
    format: str
    replay: Path | None
    profile: str | None
    out: Path | None
    write: bool


def run_steady_state(
    spec: Path, server: ServerOptions, options: SteadyStateOptions, console: Console
) -> ExitCode:
    """Print the diff, or make it. Raises CouldNotTellError where there is no evidence, UsageError."""
    if options.out is not None:
        check_folder(options.out, "--out")
    project = load_rollout(SpecFile(spec))
    before = project.plan.spec.profile_in_force
    after = _next_profile(spec, project.plan.spec, options.profile)
    with console.progress("steady-state: asking"), tidied_up():
        evidence = _observed(project, spec, server, options)
        seen = {name: observe(evidence, project.plan, name) for name in evidence.measurements}
        verdict = judge(evidence, project.plan)
        proposals = tuple(_unless_doubted(evidence, one) for one in propose(project.plan, seen))
        if verdict.outcome is not Outcome.GO and options.profile is None:
            after = before
        if verdict.outcome is Outcome.NO_GO or not evidence.over:
            reason = AFTER_NO_GO if verdict.outcome is Outcome.NO_GO else BEFORE_THE_END
            proposals = tuple(withdrawn(one, reason) for one in proposals)
        proposals, changed = with_proposals(project.source, proposals, after)
        moved = _moved(spec, project.source, changed)
        if options.out is not None:
            _render(changed, after, options.out)
        if options.write:
            for path, old, new in moved:
                replace_spec(path, old, new)
    state = SteadyState(
        spec=str(spec),
        seen=evidence.elapsed,
        over=evidence.over,
        verdict=verdict,
        proposals=proposals,
        profile=before,
        next_profile=after,
        remarks=evidence.remarks,
        diff="".join(_diff(*one) for one in moved),
        written=options.write and bool(moved),
    )
    _say(state, options, console)
    return ExitCode.OK


def _unless_doubted(evidence: Evidence, proposal: Proposal) -> Proposal:
    """The level stays where the server warned of an answer that the proposal rests on."""
    of_all = (
        f"the server warns of {one.question}: {one.said}" for one in evidence.doubts if "sli" in one.kinds
    )
    measurement = evidence.measurements.get(proposal.sli)
    said = (measurement is not None and doubt_of(measurement.answer)) or next(of_all, "")
    return withdrawn(proposal, said) if said else proposal


def with_proposals(
    source: Source, proposals: tuple[Proposal, ...], profile: str
) -> tuple[tuple[Proposal, ...], Source]:
    """The proposals that the spec allows together, and the spec with them and ``profile`` in force.

    What a spec of its own making does not allow (the fixtures of an ``expr`` SLI, say) is taken back, with
    the spec's reason.
    """
    source = _with_profile(source, profile)
    try:
        return proposals, _edited(source, proposals)
    except SpecError:
        pass
    kept: list[Proposal] = []
    for proposal in proposals:
        try:
            _edited(source, [*kept, proposal])
            kept.append(proposal)
        except SpecError as error:
            kept.append(withdrawn(proposal, f"the spec does not allow it: {error.findings[0].message}"))
    return tuple(kept), _edited(source, kept)


def _edited(source: Source, proposals: Sequence[Proposal]) -> Source:
    edits = [
        Edit(("slis", one.sli, "objective", one.level), one.proposed)
        for one in proposals
        if one.proposed is not None
    ]
    return judged(edit_source(source, edits)).source


def _with_profile(source: Source, profile: str) -> Source:
    known = judged(source).spec
    if profile == known.profile_in_force:
        return source
    if known.profile is None:
        return add_to_source(source, ("profile",), profile, before="profiles")
    return edit_source(source, [Edit(("profile",), profile)])


def _moved(spec: Path, before: Source, after: Source) -> tuple[tuple[Path, str, str], ...]:
    """Each file of the spec that changes, as it was and as it is to be."""
    return tuple(
        (spec.parent / name if name else spec, old.written, after.parts[name].written)
        for name, old in before.parts.items()
        if old.written != after.parts[name].written
    )


def _next_profile(path: Path, spec: Spec, named: str | None) -> str:
    from genesis_monitoring.words import suggest

    if named is None:
        return STEADY_STATE if STEADY_STATE in spec.profiles else spec.profile_in_force
    if named not in spec.profiles:
        raise UsageError(
            f"there is no profile {named!r} in {path}{suggest(named, spec.profiles)}",
            f"use one of: {', '.join(spec.profiles)}",
        )
    return named


def _observed(
    project: RolloutProject, spec: Path, server: ServerOptions, options: SteadyStateOptions
) -> Evidence:
    record, transport = begin(
        project, SpecFile(spec), server, Evidences(options.start, options.at, options.replay, None, None)
    )
    try:
        evidence = gather(transport, project, record)
        if options.replay is not None:
            return evidence
        # A verdict needs no SLI that no criterion is about; their levels are levels too.
        rest = [name for name, sli in project.plan.spec.slis.items() if sli.objective is not None]
        return collect_more(HttpPrometheus(transport), project.plan, evidence, rest)
    finally:
        transport.close()


def _diff(spec: Path, old: str, new: str) -> str:
    """As ``patch -p1`` and ``git apply`` take it where the command was run."""
    from genesis_monitoring.tree.diff import diff_file

    path = Path(os.path.relpath(spec.resolve(), Path.cwd().resolve()))
    name = path.as_posix() if ".." not in path.parts else spec.name
    # Both read a name with spaces up to a tab.
    named = f"{name}\t" if " " in name else name
    return "".join(f"{line}\n" for line in diff_file(named, old, new))


def _render(source: Source, profile: str, out: Path) -> None:
    from genesis_monitoring.plan.compile import compile_plan
    from genesis_monitoring.render.render import render_plan
    from genesis_monitoring.render.templates import Templates, default_folder
    from genesis_monitoring.tree.writer import write_tree

    plan = compile_plan(judged(source).spec, profile)
    write_tree(out, render_plan(plan, Templates(default_folder())))


def replace_spec(spec: Path, old: str, new: str) -> None:
    """Write ``new`` whole or not at all, and only while ``old`` is there; a symlink stays one.

    Raises CouldNotTellError.
    """
    target = spec.resolve()
    try:
        written = replace_file(target, new.encode("utf-8"), instead_of=old.encode("utf-8"))
    except OSError as error:
        raise CouldNotTellError(
            f"{spec} cannot be written: {error.strerror}", "leave --write out and apply the diff yourself"
        ) from None
    if not written:
        raise CouldNotTellError(f"{spec} was changed meanwhile, so it is left as it is", "run it again")


def _say(state: SteadyState, options: SteadyStateOptions, console: Console) -> None:
    """The diff, or JSON, alone on standard output; all else is for people, on standard error."""
    if options.format == "json":
        console.data(document_json(SteadyStateDocument, state))
        return
    console.write_error(format_steady_state(state, colour=console.colour_of_errors))
    if not state.written:
        for line in state.diff.split("\n")[:-1]:
            console.diff_line(line)
        console.flush()
    console.err("")
    console.err(summary(state))
    if options.out is not None:
        console.err(f"rendered in {options.out}")
    if state.written:
        console.err("next: genesis-mon render, then genesis-mon validate")
    elif state.diff:
        console.err("next: apply the diff (git apply, or again with --write), then genesis-mon render")
