"""``genesis-mon rollout report``: the verdict and what it stands on, as an HTML file, Markdown or a PDF."""

from pathlib import Path

from genesis_monitoring.clients.chromium import printed
from genesis_monitoring.clients.tools import CHROMIUM, find_tool
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    SpecFile,
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

HTML, MARKDOWN, PDF = "html", "markdown", "pdf"
_NAMES = {HTML: "report.html", MARKDOWN: "report.md", PDF: "report.pdf"}
_ENDINGS = {".html": HTML, ".htm": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN, ".pdf": PDF}
_STDOUT = Path("-")


def run_report(
    spec: SpecFile,
    server: ServerOptions,
    wanted: Evidences,
    console: Console,
    *,
    format_: str | None,
    output: Path | None,
) -> ExitCode:
    """Write it, whatever the verdict. Raises CouldNotTellError where there is no evidence to report on.

    ``output`` is a file, ``-`` for standard output; ``format_`` is told by its ending where it is None.
    """
    format_, output = _target(format_, output)
    # Before the servers are asked for minutes.
    if output != _STDOUT:
        check_output(output, "-o")
    if format_ == PDF:
        find_tool(CHROMIUM)
    project = load_rollout(spec)
    ledger = read_ledger(ledger_path(spec, wanted.ledger), wanted.ledger_digest)
    record, transport = begin_with(ledger, project, spec, server, wanted)
    with console.progress(f"report: asking {transport.url}"), tidied_up():
        try:
            evidence = gather(transport, project, record)
        finally:
            transport.close()
        page = report_page(project, evidence, ledger)
        text = format_page(page, format_)
        content = printed(text) if format_ == PDF else text.encode()
        if output != _STDOUT:
            _write(output, content)
    if output == _STDOUT:
        console.data(text)
    else:
        size = len(content) / 1000
        console.out(f"report: {page.outcome}, {page.reason}; {output}, {size:.0f} kB")
    return ExitCode.OK


def report_page(project: RolloutProject, evidence: Evidence, ledger: Ledger) -> Page:
    """The report. It depends on nothing but what is given."""
    return make_page(
        Material(
            plan=project.plan,
            digest=project.digest,
            environment=project.environment,
            evidence=evidence,
            verdict=judge(evidence, project.plan),
            schedule=Schedule.of(project.plan, evidence.window),
            ledger=ledger,
            observations={name: observe(evidence, project.plan, name) for name in evidence.measurements},
        )
    )


def format_page(page: Page, format_: str) -> str:
    """As Markdown, or as HTML, of which a PDF is printed.

    Raises UsageError where the charts of HTML cannot be drawn.
    """
    from genesis_monitoring.render.templates import Templates, default_folder

    templates = Templates(default_folder())
    if format_ == MARKDOWN:
        return templates.render("report/report.md.j2", page=page)
    from genesis_monitoring.report.charts import draw
    from genesis_monitoring.report.lanes import draw_axis, draw_small

    drawings = {figure.slug: draw(figure) for figure in page.figures}
    return templates.render(
        "report/report.html.j2", page=page, drawings=drawings, small=draw_small, axis=draw_axis
    )


def _target(format_: str | None, output: Path | None) -> tuple[str, Path]:
    named = None if output is None else _ENDINGS.get(output.suffix.lower())
    wanted = format_ or named or HTML
    if named is not None and named != wanted:
        raise UsageError(f"{output} does not look like {wanted}", "leave --format out, or name another file")
    if wanted == PDF and output == _STDOUT:
        raise UsageError("a PDF is not written to standard output", "name a file: -o report.pdf")
    return wanted, output or Path(_NAMES[wanted])


def _write(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as error:
        raise CouldNotTellError(
            f"{path}: the report cannot be written: {error.strerror}", "name another file with -o"
        ) from None
