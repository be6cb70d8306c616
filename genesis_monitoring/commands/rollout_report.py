"""``genesis-mon rollout report``: the verdict and all that it stands on, as one HTML file or as Markdown."""

from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    check_output,
    ledger_path,
    load_rollout,
)
from genesis_monitoring.commands.rollout_verdict import Evidences, begin_with, gather
from genesis_monitoring.errors import CouldNotTellError, ExitCode, UsageError
from genesis_monitoring.files import replace_file
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.page import Page
from genesis_monitoring.report.rollout_material import Material
from genesis_monitoring.report.rollout_page import make_page
from genesis_monitoring.report.schedule import Schedule
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.ledger import Ledger, read_ledger
from genesis_monitoring.rollout.observed import observe

HTML, MARKDOWN = "html", "markdown"
FORMATS = (HTML, MARKDOWN)
_NAMES = {HTML: "report.html", MARKDOWN: "report.md"}
_ENDINGS = {".html": HTML, ".htm": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN}
_STDOUT = Path("-")


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """``output`` is a file, ``-`` for standard output; ``format`` is told by its ending where it is None."""

    start: str | None
    at: str | None
    format: str | None
    output: Path | None
    replay: Path | None
    ledger: Path | None
    ledger_digest: str | None


def run_report(spec: Path, server: ServerOptions, options: ReportOptions, console: Console) -> ExitCode:
    """Write it, whatever the verdict. Raises CouldNotTellError where there is no evidence to report on."""
    format_, output = _target(options)
    if output != _STDOUT:
        # Before the servers are asked for minutes.
        check_output(output, "-o")
    project = load_rollout(spec)
    ledger = read_ledger(ledger_path(spec, options.ledger), options.ledger_digest)
    wanted = Evidences(options.start, options.at, options.replay, options.ledger, options.ledger_digest)
    record, transport = begin_with(ledger, project, spec, server, wanted)
    with console.progress(f"report: asking {transport.url}"), tidied_up():
        try:
            evidence = gather(transport, project, record)
        finally:
            transport.close()
        page = report_page(project, evidence, ledger)
        text = format_page(page, format_)
        if output != _STDOUT:
            _write(output, text)
    if output == _STDOUT:
        console.data(text)
    else:
        size = len(text.encode()) / 1000
        console.out(f"report: {page.outcome}, {page.reason}; {output}, {size:.0f} kB")
    return ExitCode.OK


def report_page(project: RolloutProject, evidence: Evidence, ledger: Ledger) -> Page:
    """The report. It depends on nothing but what is given."""
    return make_page(
        Material(
            plan=project.plan,
            digest=project.digest,
            evidence=evidence,
            verdict=judge(evidence, project.plan),
            schedule=Schedule.of(project.plan, evidence.window),
            ledger=ledger,
            observations={name: observe(evidence, project.plan, name) for name in evidence.measurements},
        )
    )


def format_page(page: Page, format_: str) -> str:
    """As HTML or Markdown. Raises UsageError where the charts of HTML cannot be drawn."""
    from genesis_monitoring.render.templates import Templates, default_folder

    templates = Templates(default_folder())
    if format_ == MARKDOWN:
        return templates.render("report/report.md.j2", page=page)
    from genesis_monitoring.report.charts import draw

    drawings = {figure.slug: draw(figure) for figure in page.figures}
    return templates.render("report/report.html.j2", page=page, drawings=drawings)


def _target(options: ReportOptions) -> tuple[str, Path]:
    named = None if options.output is None else _ENDINGS.get(options.output.suffix.lower())
    format_ = options.format or named or HTML
    if format_ not in FORMATS:
        raise UsageError(f"there is no format {format_!r}", f"use one of: {', '.join(FORMATS)}")
    if named is not None and named != format_:
        raise UsageError(
            f"{options.output} does not look like {format_}", "leave --format out, or name another file"
        )
    return format_, options.output or Path(_NAMES[format_])


def _write(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise CouldNotTellError(
            f"{path}: the report cannot be written: {error.strerror}", "name another file with -o"
        ) from None
