"""What a text of a spec looks like: the patterns that the models check it with, and the same in words."""

import re
from collections.abc import Mapping

PROSE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
SNAKE_CASE = r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$"
KEBAB_CASE = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
CAMEL_CASE = r"^[A-Z][A-Za-z0-9]*$"
SEVERITY = r"^P[0-9]$"
URL = r"^https?://[A-Za-z0-9._~:/?#@!&'()*+,;=%\-\[\]]+$"
RELATIVE_PATH = r"^[A-Za-z0-9._\-][A-Za-z0-9._\-/]*$"
RESULT_FILES = r"^[A-Za-z0-9._\-*?][A-Za-z0-9._\-/*?]*$"
ABSOLUTE_PATH = r"^/[A-Za-z0-9._\-/]*$"
HOST_AND_PORT = r"^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}$"
SIZE = r"^[1-9][0-9]*[kmg]$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_.\-]*$"
USER_AND_GROUP = r"^[0-9]+:[0-9]+$"
WITHOUT_BLANKS = r"^[^\s\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
PARAMETER = r"^[A-Za-z_][A-Za-z0-9_.\-]*(?:\[\])?$"
TARGET_FILES = r"^/[A-Za-z0-9._\-/*]*\.(?:json|ya?ml)$"
METRICS_MODULE = r"^[a-z][a-z0-9_]*_metrics$"
CODE = r"^GM[0-9]{3}$"
LOG_FILE = r"^[a-z0-9_]+\.log$"
CHANNEL = r"^#[a-z0-9][a-z0-9_-]{0,78}$"
_WORD, _LABEL = r"[A-Za-z0-9_+'=-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
MAILBOX = rf"^{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*$"
SLO = r"^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$"
TIME_OF_DAY = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"

WORDS: Mapping[str, str] = {
    PROSE: "text on one line, without control characters",
    SNAKE_CASE: "snake_case, as request_latency",
    KEBAB_CASE: "kebab-case, as on-call",
    CAMEL_CASE: "CamelCase, as LatencyHigh",
    SEVERITY: "P and a digit, P0 the most urgent, as P1",
    URL: 'an address without blanks that begins with http:// or https://, as "https://example.org"',
    RELATIVE_PATH: "a path below the folder of the spec, in letters, digits and . _ - /, as secrets/key",
    RESULT_FILES: "a path below the folder of the spec, with * and ? for characters, as results/*.xml",
    ABSOLUTE_PATH: "a path that begins with /, in letters, digits and . _ - /, as /etc/app",
    HOST_AND_PORT: 'a host and its port, as "shop:8080"',
    SIZE: "a whole number with k, m or g behind it, as 256m",
    VARIABLE: "letters, digits and _ . -, and no digit first, as LOG_LEVEL",
    USER_AND_GROUP: 'the numbers of a user and a group, as "1000:1000"',
    WITHOUT_BLANKS: "text without blanks",
    PARAMETER: "letters, digits and _ . -, and no digit first, as module",
    TARGET_FILES: "a path that begins with / and ends in .json, .yml or .yaml, as /etc/targets/*.yml",
    METRICS_MODULE: "snake_case that ends in _metrics, as shop_metrics",
    CODE: "GM and three digits, as GM137",
    LOG_FILE: "letters in lower case, digits and _, and .log at the end, as shop.log",
    CHANNEL: '# and a name in lower case, in quotes, as "#alerts"',
    MAILBOX: "one address without a name beside it, as on-call@example.com",
    SLO: "letters, digits and - _ . between them, as checkout-latency",
    TIME_OF_DAY: 'hours and minutes in quotes, from "00:00" to "23:59", as "06:30"',
}
"""What each allows, for who has to write it."""


def fits(pattern: str, text: str) -> bool:
    """Whether ``text`` matches; False for a pattern that only pydantic's own engine understands."""
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return False
