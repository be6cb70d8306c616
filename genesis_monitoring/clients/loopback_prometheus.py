"""The Prometheus on a port of this machine as a reader: quick to load, and each question is asked once."""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.clients.http import Answer
from genesis_monitoring.clients.http_errors import ServerError
from genesis_monitoring.clients.loopback import LOOPBACK, ask
from genesis_monitoring.clients.prometheus_api import HttpPrometheus

_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LoopbackTransport:
    """See Transport. ``timeout`` is in seconds."""

    port: int
    timeout: float = _TIMEOUT_SECONDS

    @property
    def url(self) -> str:
        """See Transport."""
        return f"http://{LOOPBACK}:{self.port}"

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """See Transport."""
        import time
        from urllib.parse import urlencode

        begun = time.monotonic()
        try:
            status, document = ask(self.port, "GET", f"{path}?{urlencode(parameters)}", timeout=self.timeout)
        except OSError as error:
            raise ServerError(f"{self.url} does not answer: {error}", "see its log") from error
        return Answer(document, status, time.monotonic() - begun)

    def close(self) -> None:
        """See Transport; no connection is kept."""


def loopback_prometheus(port: int) -> HttpPrometheus:
    """The reader."""
    return HttpPrometheus(LoopbackTransport(port))
