"""The end of each log file of the spec in; how many of its lines tell of errors out."""

import re
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.spec.rollout import Logs

SAMPLED_BYTES = 256 * 1024
_ERROR = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback \(most recent call last\)")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class LogSample:
    """The end of a log file. ``problem`` says why there is none; ``last`` is its last error line."""

    file: str
    lines: int
    errors: int
    last: str
    problem: str = ""


def sample_logs(logs: Logs | None, folder: Path) -> tuple[LogSample, ...]:
    """The last 256 KiB of each; ``folder`` is where the spec is."""
    if logs is None:
        return ()
    return tuple(
        _sample(folder / logs.folder / one.file, one.file) for group in logs.groups for one in group.files
    )


def _sample(path: Path, name: str) -> LogSample:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - SAMPLED_BYTES))
            text = file.read(SAMPLED_BYTES).decode("utf-8", errors="replace")
    except OSError as error:
        return LogSample(name, 0, 0, "", error.strerror or "cannot be read")
    lines = text.splitlines()
    errors = [line for line in lines if _ERROR.search(line)]
    return LogSample(name, len(lines), len(errors), errors[-1][:_SHOWN] if errors else "")
