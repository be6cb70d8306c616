"""``genesis-mon init``: a small commented spec to start from. It never overwrites."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import ServerOptions
from genesis_monitoring.conventions import LEDGER_FILE, OUTPUT_FOLDER, SPEC_FILE, ledger_file, output_folder
from genesis_monitoring.errors import ExitCode, GenesisMonError, UsageError
from genesis_monitoring.files import read_regular
from genesis_monitoring.importers.exposition import Catalogue, catalogue_of, read_exposition
from genesis_monitoring.importers.first_spec import Answers, Found, first_spec
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.words import count

_MOST_SCRAPED = 16 << 20
_MOST_ADDRESSES = 50
_OWN_JOBS = ("prometheus", "alertmanager")
"""Jobs that a spec has anyway."""
JOB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""A name of a job that a spec can have."""
_ATTRIBUTES = ".gitattributes"
_WHY = "# Compared byte for byte, and chained by digests: git changes no line ends here."
_PROTECTED = tuple(
    f"{what} -text"
    for what in (
        f"{OUTPUT_FOLDER}/**",
        f"{output_folder('*')}/**",
        LEDGER_FILE,
        ledger_file("*"),
    )
)


def run_init(path: Path, console: Console) -> ExitCode:
    """Write the starter spec to ``path``, which must not exist yet, and git's attributes beside it."""
    return _written(path, (Path(__file__).parent / "starter.yaml").read_text("utf-8"), console)


def read_scrape(scrape: Path, job: str) -> Found:
    """The metrics of a scrape in a file. Raises UsageError for what is none."""
    try:
        text = read_regular(scrape, _MOST_SCRAPED).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{scrape}: cannot be read: {error.strerror}", "take one with: curl -s http://HOST:PORT/metrics"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{scrape}: is not text in UTF-8", "take a scrape in the text format") from None
    return _found(read_exposition(text, str(scrape), job), str(scrape))


def ask_prometheus(server: ServerOptions, console: Console) -> Found:
    """The metrics that a Prometheus has now. Raises UsageError, and ServerError."""
    from genesis_monitoring.clients.http import HttpTransport
    from genesis_monitoring.clients.prometheus_api import HttpPrometheus

    transport = HttpTransport(server.settings("", "--from-prometheus"))
    with console.progress(f"init: asking {transport.url}"), tidied_up():
        try:
            reader = HttpPrometheus(transport)
            now, types, targets = reader.info().now, reader.metadata(), reader.targets()
            jobs = sorted({target.job for target in targets})
            parts = [
                catalogue_of(
                    [
                        (series.label("__name__"), {k: v for k, v in series.labels if k != "__name__"})
                        for series in reader.instant(f'{{job="{job}"}}', now).series
                    ],
                    types,
                    job,
                )
                for job in jobs
                if JOB.fullmatch(job)
            ]
        finally:
            transport.close()
    odd = tuple(f"job {job!r}: a name of a job is kebab-case here" for job in jobs if not JOB.fullmatch(job))
    catalogue = Catalogue(
        tuple(metric for part in parts for metric in part.metrics),
        (*odd, *dict.fromkeys(one for part in parts for one in part.left_out)),
    )
    known = {job: tuple(one.address for one in targets if one.job == job)[:_MOST_ADDRESSES] for job in jobs}
    others = {job: known[job] for job in jobs if JOB.fullmatch(job) and job not in _OWN_JOBS}
    return _found(catalogue, transport.url, others)


def _found(catalogue: Catalogue, whence: str, targets: Mapping[str, tuple[str, ...]] | None = None) -> Found:
    if not catalogue.metrics:
        raise UsageError(f"{whence} has no metric that a spec can name", "take one of another target")
    return Found(catalogue, whence, targets)


def fault_of(answers: Answers) -> str:
    """What the spec that is made of them gets wrong, and what mends it; empty if it is valid."""
    try:
        parse_spec(first_spec(answers), SPEC_FILE)
    except SpecError as error:
        first = error.findings[0]
        return f"{first.message}; {first.hint}" if first.hint else first.message
    return ""


def run_init_by_answers(path: Path, answers: Answers, console: Console, *, protect: bool = False) -> ExitCode:
    """Write the spec that is made of them; with ``protect`` also what git's attributes lack.

    Raises UsageError for answers that give none.
    """
    fault = fault_of(answers)
    found = answers.found
    if fault:
        whence = "that" if found is None else found.whence
        raise UsageError(
            f"{whence} gives no valid spec: {fault}",
            "another --job, --address, --kind or --tell may do"
            + ("" if found is None else "; the metrics themselves are in order"),
        )
    text = first_spec(answers)
    code = _written(path, text, console, protect=protect)
    if code is ExitCode.OK and found is not None:
        catalogue = found.catalogue
        left = f", {count(len(catalogue.left_out), 'metric')} left out" if catalogue.left_out else ""
        proposed = ", ".join(parse_spec(text, str(path)).spec.slis)
        console.out(f"init: {count(len(catalogue.metrics), 'metric')}{left}; proposed SLIs: {proposed}")
    return code


def refuse_existing(path: Path) -> None:
    """Raises GenesisMonError where something is already."""
    if os.path.lexists(path):
        raise _exists(path)


def _exists(path: Path) -> GenesisMonError:
    return GenesisMonError(f"{path}: exists already", "give another name, or remove it first")


def unprotected(folder: Path) -> tuple[str, ...]:
    """The lines that git's attributes in ``folder`` lack; none where there are no attributes yet."""
    path = folder / _ATTRIBUTES
    try:
        have = path.read_text("utf-8", errors="replace").splitlines() if path.exists() else _PROTECTED
    except OSError:
        return ()
    return tuple(line for line in _PROTECTED if line not in have)


def _written(path: Path, text: str, console: Console, *, protect: bool = False) -> ExitCode:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "name a file in a folder that you can write to"
        ) from None
    try:
        with tidied_up(), os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "make room on the disk, then try again"
        ) from None
    also = _protect(path.parent / _ATTRIBUTES, console, adding=protect)
    console.out(f"init: wrote {path}{also}; next: genesis-mon render --spec {path}")
    return ExitCode.OK


def _protect(path: Path, console: Console, *, adding: bool) -> str:
    """Git leaves generated files as they are. What is there is kept, and what it lacks is told or added."""
    try:
        if not path.exists():
            path.write_text(f"{_WHY}\n" + "".join(f"{line}\n" for line in _PROTECTED), "utf-8")
            return f", and {path.name} beside it"
        lacking = unprotected(path.parent)
        if lacking and adding:
            text = path.read_bytes()
            end = b"" if not text or text.endswith(b"\n") else b"\n"
            path.write_bytes(text + end + "".join(f"{line}\n" for line in (_WHY, *lacking)).encode())
            return f", and {count(len(lacking), 'line')} into {path.name}"
        if lacking:
            lines = " and ".join(f'"{line}"' for line in lacking)
            console.out(f"init: add to {path}: {lines}, so that git changes no line ends there")
    except OSError as error:
        console.out(f"init: {path} could not be written: {error.strerror}; see genesis-mon explain GM208")
    return ""
