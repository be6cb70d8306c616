"""What is a secret by the name that it is given under: a variable or an argument in, a verdict out."""

import re

_SECRET_NAME = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)PASS|(?:^|_)SECRET|(?:^|_)TOKEN"
    r"|(?:API|PRIVATE|ACCESS|ROUTING|SIGNING|ENCRYPTION)_?KEY|CREDENTIALS?)"
    r"(?:_[A-Z0-9]+)?$"
)
_NOT_THE_SECRET = re.compile(r"(?:_FILE|_PATH|_URL|_NAME|_TTL|_ENABLED|_POLICY|_LENGTH|_COUNT|_DAYS)$")
_SECRET_ARGUMENT = re.compile(r"--?[\w.-]*(?:password|passwd|secret|token|api-?key)[=: ](?P<value>.+)", re.I)
_SWITCH = re.compile(r"(?i)true|false|yes|no|on|off|[01]?")
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")


def environment_with_secret(name: str, value: str) -> bool:
    """Whether a variable of this name holds a secret itself, and not where one is kept."""
    upper = name.upper()
    named = _SECRET_NAME.search(upper) and not _NOT_THE_SECRET.search(upper)
    return bool(named) and not _SWITCH.fullmatch(value) and not _VARIABLE.fullmatch(value)


def argument_with_secret(word: str, after: str) -> str:
    """The name of an argument that is given a secret, in itself or in the word after it; empty if none is."""
    match = _SECRET_ARGUMENT.search(word) or _SECRET_ARGUMENT.fullmatch(f"{word} {after}")
    if match is None or _VARIABLE.fullmatch(match["value"]) or match["value"].startswith("/"):
        return ""
    return word.partition("=")[0].partition(" ")[0]
