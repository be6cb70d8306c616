"""``genesis-mon exporter``: serve test suite results as metrics, or print them once."""

import contextlib
import gc
import time
from importlib.metadata import version
from pathlib import Path

from genesis_monitoring.commands.interrupts import wait_for_stop
from genesis_monitoring.conventions import SUITE_TESTS
from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.exporter.address import parse_address
from genesis_monitoring.exporter.exposition import OPENMETRICS, PATIENCE, PLAIN, Exposition
from genesis_monitoring.exporter.metrics import find_exposed
from genesis_monitoring.exporter.server import ExporterServer, serving
from genesis_monitoring.extras import need
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.words import count

FORMATS = {"text": PLAIN, "openmetrics": OPENMETRICS}


def run_serve(path: Path, console: Console, *, listen: str, environment: str | None = None) -> ExitCode:
    """Serve until SIGTERM (0) or ^C (KeyboardInterrupt). The spec is read once.

    Raises SpecError, UsageError for ``listen`` or a missing package, CouldNotTellError for an address that
    cannot be had.
    """
    address = parse_address(listen)
    spec = _load(path, environment)
    # Commands run without garbage collection, and this one does not end.
    gc.enable()
    exposition = _exposition(spec, path, console, patience=PATIENCE)
    server = ExporterServer(address, exposition)
    with wait_for_stop() as wait, serving(server):
        suites = count(len(spec.suites), "suite")
        console.err(f"exporter: listening on http://{server.address}/metrics, {suites} of {path}")
        # So that the first scrape need not wait for the files.
        exposition.look()
        wait()
    console.err("exporter: stopped")
    return ExitCode.OK


def run_show(path: Path, console: Console, *, media_type: str, environment: str | None = None) -> ExitCode:
    """Print what would be exposed now. FINDINGS if a suite has no result that may be shown."""
    spec = _load(path, environment)
    exposition = _exposition(spec, path, console, patience=None)
    with console.progress(f"exporter: reading {count(len(spec.suites), 'result file')}"):
        page = exposition.page(media_type)
    console.data(page.body.decode())
    unknown = exposition.unknown()
    if unknown:
        console.err(f"exporter: no fresh result of {', '.join(unknown)}")
    return ExitCode.FINDINGS if unknown else ExitCode.OK


def _load(path: Path, environment: str | None) -> Spec:
    need("the exporter", "lxml", "prometheus_client")
    spec = load_spec(path, environment=environment).spec
    if not spec.suites:
        raise GenesisMonError(
            f"{path} declares no test suites, so there is nothing to export",
            "declare them under suites, each with title, results, expected and max_age",
        )
    if not find_exposed(spec).metrics:
        raise GenesisMonError(
            f"the catalogue of {path} lists none of the exporter's metrics as exported",
            f"list what you want under metrics, such as {SUITE_TESTS}",
        )
    return spec


def _exposition(spec: Spec, path: Path, console: Console, *, patience: float | None) -> Exposition:
    def tell(line: str) -> None:
        # A log that nobody reads any more, or a full disk, must not end the metrics.
        with contextlib.suppress(OSError):
            console.err(f"exporter: {line}")

    return Exposition(
        spec, path.parent, version("genesis-mon"), clock=time.time, tell=tell, patience=patience
    )
