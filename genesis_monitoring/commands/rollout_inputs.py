"""What the commands of a rollout begin with: its plan, its window, and the server that knows about it."""

import hashlib
import math
import os
import shlex
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.http_settings import HttpSettings, read_settings
from genesis_monitoring.conventions import SPEC_FILE, ledger_file
from genesis_monitoring.errors import UsageError
from genesis_monitoring.files import check_target
from genesis_monitoring.plan.compile import Plan, begun, compile_plan
from genesis_monitoring.rollout.checkpoint import KIND
from genesis_monitoring.rollout.logs import LogSample, sample_logs
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.taking import Book
from genesis_monitoring.rollout.window import Window, format_iso, format_time
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.source import Source
from genesis_monitoring.times import parse_time


@dataclass(frozen=True, slots=True)
class SpecFile:
    """The spec that the user named: as it stands in an environment, or None, as it is written."""

    path: Path
    environment: str | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """What names it on a command line; nothing for the default."""
        named = () if self.path == Path(SPEC_FILE) else ("--spec", str(self.path))
        return (*named, *(() if self.environment is None else ("--env", self.environment)))


@dataclass(frozen=True, slots=True)
class RolloutProject:
    """A plan that has a rollout, the spec that it is from, and the environment of that."""

    plan: Plan
    source: Source
    environment: str | None = None

    @property
    def digest(self) -> str:
        """Of the spec as it was read."""
        return spec_digest(self.source, self.environment)

    def window(self, start: str | None) -> Window:
        """From the spec's start, or from ``start``. Raises UsageError for a time that is none."""
        rollout = self.plan.spec.rollout
        if rollout is None:
            raise AssertionError("load_rollout lets no spec without a rollout pass")
        begin = rollout.start.timestamp() if start is None else read_time_option(start, "--start")
        return Window(begin, begin + rollout.duration)

    def begun(self, start: float) -> "RolloutProject":
        """As if the spec's rollout began at ``start``, in seconds since 1970."""
        return RolloutProject(begun(self.plan, start), self.source, self.environment)

    def pace(self, start: str | None, speed: float = 1.0) -> Pace:
        """The window with the checkpoints in it. Raises UsageError for a time that is none."""
        rollout = self.plan.rollout
        if rollout is None:
            raise AssertionError("load_rollout lets no spec without a rollout pass")
        return Pace(self.window(start), speed, len(rollout.checkpoints))


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How to reach a server, as the user said it; None stands for the default."""

    url: str | None
    timeout: float
    ca_file: Path | None
    token_file: Path | None

    def settings(self, default: str, option: str) -> HttpSettings:
        """Raises UsageError for what cannot be used."""
        return read_settings(
            default if self.url is None else self.url,
            os.environ,
            option=option,
            timeout=self.timeout,
            ca_file=self.ca_file,
            token_file=self.token_file,
        )


def load_rollout(spec: SpecFile) -> RolloutProject:
    """Raises SpecError for an invalid spec, UsageError for one without a rollout, or such an environment."""
    loaded = load_spec(spec.path, environment=spec.environment)
    if loaded.spec.rollout is None:
        where = "" if spec.environment is None else f" in environment {spec.environment}"
        raise UsageError(f"{spec.path} has no rollout{where}", "add a rollout section to the spec")
    plan = compile_plan(loaded.spec, loaded.spec.profile_in_force)
    return RolloutProject(plan, loaded.source, spec.environment)


def spec_digest(source: Source, environment: str | None) -> str:
    """Of a spec as it is read: of its files, in an environment with a zero byte and its name behind them."""
    read = source.identity if environment is None else source.identity + b"\0" + environment.encode()
    return f"sha256:{hashlib.sha256(read).hexdigest()}"


def log_reader(
    project: RolloutProject, spec: SpecFile, book: Book, begin: float
) -> Callable[[], tuple[LogSample, ...]]:
    """Looks at the log files, which lie beside the spec, whenever it is called.

    What is new in them since the latest checkpoint of ``book``; before the first, since ``begin``.
    """
    rollout = project.plan.spec.rollout
    logs = rollout.logs if rollout else None

    def look() -> tuple[LogSample, ...]:
        latest = book.latest()
        before = {sample.file: sample for sample in latest.logs} if latest else {}
        return sample_logs(logs, spec.path.parent, before, latest.taken if latest else begin)

    return look


def ledger_path(spec: SpecFile, named: Path | None) -> Path:
    """The ledger: beside the spec unless named, one for each environment."""
    return named if named is not None else spec.path.parent / ledger_file(spec.environment)


def nobody_watched(pace: Pace, ledger: Path, now: float) -> str:
    """Of a rollout that is over and has no checkpoint in the ledger, what is to be said; else nothing."""
    if pace.end >= now or Book(ledger, pace.rollout).read().of(pace.rollout, KIND):
        return ""
    return f"the rollout was over at {format_time(pace.end)} UTC, and nobody took a checkpoint of it"


def begin_now(command: str, spec: SpecFile, now: float) -> str:
    """How a rollout is told that begins now and not when the spec says."""
    more = ("--start", format_iso(math.ceil(now)), *spec.options)
    return (
        f"if it begins now: genesis-mon rollout {command} {shlex.join(more)}, and the same --start with all "
        "that comes after; or put the true start into rollout.start"
    )


def check_output(path: Path, option: str) -> None:
    """Raises UsageError where a file cannot be put at ``path``, since something else is there."""
    try:
        check_target(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", f"name another file with {option}"
        ) from None


def check_folder(path: Path, option: str) -> None:
    """Raises UsageError where no folder can be at ``path``, since a file, a pipe or a device is there."""
    try:
        there = stat.S_IFMT(path.stat().st_mode)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be used: {reason}", f"name another folder with {option}") from None
    if there != stat.S_IFDIR:
        raise UsageError(f"{path} is not a folder", f"name another folder with {option}")


def read_time_option(text: str, option: str) -> float:
    """Seconds since 1970 of ``2025-10-23T20:56:00Z``. Raises UsageError for anything without a zone."""
    try:
        return parse_time(text)
    except ValueError as error:
        raise UsageError(f"{option} is no time: {text[:100]!r}", f"{error}") from None
