"""The log of a Prometheus or Alertmanager server: logfmt lines in, typed lines out.

Two generations are read: go-kit's ``level=warn`` (Prometheus to 2.55, Alertmanager to 0.27) and slog's
``level=WARN``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FIELD = re.compile(r'(?:^|\s)(?P<key>[\w.]+)=(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<plain>\S*))')
_REFUSED = re.compile(r"^Error |: error: ")
_ESCAPE = re.compile(r"\\(.)")
_LEVELS = {"warning": "warn", "err": "error", "crit": "error", "fatal": "error"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """``level`` is debug, info, warn, error, or empty for what is no log line, such as a usage message."""

    level: str
    message: str
    fields: tuple[tuple[str, str], ...]
    text: str

    def field(self, key: str) -> str:
        """The value of a field; empty if it has none of that name."""
        return next((value for name, value in self.fields if name == key), "")

    @property
    def said(self) -> str:
        """What the line says: its message and its error."""
        error = self.field("err") or self.field("error")
        return ": ".join(part for part in (self.message, error) if part) or self.text


def read_log_line(text: str) -> LogLine:
    """The line as far as it can be read; nothing is refused."""
    fields = tuple(
        (match["key"], match["plain"] if match["quoted"] is None else _unescape(match["quoted"]))
        for match in _FIELD.finditer(text)
    )
    found = dict(fields)
    level = found.get("level", "").lower()
    return LogLine(_LEVELS.get(level, level), found.get("msg", ""), fields, text)


def last_words(log: Sequence[LogLine]) -> str:
    """Why a server ended, as far as it says: its last error, before a usage message; empty if nothing is."""
    plain = [line for line in log if line.level == "" and line.text.strip()]
    refused = [line for line in plain if _REFUSED.search(line.text)]
    said = [line for line in log if line.level == "error"] or refused[:1] or plain[-1:] or list(log)[-1:]
    return said[-1].said if said else ""


def _unescape(quoted: str) -> str:
    return _ESCAPE.sub(lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), quoted)
