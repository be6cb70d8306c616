"""Plays a scenario: serves the synthetic Genesis's metrics by HTTP, and keeps its test results fresh.

Values are made when they are asked for, so that they belong to the moment of the scrape.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time

from prometheus_client.metrics_core import Metric as Family

from genesis_monitoring.errors import CouldNotTellError, GenesisMonError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.scenario import Scenario
from genesis_monitoring.stack.synthetic_app import SyntheticApp, load_module
from genesis_monitoring.stack.synthetic_results import SyntheticResults
from genesis_monitoring.stack.timeline import Timeline

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to serve."""

    host: str
    port: int


def run_simulator(
    plan: Plan,
    tree: Path,
    scenario: Scenario,
    listen: Listen,
    results: Path | None,
    ready: Callable[[str], None],
) -> None:
    """Play ``scenario`` from now on, until SIGTERM or ^C; only then this returns. For the main thread.

    ``tree`` is the rendered tree, whose first module of metric declarations is used; ``results`` is where
    test results are kept, nowhere if None. ``ready`` gets the address once metrics are served there.
    Raises GenesisMonError for a tree without such a module, CouldNotTellError for an address in use.
    """
    if not plan.instrumentation:
        raise GenesisMonError(
            "no application outside the stack has metrics in the spec, so there is nothing to simulate",
            "add one to prometheus.targets, and name it as the job of its metrics",
        )
    module = plan.instrumentation[0]
    now = time()
    timeline = Timeline(scenario, now)
    app = SyntheticApp(load_module(tree / module.path), module, plan, timeline, now)
    try:
        path = plan.spec.prometheus.targets[module.job].asked_path
        server = _Server((listen.host, listen.port), app, path)
    except OSError as error:
        where = f"{listen.host}:{listen.port}"
        raise CouldNotTellError(
            f"cannot listen on {where}: {error.strerror}", "give another --listen"
        ) from None
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        kept = SyntheticResults(plan.spec.suites, results, timeline) if results is not None else None
        _keep(kept)
        ready(f"http://{server.server_address[0]!s}:{server.server_address[1]}{path}")
        while not stopping.wait(_LOOK_SECONDS):
            _keep(kept)
    finally:
        server.shutdown()
        server.server_close()


def _keep(results: SyntheticResults | None) -> None:
    """A full disk is told, and does not end the play."""
    try:
        if results is not None:
            results.refresh(time())
    except OSError as error:
        print(f"test results cannot be written: {error}", file=sys.stderr)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], app: SyntheticApp, path: str) -> None:
        self.path, self._app, self._lock = path, app, threading.Lock()
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away in the middle is no fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def exposition(self) -> bytes:
        """The metrics of this moment in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        with self._lock:
            families = list(self._app.collect(time()))
        registry = CollectorRegistry()
        registry.register(_Families(families))
        return generate_latest(registry)


@dataclass(frozen=True, slots=True)
class _Families:
    families: list[Family]

    def collect(self) -> Iterator[Family]:
        yield from self.families

    __hash__ = object.__hash__


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """The metrics, at the path at which the application has them, and ``/healthz``."""
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

        path = self.path.partition("?")[0]
        if path == self.server.path:
            self._answer(200, self.server.exposition(), CONTENT_TYPE_PLAIN_0_0_4)
        elif path == "/healthz":
            self._answer(200, b"ok\n", "text/plain; charset=utf-8")
        else:
            self._answer(404, f"{self.server.path} or /healthz\n".encode(), "text/plain; charset=utf-8")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """A scrape is no news."""
