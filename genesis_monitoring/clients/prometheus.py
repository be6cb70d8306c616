"""A real Prometheus, 2.42 to 3.x, run on a copy of the tree: a configuration and series in, what it made of
them out.

See ``prometheus_copy`` for the two things in which the copy differs.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.process import ToolCrashed, run_tool
from genesis_monitoring.clients.prometheus_copy import hurried, hurried_rules
from genesis_monitoring.clients.server import LISTEN, Server, ServerEnded, scratch_folder, serve
from genesis_monitoring.clients.server_flags import kept_flags
from genesis_monitoring.clients.server_log import LogLine, read_log_line
from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool
from genesis_monitoring.conventions import RULES_FOLDER

_PATIENCE_SECONDS = 20.0
_UNKNOWN = "unknown"
_OURS = frozenset({"--config.file", "--storage.tsdb.path", "--web.listen-address"})


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule that is loaded. ``health`` is ok, err, or unknown before its first evaluation."""

    file: str
    group: str
    name: str
    health: str
    error: str


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """A target of a job, as ``host:port``."""

    job: str
    address: str


@dataclass(frozen=True, slots=True)
class LivePrometheus:
    """What a run came to. Where ``ready`` is false there are no rules and targets, and the log says why.

    ``answers`` has the status of each path that was asked.
    """

    ready: bool
    rules: tuple[LiveRule, ...]
    targets: tuple[LiveTarget, ...]
    log: tuple[LogLine, ...]
    answers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prometheus:
    """``path`` and ``promtool`` are the flags' values, if any; ``timeout`` is in seconds, for a process."""

    path: str | None = None
    promtool: str | None = None
    timeout: float = 60.0

    @property
    def version(self) -> str:
        """See PrometheusServer."""
        return find_tool(PROMETHEUS, self.path).version

    def evaluate(
        self,
        tree: Path,
        config: str,
        series: str,
        command: Sequence[str] = (),
        asked: Collection[str] = (),
    ) -> LivePrometheus:
        """Load ``config`` of ``tree`` with ``series`` (OpenMetrics text) as its past; evaluate all twice.

        ``command`` are further arguments; paths in them are relative to ``tree``. Each path of ``asked`` is
        asked for. Raises RoutesMoved, ToolMissing, ToolCrashed or ToolTimedOut if there is no answer.
        """
        tool = find_tool(PROMETHEUS, self.path)
        with scratch_folder() as scratch:
            data = scratch / "data"
            if series:
                file = scratch / "series.txt"
                file.write_text(series, encoding="utf-8")
                store_series(file, data, promtool=self.promtool, timeout=self.timeout)
            copy = _copy(tree, config, scratch / "tree")
            argv = (
                *tool.argv,
                *kept_flags(command, _OURS),
                f"--config.file={copy}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address={LISTEN}",
            )
            try:
                inside = scratch / "tree"
                with serve("prometheus", argv, cwd=inside, scratch=scratch, timeout=self.timeout) as server:
                    groups = _evaluated(server)
                    rules = tuple(_rules(groups, copy.parent, Path(config).parent))
                    targets = tuple(_targets(server))
                    answers = {path: server.status(path) for path in asked}
                    return LivePrometheus(True, rules, targets, _without_folder(server.log, inside), answers)
            except ServerEnded as end:
                return LivePrometheus(False, (), (), _without_folder(end.log, scratch / "tree"))


def store_series(file: Path, data: Path, *, promtool: str | None = None, timeout: float = 60.0) -> None:
    """Put the samples of ``file`` (OpenMetrics text) into ``data``, for a Prometheus that does not run yet.

    Raises ToolMissing, ToolCrashed or ToolTimedOut.
    """
    tool = find_tool(PROMTOOL, promtool)
    command = ("tsdb", "create-blocks-from", "openmetrics", str(file), str(data))
    run = run_tool((*tool.argv, *command), cwd=file.parent, timeout=timeout, merged=True)
    if run.exit_code:
        raise ToolCrashed(f"promtool could not store series: {run.stdout.strip()[:300]}")


def _copy(tree: Path, config: str, folder: Path) -> Path:
    import shutil

    inside = Path(config).parent
    try:
        shutil.copytree(tree / inside, folder / inside)
        copy = folder / config
        copy.write_text(hurried(copy.read_text("utf-8")), encoding="utf-8")
        for file in (folder / RULES_FOLDER).glob("*.yml"):
            file.write_text(hurried_rules(file.read_text("utf-8")), encoding="utf-8")
    except (OSError, ValueError, shutil.Error) as error:
        raise ToolCrashed(f"the tree could not be copied: {error}") from error
    return copy


def _without_folder(log: tuple[LogLine, ...], folder: Path) -> tuple[LogLine, ...]:
    """The log as if Prometheus had run in the tree itself."""
    return tuple(read_log_line(line.text.replace(f"{folder}/", "")) for line in log)


def _evaluated(server: Server) -> list[dict[str, Any]]:
    """The rule groups, each evaluated twice, or as far as they have come when patience is at its end."""
    end = time.monotonic() + _PATIENCE_SECONDS
    first: dict[tuple[str, str], str] = {}
    while True:
        groups: list[dict[str, Any]] = server.get("/api/v1/rules")["data"]["groups"]
        known = all(rule["health"] != _UNKNOWN for group in groups for rule in group["rules"])
        now = {(group["file"], group["name"]): group["lastEvaluation"] for group in groups}
        if known and not first:
            first = now
        if (known and all(now[key] != first.get(key) for key in now)) or time.monotonic() > end:
            return groups
        server.pause()


def _rules(groups: list[dict[str, Any]], copied: Path, inside: Path) -> Iterator[LiveRule]:
    for group in groups:
        file = Path(group["file"])
        place = inside / file.relative_to(copied) if file.is_relative_to(copied) else file
        for rule in group["rules"]:
            error = rule.get("lastError", "")
            yield LiveRule(place.as_posix(), group["name"], rule["name"], rule["health"], error)


def _targets(server: Server) -> Iterator[LiveTarget]:
    """From the configuration as it is loaded: the list of targets itself comes only after five seconds."""
    import yaml

    text = server.get("/api/v1/status/config")["data"]["yaml"]
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    for job in loaded.get("scrape_configs") or ():
        for static in job.get("static_configs") or ():
            for address in static.get("targets") or ():
                yield LiveTarget(job["job_name"], address)
