"""``genesis-mon rollout archive``: all that is left of a rollout, in one folder that proves itself."""

import hashlib
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from genesis_monitoring.clients.recorded import Recorder
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    SpecFile,
    check_folder,
    ledger_path,
    load_rollout,
)
from genesis_monitoring.commands.rollout_report import HTML, MARKDOWN, format_page, report_page
from genesis_monitoring.commands.rollout_verdict import Evidences, begin_with, gather
from genesis_monitoring.errors import CouldNotTellError, ExitCode, GenesisMonError
from genesis_monitoring.plan.archived import archived
from genesis_monitoring.plan.compile import begun
from genesis_monitoring.report.archive_json import ArchivedDashboard, ArchiveFacts
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.verdict_json import VerdictDocument
from genesis_monitoring.report.verdict_text import reason_of
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.ledger import parse_ledger, read_bytes, require_digest
from genesis_monitoring.rollout.record import Record, dump_record
from genesis_monitoring.rollout.results import Outcome, Verdict
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.tree.bundle import SUMS, sums_of, write_bundle
from genesis_monitoring.tree.manifest import Manifest
from genesis_monitoring.tree.paths import MANIFEST
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.words import count

FACTS, SPEC, LEDGER = "archive.json", "slo.yaml", "ledger.jsonl"
EVIDENCE, VERDICT = "evidence.json.gz", "verdict.json"
REPORTS = (("report.html", HTML), ("report.md", MARKDOWN))
GENERATED = "generated"


class NotOverError(GenesisMonError):
    """The rollout goes on, so nothing about it is final yet."""

    exit_code = ExitCode.HOLD


def run_archive(
    server: ServerOptions, wanted: Evidences, inputs: Inputs, out: Path | None, console: Console
) -> ExitCode:
    """Write it into ``out``, whatever the verdict, with the tree of ``inputs``.

    Raises NotOverError while the verdict can still change, GenesisMonError for a tree that is not as the spec
    says and for a folder that holds something else, CouldNotTellError where there is no evidence.
    """
    if out is not None:
        check_folder(out, "--out")
    spec = SpecFile(inputs.spec, inputs.environment)
    project = load_rollout(spec)
    tree = load_project(inputs)
    _refuse_drift(tree, inputs)
    path = ledger_path(spec, wanted.ledger)
    ledger = read_bytes(path)
    chain = parse_ledger(ledger or b"", str(path))
    if wanted.ledger_digest is not None:
        require_digest(chain.digest, wanted.ledger_digest, str(path))
    record, transport = begin_with(chain, project, spec, server, wanted)
    recorder = Recorder(transport)
    with console.progress(f"archive: asking {transport.url}"), tidied_up():
        try:
            evidence = gather(recorder, project, record)
        finally:
            transport.close()
        verdict = judge(evidence, project.plan)
        _refuse_unfinished(verdict)
        kept = replace(record, url=transport.url, exchanges=recorder.exchanges)
        profile = inputs.profile or tree.plan.spec.profile_in_force
        files = _files(project, tree, kept, evidence, ledger, profile)
        _add_spec(files, project, tree)
        folder = out or Path(f"rollout-archive-{format_iso(verdict.window.start)[:10]}")
        fresh = write_bundle(folder, files)
    _say(folder, files, verdict, ledger is None, fresh, console)
    return ExitCode.OK


def _files(
    project: RolloutProject,
    tree: Project,
    record: Record,
    evidence: Evidence,
    ledger: bytes | None,
    profile: str,
) -> dict[str, bytes]:
    """Every file of the archive but the spec. The bytes depend on nothing but what is given."""
    from genesis_monitoring.render.grafana import render_dashboard

    verdict = judge(evidence, project.plan)
    chain = parse_ledger(ledger or b"", LEDGER)
    page = report_page(project, evidence, chain)
    files = {name: format_page(page, format_).encode() for name, format_ in REPORTS}
    files[EVIDENCE] = dump_record(record, compressed=True)
    files[VERDICT] = document_json(VerdictDocument, verdict).encode()
    if ledger is not None:
        files[LEDGER] = ledger
    digests = {}
    for artifact in tree.artifacts:
        files[f"{GENERATED}/{artifact.path}"] = artifact.data
        digests[artifact.path] = artifact.digest
    files[f"{GENERATED}/{MANIFEST}"] = Manifest(digests).dump()
    dashboards = []
    for live in begun(tree.plan, verdict.window.start).dashboards:
        fixed = archived(live, verdict.window.start, verdict.at)
        files[fixed.path] = render_dashboard(fixed).data
        dashboards.append(ArchivedDashboard(fixed.path, fixed.uid, live.uid))
    metadata = project.plan.spec.metadata
    facts = ArchiveFacts(
        kind="genesis-mon/archive",
        version=1,
        name=metadata.name,
        title=metadata.title,
        start=format_iso(verdict.window.start),
        end=format_iso(verdict.window.end),
        at=format_iso(verdict.at),
        verdict=verdict.outcome,
        reason=reason_of(verdict),
        profile=profile,
        spec=project.digest,
        ledger=None if ledger is None else chain.digest,
        prometheus=verdict.url,
        tool=version("genesis-mon"),
        dashboards=tuple(dashboards),
        environment=project.environment,
    )
    files[FACTS] = document_json(ArchiveFacts, facts).encode()
    return files


def _refuse_drift(tree: Project, inputs: Inputs) -> None:
    if compare_tree(tree.out, tree.artifacts).is_clean:
        return
    more = "".join(
        f" {option} {value}"
        for option, value in (
            ("--env", inputs.environment),
            ("--out", inputs.out),
            ("--templates", inputs.templates),
            ("--profile", inputs.profile),
        )
        if value is not None
    )
    raise GenesisMonError(
        f"{tree.out} is not as the spec says, so an archive of both would say two things",
        f"see how it differs and mend it: genesis-mon render --diff{more}, then genesis-mon render{more}",
    )


def _refuse_unfinished(verdict: Verdict) -> None:
    """Only what is final is kept: a verdict at the end, or a NO-GO, which no later sample undoes."""
    if verdict.over or verdict.outcome is Outcome.NO_GO:
        return
    raise NotOverError(
        f"judged up to {format_iso(verdict.at)}, the rollout is not over: it ends at "
        f"{format_iso(verdict.window.end)}",
        "archive it when it is over",
    )


def _add_spec(files: dict[str, bytes], project: RolloutProject, tree: Project) -> None:
    """The spec, and what it includes at the same place beside it."""
    if tree.source.digest != project.source.digest:
        raise CouldNotTellError(f"{tree.source.file} was changed while it was read", "run it again")
    for name, part in project.source.files.items():
        path = str(PurePosixPath(name)) if name else SPEC
        if path in files or path == SUMS:
            raise GenesisMonError(
                f"{part.file} is included, and an archive has a file of its own that is called {path}",
                "rename the included file",
            )
        files[path] = part.written.encode()


def _say(
    folder: Path,
    files: dict[str, bytes],
    verdict: Verdict,
    no_ledger: bool,
    fresh: bool,
    console: Console,
) -> None:
    size = sum(map(len, files.values())) / 1e6
    done = f"{count(len(files) + 1, 'file')}, {size:.1f} MB" if fresh else "is there already, the same"
    console.out(f"archive: {verdict.outcome}, {reason_of(verdict)}; {folder}, {done}")
    console.out(f"sha256 of its SHA256SUMS: {hashlib.sha256(sums_of(files)).hexdigest()}")
    if no_ledger:
        console.err("there is no ledger, so no checkpoint and no attestation is in it")
    console.err(f"check it with: genesis-mon rollout archive --check {folder}")
