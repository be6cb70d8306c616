"""The catcher: takes notifications instead of Slack, a pager or a webhook, and writes them down.

Each message is a line of JSON: ``time`` in seconds since 1970, ``path`` (``/receiver/kind``), and ``data``.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.catcher import catch
from genesis_monitoring.clients.log_file import LogFile
from genesis_monitoring.files import read_regular
from genesis_monitoring.receivers.base import Protocol
from genesis_monitoring.receivers.message import Message

_MAX_BYTES, _FILES = 10 * 1024 * 1024, 3


@dataclass(frozen=True, slots=True)
class Caught:
    """A message and when it came, in seconds since 1970."""

    time: float
    message: Message


def write_caught(ports: Mapping[Protocol, int], log: Path) -> None:
    """Catch on ``ports`` until the process is ended. Raises OSError if one is taken."""
    import threading

    file = LogFile(log, _MAX_BYTES, _FILES)
    lock = threading.Lock()

    def keep(message: Message) -> None:
        line = json.dumps({"time": time.time(), "path": message.path, "data": message.data})
        with lock:
            file.write(f"{line}\n".encode())

    with catch(keep) as catcher:
        for protocol, port in ports.items():
            catcher.listen(protocol, port)
        threading.Event().wait()


def read_caught(log: Path) -> tuple[Caught, ...]:
    """What has been caught so far; a line that is not yet whole is left out."""
    try:
        lines = read_regular(log, 2 * _MAX_BYTES).decode("utf-8").splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
            found.append(Caught(float(entry["time"]), Message(str(entry["path"]), entry["data"])))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)
