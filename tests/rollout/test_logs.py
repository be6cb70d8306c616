"""The log spot check: which lines tell of an error, and what is new in a log since it was looked at."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from genesis_monitoring.rollout.log_errors import SHOWN, find_errors
from genesis_monitoring.rollout.logs import SAMPLED_BYTES, LogSample, sample_logs
from genesis_monitoring.spec.rollout import Logs

LOGS = Logs.model_validate(
    {"folder": "logs", "groups": ({"title": "T", "files": ({"file": "agents.log", "about": "A"},)},)}
)
TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n'


def errors_of(text: str, since: float | None = None) -> tuple[int, str]:
    found = find_errors(enumerate(text.splitlines()), 0, since)
    return found.errors, found.last


@pytest.mark.parametrize(
    ("text", "errors", "last"),
    [
        ("INFO all well", 0, ""),
        (
            "2025-10-23 10:00:00,123 - agents - ERROR - bad",
            1,
            "2025-10-23 10:00:00,123 - agents - ERROR - bad",
        ),
        ("INFO no ERROR so far", 0, ""),
        ("WARNING FATAL is a word", 0, ""),
        ("ERROR reading INFO", 1, "ERROR reading INFO"),
        ("not an ERRORS line", 0, ""),
        (f"{TRACE}ValueError: bad", 1, "ValueError: bad"),
        (f"{TRACE}KeyboardInterrupt\nINFO next", 1, "KeyboardInterrupt"),
        (f"ERROR failed\n{TRACE}requests.exceptions.Timeout: late", 1, "requests.exceptions.Timeout: late"),
        (
            f"{TRACE}KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n"
            f"{TRACE}ValueError: b",
            1,
            "ValueError: b",
        ),
        (f"{TRACE}A: 1\n{TRACE}B: 2", 2, "B: 2"),
        (f"{TRACE}INFO: something else", 1, "a traceback that breaks off"),
        (TRACE, 1, "a traceback that breaks off"),
        ("a | Traceback (most recent call last):\na |   File\na | ValueError: bad", 1, "ValueError: bad"),
        ("ValueError: bad", 1, "ValueError: bad"),
        ("a.IllegalStateException: bad\n\tat a.B.c(B.java:1)", 1, "a.IllegalStateException: bad"),
        ('Exception in thread "main" a.Bad: bad', 1, 'Exception in thread "main" a.Bad: bad'),
        ("panic: runtime error: index\n\ngoroutine 1 [running]:", 1, "panic: runtime error: index"),
        ('time="x" level=error msg="bad"', 1, 'time="x" level=error msg="bad"'),
        ('time="x" level=info msg="no ERROR"', 0, ""),
        ("2025/10/23 10:00:00 [error] 12#12: bad", 1, "2025/10/23 10:00:00 [error] 12#12: bad"),
        ('{"level": "error", "msg": "bad"}', 1, "bad"),
        ('{"levelname": "CRITICAL", "message": "bad"}', 1, "bad"),
        ('{"severity": "INFO", "message": "no ERROR"}', 0, ""),
        ('{"log": {"level": "error"}, "message": "bad"}', 1, "bad"),
        ('{"log.level": "ERROR", "message": "bad"}', 1, "bad"),
        ('{"level": 50, "msg": "bad"}', 1, "bad"),
        ('{"level": 40, "msg": "pino warns"}', 0, ""),
        ('{"levelno": 40, "msg": "bad"}', 1, "bad"),
        ('{"level": 3, "short_message": "x", "msg": "bad"}', 1, "bad"),
        ('{"s": "E", "c": "NETWORK", "msg": "bad"}', 1, "bad"),
        ('{"level": "info", "error": "handled"}', 0, ""),
        ('{"msg": "failed", "err": {"type": "TypeError", "message": "bad"}}', 1, "TypeError: bad"),
        (
            '{"level": "error", "message": "failed", "exc_info": '
            '"Traceback (most recent call last):\\n  File\\nValueError: bad"}',
            1,
            "ValueError: bad",
        ),
        ('{"message": "ERROR without a level"}', 1, "ERROR without a level"),
        ('{"log": "ERROR bad\\n", "stream": "stderr", "time": "2025-10-23T10:00:00Z"}', 1, "ERROR bad"),
        ('{"level": "error"', 0, ""),
        ("{" * 100_000, 0, ""),
        ("ERROR " + "x" * 10_000, 1, "ERROR " + "x" * (SHOWN - 6)),
    ],
)
def test_which_lines_tell_of_an_error(text: str, errors: int, last: str) -> None:
    assert errors_of(text) == (errors, last)


def test_lines_of_before_are_left_out() -> None:
    text = (
        f"2025-10-23T10:00:00Z ERROR early\n{TRACE}ValueError: early\n"
        '{"time": "2025-10-23T10:59:59Z", "level": "error", "msg": "early"}\n'
        '{"time": 1761217200000, "level": "error", "msg": "in time"}\n'
    )
    assert errors_of(text, since=1761217200.0) == (1, "in time")


class Folder:
    """A log that is looked at again and again, as checkpoint after checkpoint does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "logs").mkdir()
        self.log = folder / "logs" / "agents.log"
        self.before: LogSample | None = None

    def add(self, text: str) -> None:
        with self.log.open("a") as file:
            file.write(text)

    def look(self) -> tuple[int, str, str]:
        """Errors, the last one, the problem."""
        known = {} if self.before is None else {"agents.log": LogSample(**asdict(self.before))}
        (self.before,) = sample_logs(LOGS, self.folder, known)
        return self.before.errors, self.before.last, self.before.problem


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_only_what_is_new_counts(folder: Folder) -> None:
    folder.add("ERROR one\n")
    assert folder.look() == (1, "ERROR one", "")
    assert folder.look() == (0, "", "")
    folder.add("INFO x\nERROR two\n")
    assert folder.look() == (1, "ERROR two", "")
    assert folder.look() == (0, "", "")


def test_what_is_half_written_is_looked_at_again(folder: Folder) -> None:
    folder.add("INFO x\nERRO")
    assert folder.look() == (0, "", "")
    folder.add(f"R bad\n{TRACE}")
    assert folder.look() == (1, "a traceback that breaks off", "")
    assert folder.look() == (0, "", "")
    folder.add("ValueError: bad\n")
    assert folder.look() == (1, "ValueError: bad", "")


def by_rename(log: Path) -> None:
    log.rename(log.with_name("agents.log.1"))


def by_date(log: Path) -> None:
    log.rename(log.with_name("agents.log-20251024"))


def by_copy(log: Path) -> None:
    log.with_name("agents.log.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)


@pytest.mark.parametrize("rotate", [by_rename, by_date, by_copy])
def test_a_rotated_log_is_read_on(folder: Folder, rotate: Callable[[Path], None]) -> None:
    folder.add("INFO begin\nERROR old\n")
    folder.look()
    folder.add("ERROR one\n")
    rotate(folder.log)
    folder.add("ERROR two\n")
    assert folder.look() == (2, "ERROR two", "")
    folder.add("ERROR three\n")
    assert folder.look() == (1, "ERROR three", "")


def test_one_that_is_rotated_twice_is_read_on(folder: Folder) -> None:
    folder.add("INFO begin\n")
    folder.look()
    folder.add("ERROR one\n")
    by_rename(folder.log)
    os.utime(folder.log.with_name("agents.log.1"), (1.0, 1.0))
    folder.log.with_name("agents.log.1").rename(folder.log.with_name("agents.log.2"))
    folder.add("ERROR two\n")
    by_rename(folder.log)
    folder.add("ERROR three\n")
    assert folder.look() == (3, "ERROR three", "")


def test_what_is_gone_is_told(folder: Folder) -> None:
    folder.add("INFO begin\nINFO more\n")
    folder.look()
    folder.log.with_name("agents.log.1.gz").write_bytes(b"x")
    folder.log.unlink()
    folder.add("ERROR new\n")
    errors, last, problem = folder.look()
    assert (errors, last) == (1, "ERROR new")
    assert problem == "it was rotated, and what it was rotated to is compressed: agents.log.1.gz"
    folder.log.with_name("agents.log.1.gz").unlink()
    os.truncate(folder.log, 0)
    assert folder.look() == (0, "", "it was cut short, and what was written before that is not there")
    folder.add("ERROR again\n")
    assert folder.look() == (1, "ERROR again", "")


def test_one_that_grew_again_beyond_where_it_was_cut_is_seen(folder: Folder) -> None:
    folder.add("INFO begin\n")
    folder.look()
    folder.log.write_text("ERROR first\nINFO and more than before\n")
    errors, last, problem = folder.look()
    assert (errors, last) == (1, "ERROR first")
    assert problem == "it was cut short, and what was written before that is not there"


def test_one_that_cannot_be_read_for_a_while_loses_nothing(folder: Folder) -> None:
    folder.add("INFO begin\n")
    folder.look()
    hidden = folder.log.rename(folder.folder / "hidden")
    assert folder.look() == (0, "", "No such file or directory")
    assert folder.look() == (0, "", "No such file or directory")
    hidden.rename(folder.log)
    folder.add("ERROR meanwhile\n")
    assert folder.look() == (1, "ERROR meanwhile", "")


def test_more_than_is_looked_at_is_told(folder: Folder) -> None:
    folder.add("INFO begin\n")
    folder.look()
    folder.add("ERROR early\n" + "x" * SAMPLED_BYTES + "\nERROR late\n")
    assert folder.look() == (1, "ERROR late", "only the last 4 MiB of what is new were looked at")


def test_a_pipe_is_no_log_and_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.log)
    assert folder.look() == (0, "", "it is a pipe, not a file")
