"""Lines of a log in; how many errors they tell of, and the last of them, out.

A line's own level decides: ``level`` and the like in JSON or logfmt, else the first word that is a level.
Text without one is an error where it begins as a traceback, an exception, a panic or a crash does.
A traceback is one error with the line that announces it and whatever it was raised from, and is told by its
exception.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHOWN = 200
_BAD = frozenset(
    ("error", "err", "critical", "crit", "fatal", "panic", "severe", "emerg", "emergency", "alert", "e", "f")
)
_LEVEL_WORD = re.compile(
    r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL|PANIC|SEVERE|EMERG)\b"
)
_LOGFMT = re.compile(r"\b(?:level|lvl|severity)=\"?([A-Za-z]+)")
_BRACKETED = re.compile(r"\[(error|crit|critical|alert|emerg|fatal|panic)\]")
_CRASH = re.compile(
    r"(?:panic|fatal error): |Exception in thread |Segmentation fault|Unhandled ?[Pp]romise|Uncaught "
    r"|[EF]\d{4} \d\d:\d\d:\d\d"  # klog
    r"|(?:[\w$]+\.)*\w*(?:Error|Exception)(?::|$)"
)
_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(r"[A-Za-z_][\w.]*(?::|$)")
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
_LEVEL_KEYS = ("level", "levelname", "severity", "lvl", "loglevel", "log.level", "levelno", "s")
_TEXT_KEYS = ("message", "msg", "event", "text")
_CAUSE_KEYS = ("exception", "exc_info", "exc_text", "stack_trace", "stack", "error", "err")
_TIME_KEYS = ("timestamp", "time", "ts", "@timestamp", "asctime")
_TIME = re.compile(r"\W{0,2}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d+)? ?(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True)
class Found:
    """``last`` is the last error, in at most ``SHOWN`` characters. ``unfinished`` is the offset of a record
    that the lines broke off in, else where they end."""

    lines: int
    errors: int
    last: str
    unfinished: int


@dataclass(frozen=True, slots=True)
class _Line:
    """``bad`` is what its level says; None without one. ``text`` is what is shown."""

    text: str
    bad: bool | None
    structured: bool
    time: float | None


def find_errors(lines: Iterable[tuple[int, str]], end: int, since: float | None = None) -> Found:
    """``lines`` are offset and text, up to ``end``.

    With ``since``, in seconds since 1970, what is marked as earlier is left out, with the lines after it.
    A time without a zone is in the machine's.
    """
    scan = _Scan()
    earlier = False
    for at, raw in lines:
        line = _read(raw)
        if since is not None and line.time is not None:
            earlier = line.time < since
        if not earlier:
            scan.take(at, line)
    return Found(scan.lines, scan.errors, scan.last[:SHOWN], end if scan.begun is None else scan.begun)


class _Scan:
    def __init__(self) -> None:
        self.lines = self.errors = 0
        self.last = ""
        self.begun: int | None = None
        """Where the open traceback begins."""
        self._prefix = ""
        self._announced: int | None = None
        """Where the line just before stands, if it was an error."""
        self._chained = False

    def take(self, at: int, line: _Line) -> None:
        self.lines += 1
        if self.begun is not None and self._in_traceback(line):
            return
        before, self._announced = self._announced, None
        if not line.structured and _TRACEBACK in line.text:
            self.begun = at if before is None else before
            self._prefix = line.text.partition(_TRACEBACK)[0]
            if before is None and not self._chained:
                self.errors += 1
            self.last = "a traceback that breaks off"
        elif line.text.startswith(_CHAINED):
            self._chained = True
        elif _is_error(line):
            self.errors += 1
            self.last = line.text
            self._announced = at
            self._chained = False
        elif line.text.strip():
            self._chained = False

    def _in_traceback(self, line: _Line) -> bool:
        """Whether it belongs to the open one, which its first line that is not indented ends."""
        text = line.text.removeprefix(self._prefix) if self._prefix.strip() else line.text
        if not line.structured and text[:1] in (" ", "\t") and text.strip():
            return True
        self.begun, self._chained = None, False
        raised = not line.structured and _RAISED.match(text) and not _LEVEL_WORD.match(text)
        if raised:
            self.last = text
        return bool(raised)


def _is_error(line: _Line) -> bool:
    if line.bad is not None:
        return line.bad
    text = line.text
    found = _LOGFMT.search(text) or _LEVEL_WORD.search(text)
    if found:
        return found[1].lower() in _BAD
    return bool(_BRACKETED.search(text) or _CRASH.match(text))


def _read(raw: str) -> _Line:
    if raw.startswith("{"):
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            # What Docker's json-file driver wraps each line in.
            if isinstance(found.get("log"), str) and "stream" in found:
                return _read(found["log"].rstrip("\r\n"))
            return _structured(found, raw)
    marked = _TIME.match(raw)
    return _Line(raw, None, False, _seconds(f"{marked[1]}{marked[2] or ''}") if marked else None)


def _structured(found: Mapping[str, Any], raw: str) -> _Line:
    level = _first(found, _LEVEL_KEYS)
    nested = found.get("log")
    if level is None and isinstance(nested, dict):
        level = nested.get("level")
    cause = next((text for key in _CAUSE_KEYS if (text := _cause(found.get(key)))), "")
    said = next((one for key in _TEXT_KEYS if isinstance(one := found.get(key), str) and one), "")
    time = _first(found, _TIME_KEYS)
    bad = _is_bad(level, "levelno" in found and "level" not in found)
    if bad is None and cause:
        bad = True
    return _Line(cause or said or raw, bad, True, _seconds(time))


def _is_bad(level: object, python: bool) -> bool | None:
    """Numbers: syslog's and GELF's up to 3; bunyan's and pino's from 50; Python's ``levelno`` from 40."""
    if isinstance(level, str) and level.strip():
        return level.strip().lower() in _BAD
    if isinstance(level, int | float) and not isinstance(level, bool):
        return level <= 3 or level >= (40 if python else 50)
    return None


def _cause(value: object) -> str:
    """What was raised: of a traceback its last line, of an object its type and message."""
    if isinstance(value, dict):
        parts = (value.get("type") or value.get("name"), value.get("message"))
        return ": ".join(str(part) for part in parts if part)
    if not isinstance(value, str) or not value.strip():
        return ""
    lines = [line for line in value.splitlines() if line.strip()]
    return lines[-1 if _TRACEBACK in value else 0].strip()


def _first(found: Mapping[str, Any], keys: Iterable[str]) -> object:
    return next((found[key] for key in keys if found.get(key) is not None), None)


def _seconds(time: object) -> float | None:
    if isinstance(time, int | float) and not isinstance(time, bool):
        # Milliseconds, as pino writes them, would be 40 millennia ahead.
        return time / 1000 if time > 1e11 else float(time)
    if not isinstance(time, str):
        return None
    try:
        return datetime.fromisoformat(time.replace(",", ".")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
