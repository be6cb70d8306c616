"""``genesis-mon init``: a small commented spec to start from. It never overwrites."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from genesis_monitoring.commands.rollout_inputs import ServerOptions
from genesis_monitoring.conventions import LEDGER_FILE, OUTPUT_FOLDER, ledger_file, output_folder
from genesis_monitoring.errors import ExitCode, GenesisMonError, UsageError
from genesis_monitoring.files import read_regular
from genesis_monitoring.importers.exposition import Catalogue, catalogue_of, read_exposition
from genesis_monitoring.report.console import Console
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


def run_init_from_metrics(
    path: Path, scrape: Path, job: str, addresses: tuple[str, ...], console: Console
) -> ExitCode:
    """Write a spec with the metrics of a scrape. Raises UsageError for what is none."""
    try:
        text = read_regular(scrape, _MOST_SCRAPED).decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"{scrape}: cannot be read: {error.strerror}", "take one with: curl -s http://HOST:PORT/metrics"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{scrape}: is not text in UTF-8", "take a scrape in the text format") from None
    catalogue = read_exposition(text, str(scrape), job)
    return _proposed(path, catalogue, job, {job: addresses}, str(scrape), console)


def run_init_from_prometheus(path: Path, name: str, server: ServerOptions, console: Console) -> ExitCode:
    """Write a spec with the metrics that a Prometheus has now. Raises UsageError, and ServerError."""
    from genesis_monitoring.clients.http import HttpTransport
    from genesis_monitoring.clients.prometheus_api import HttpPrometheus
    from genesis_monitoring.commands.interrupts import tidied_up

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
    return _proposed(path, catalogue, name, others, transport.url, console)


def _proposed(
    path: Path,
    catalogue: Catalogue,
    name: str,
    targets: Mapping[str, tuple[str, ...]],
    whence: str,
    console: Console,
) -> ExitCode:
    from genesis_monitoring.importers.proposal import propose
    from genesis_monitoring.spec.load import parse_spec
    from genesis_monitoring.spec.source import SpecError

    if not catalogue.metrics:
        raise UsageError(f"{whence} has no metric that a spec can name", "take one of another target")
    text = propose(catalogue, name, targets, whence)
    try:
        spec = parse_spec(text, str(path)).spec
    except SpecError as error:
        raise UsageError(
            f"{whence} gives no valid spec: {error.findings[0].message}",
            "another --job or --address may do; the metrics themselves are in order",
        ) from None
    code = _written(path, text, console)
    if code is ExitCode.OK:
        left = f", {count(len(catalogue.left_out), 'metric')} left out" if catalogue.left_out else ""
        proposed = ", ".join(spec.slis)
        console.out(f"init: {count(len(catalogue.metrics), 'metric')}{left}; proposed SLIs: {proposed}")
    return code


def _written(path: Path, text: str, console: Console) -> ExitCode:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise GenesisMonError(f"{path}: exists already", "give another name, or remove it first") from None
    except OSError as error:
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "name a file in a folder that you can write to"
        ) from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "make room on the disk, then try again"
        ) from None
    also = _protect(path.parent / _ATTRIBUTES, console)
    console.out(f"init: wrote {path}{also}; next: genesis-mon render --spec {path}")
    return ExitCode.OK


def _protect(path: Path, console: Console) -> str:
    """Git leaves generated files as they are. What is there is kept, and told what to add."""
    try:
        if path.exists():
            have = path.read_text("utf-8", errors="replace").splitlines()
            lines = " and ".join(f'"{line}"' for line in _PROTECTED if line not in have)
            if lines:
                console.out(f"init: add to {path}: {lines}, so that git changes no line ends there")
            return ""
        path.write_text(f"{_WHY}\n" + "".join(f"{line}\n" for line in _PROTECTED), "utf-8")
    except OSError as error:
        console.out(f"init: {path} could not be written: {error.strerror}; see genesis-mon explain GM208")
        return ""
    return f", and {path.name} beside it"
