"""A real Alertmanager, 0.25 and later, for as long as a block lasts: alerts in, what becomes of them out.

``ask`` runs the generated file as it is. Everything is silenced before the first alert comes, so nothing is
sent to anybody, while receivers, groups and inhibition are told all the same.

``deliver`` sends messages, to a catcher on this machine instead of the real addresses: see
``alertmanager_copy`` for what the copy of the file has changed.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.clients.alertmanager_sessions import AlertmanagerSession, DeliverySession
from genesis_monitoring.clients.catcher import catch
from genesis_monitoring.clients.moved_zones import move_zones
from genesis_monitoring.clients.process import ToolCrashed
from genesis_monitoring.clients.server import LISTEN, Server, scratch_folder, serve
from genesis_monitoring.clients.server_flags import kept_flags
from genesis_monitoring.clients.tools import ALERTMANAGER, find_tool

_SILENCE = {
    "matchers": [{"name": "alertname", "value": ".+", "isRegex": True, "isEqual": True}],
    "startsAt": "2020-01-01T00:00:00Z",
    "endsAt": "2100-01-01T00:00:00Z",
    "createdBy": "genesis-mon",
    "comment": "a check runs",
}
_END_SECONDS = 20.0
_OURS = frozenset({"--config.file", "--storage.path", "--web.listen-address", "--cluster.listen-address"})


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """``path`` is the flag's value, if any; ``timeout`` is in seconds, for all that one block does."""

    path: str | None = None
    timeout: float = 60.0

    @property
    def version(self) -> str:
        """See AlertmanagerServer."""
        return find_tool(ALERTMANAGER, self.path).version

    @contextlib.contextmanager
    def ask(self, tree: Path, config: str, command: Sequence[str] = ()) -> Iterator[AlertmanagerSession]:
        """See AlertmanagerServer."""
        with scratch_folder() as scratch, self._serve(tree, config, scratch, command) as server:
            server.post("/api/v2/silences", _SILENCE)
            silences = server.get("/api/v2/silences")
            if [silence["status"]["state"] for silence in silences] != ["active"]:
                raise ToolCrashed("alertmanager did not silence everything, so no alert was posted")
            yield AlertmanagerSession(server)

    @contextlib.contextmanager
    def deliver(
        self,
        tree: Path,
        config: str,
        command: Sequence[str] = (),
        at: datetime | None = None,
        zones: Sequence[str] = (),
    ) -> Iterator[DeliverySession]:
        """See AlertmanagerServer."""
        import shutil

        with scratch_folder() as scratch, catch() as catcher:
            inside = Path(config).parent
            try:
                shutil.copytree(tree / inside, scratch / "tree" / inside)
                copy = scratch / "tree" / config
                text = copy.read_text("utf-8")
                copy.write_text(
                    redirect(
                        text, catcher.address, scratch, inhibiting=False, timed=at is not None, turns=True
                    ),
                    encoding="utf-8",
                )
            except (OSError, ValueError, shutil.Error) as error:
                raise ToolCrashed(f"the configuration could not be copied: {error}") from error
            clock = move_zones(scratch / "zones", zones, at, datetime.now(UTC)) if at else {}
            with self._serve(scratch / "tree", config, scratch, command, clock) as server:
                yield DeliverySession(server, catcher)

    @contextlib.contextmanager
    def keep(
        self,
        folder: Path,
        config: str,
        storage: Path,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
    ) -> Iterator[AlertmanagerSession]:
        """Run ``config`` of ``folder`` as it is, and let it send; it ends gently, so ``storage`` is whole.

        What it has sent is known to the next one with the same ``storage``.
        """
        with self._serve(folder, config, storage, command, environment) as server:
            yield AlertmanagerSession(server)
            server.terminate(_END_SECONDS)

    def _serve(
        self,
        tree: Path,
        config: str,
        scratch: Path,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> contextlib.AbstractContextManager[Server]:
        tool = find_tool(ALERTMANAGER, self.path)
        argv = (
            *tool.argv,
            *kept_flags(command, _OURS),
            f"--config.file={config}",
            f"--storage.path={scratch / 'data'}",
            f"--web.listen-address={LISTEN}",
            "--cluster.listen-address=",
        )
        return serve(
            "alertmanager", argv, cwd=tree, scratch=scratch, timeout=self.timeout, environment=environment
        )
