"""``genesis-mon preview``: each dashboard as a page that needs no Grafana."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.chromium import screenshot
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.tools import CHROMIUM, find_tool
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.commands.rollout_inputs import (
    ServerOptions,
    check_folder,
    check_output,
    read_time_option,
)
from genesis_monitoring.conventions import DASHBOARDS_FOLDER
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.errors import CouldNotTellError, ExitCode, UsageError
from genesis_monitoring.files import read_regular, replace_file
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.preview.changes import Changes, compare
from genesis_monitoring.preview.dashboard import DashboardView, NoDashboardError, read_dashboard
from genesis_monitoring.preview.page import Asked, Preview, make_preview
from genesis_monitoring.preview.records import recorded_source
from genesis_monitoring.preview.sources import NOT_RECORDED, Nowhere, Server, Source
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.source import MAX_BYTES
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.words import count, suggest

HTML, PNG = "html", "png"
_SHOWN_PROBLEMS = 5
_SHORTEST, _LONGEST = 60, 31 * 86400
_PLAYED, _LONGEST_PLAY = 3600, 6 * 3600
"""Seconds: how much of a scenario is shown, and how much can be."""


@dataclass(frozen=True, slots=True)
class Values:
    """Where values come from, as the user said it; at most one of the first three.

    ``at`` is a time as written, and stands for the present; ``last`` is how far back to look, as written.
    """

    prometheus: str | None
    replay: Path | None
    scenario: str | None
    at: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Pages:
    """What is to be written: ``dashboard`` is a uid, None for all; ``against`` is a generated tree.

    ``width`` (pixels) and ``dark`` are of pictures.
    """

    dashboard: str | None
    out: Path
    format_: str
    against: Path | None
    width: int
    dark: bool

    def targets(self, uid: str) -> tuple[Path, ...]:
        """The files of a dashboard: its page, and its picture if there is to be one."""
        endings = (HTML, PNG) if self.format_ == PNG else (HTML,)
        return tuple(self.out / f"{uid}.{ending}" for ending in endings)


def run_preview(
    inputs: Inputs, values: Values, server: ServerOptions, pages: Pages, console: Console
) -> ExitCode:
    """Write the pages. Raises UsageError, CouldNotTellError where there are no values, and for the spec."""
    last = _refuse_contradictions(values)
    check_folder(pages.out, "--out")
    project = load_project(inputs)
    dashboards = _dashboards(project, pages.dashboard)
    for path in (path for one in dashboards for path in pages.targets(one.uid)):
        check_output(path, "--out")
    if pages.format_ == PNG:
        # Before anything is played or asked.
        find_tool(CHROMIUM)
    changes = {one.uid: _changes(pages.against, one) for one in dashboards}
    templates = Templates(default_folder())
    least = float(project.plan.spec.prometheus.scrape_interval)
    with (
        tidied_up(),
        console.progress(_doing(values)),
        _source(project.plan, values, last, server) as source,
    ):
        made = {
            one.uid: make_preview(one, Asked(source, least, changes[one.uid]), templates)
            for one in dashboards
        }
        files = {path: data for uid, one in made.items() for path, data in _files(pages, uid, one)}
        _write(pages.out, files)
    for path, data in files.items():
        console.out(f"preview: {path}, {len(data) / 1000:.0f} kB")
    return _tell_problems(made, console)


def _files(pages: Pages, uid: str, preview: Preview) -> Iterator[tuple[Path, bytes]]:
    page, *picture = pages.targets(uid)
    yield page, preview.html.encode()
    for path in picture:
        yield path, screenshot(preview.html, pages.width, dark=pages.dark)


def _doing(values: Values) -> str:
    if values.scenario is not None:
        return f"preview: playing {values.scenario}"
    return f"preview: asking {values.prometheus or values.replay or 'nobody'}"


def _refuse_contradictions(values: Values) -> int | None:
    """How many seconds back to look, if the user says so. Raises UsageError."""
    given = [
        name
        for name, value in (
            ("--prometheus", values.prometheus),
            ("--replay", values.replay),
            ("--scenario", values.scenario),
        )
        if value is not None
    ]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} are two sources of values", "leave one of them out")
    if values.at is not None and given != ["--prometheus"]:
        raise UsageError("--at is a time at which a server is asked", "name the server with --prometheus")
    if values.last is None:
        return None
    if values.prometheus is None and values.scenario is None:
        raise UsageError("--last is how far back to look", "name what to look at, as in --prometheus URL")
    try:
        last = parse_duration(values.last)
    except ValueError as error:
        raise UsageError(f"--last is no duration: {values.last[:100]!r}", f"{error}") from None
    if not _SHORTEST <= last <= _LONGEST:
        raise UsageError(f"--last is {values.last}", "say something from 1m to 31d, as in --last 6h")
    if values.scenario is not None and last > _LONGEST_PLAY:
        raise UsageError(f"--last is {values.last}, too long to be played", "say something up to 6h")
    return last


def _dashboards(project: Project, wanted: str | None) -> tuple[DashboardView, ...]:
    """As they are rendered, in the order of the spec. Raises UsageError for one that is not there."""
    found = {
        Path(artifact.path).stem: artifact
        for artifact in project.artifacts
        if artifact.path.startswith(f"{DASHBOARDS_FOLDER}/")
    }
    if wanted is not None and wanted not in found:
        known = f"use one of: {', '.join(found)}" if found else "the spec has none"
        raise UsageError(f"there is no dashboard {wanted!r}{suggest(wanted, found)}", known)
    if not found:
        raise UsageError("the spec has no dashboards", "add one under dashboards")
    chosen = found if wanted is None else {wanted: found[wanted]}
    return tuple(read_dashboard(artifact.text, artifact.path) for artifact in chosen.values())


def _changes(against: Path | None, dashboard: DashboardView) -> Changes:
    """Raises UsageError for a folder that is no generated tree."""
    if against is None:
        return Changes()
    folder = against / DASHBOARDS_FOLDER
    if not folder.is_dir():
        raise UsageError(
            f"{against} has no {DASHBOARDS_FOLDER}",
            "name a generated tree, of another commit, with --against",
        )
    path = folder / f"{dashboard.uid}.json"
    before = None
    if path.exists():
        try:
            before = read_dashboard(read_regular(path, MAX_BYTES).decode("utf-8", "replace"), str(path))
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", "name another --against") from None
        except NoDashboardError as error:
            raise UsageError(error.message, error.hint) from None
    return compare(before, dashboard, str(against))


@contextmanager
def _source(plan: Plan, values: Values, last: int | None, server: ServerOptions) -> Iterator[Source]:
    if values.prometheus is not None:
        transport = HttpTransport(server.settings("", "--prometheus"))
        try:
            yield _asked_server(HttpPrometheus(transport), values.at, last)
        finally:
            transport.close()
    elif values.replay is not None:
        yield recorded_source(values.replay)
    elif values.scenario is not None:
        from genesis_monitoring.stack.played import play

        scenario = load_scenario(values.scenario)
        span = last or _PLAYED
        with play(plan, scenario, span) as played:
            name = f"the scenario {values.scenario} ({scenario.title}), played by Prometheus {played.version}"
            yield Server(played.reader, name, played.end, played.end - span)
    else:
        yield Nowhere()


def _asked_server(reader: HttpPrometheus, at: str | None, last: int | None) -> Server:
    moment = None if at is None else read_time_option(at, "--at")
    info = reader.info()
    version = f"Prometheus {info.version}".strip()
    now = info.now if moment is None else moment
    return Server(reader, f"{version} at {reader.url}", now, None if last is None else now - last)


def _write(folder: Path, files: dict[Path, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            replace_file(path, data)
    except OSError as error:
        raise CouldNotTellError(
            f"{error.filename or folder}: the preview cannot be written: {error.strerror}",
            "name another folder with --out",
        ) from None


def _tell_problems(made: dict[str, Preview], console: Console) -> ExitCode:
    """What a record never had is no fault of a dashboard; what a server refuses is one."""
    problems = [problem for preview in made.values() for problem in preview.problems]
    refused = [problem for problem in problems if not problem.endswith(NOT_RECORDED)]
    if len(problems) > len(refused):
        console.err(f"{count(len(problems) - len(refused), 'panel')} ask for what is not in the record")
    for problem in refused[:_SHOWN_PROBLEMS]:
        console.err(problem)
    if len(refused) > _SHOWN_PROBLEMS:
        console.err(f"and {len(refused) - _SHOWN_PROBLEMS} more")
    return ExitCode.FINDINGS if refused else ExitCode.OK
