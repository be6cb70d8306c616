"""How to reach a server: what the user said in flags and environment in, checked settings out.

A secret comes from a file or from the environment, never from the command line, where ``ps`` shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from genesis_monitoring.conventions import LONGEST_TIMEOUT
from genesis_monitoring.errors import UsageError
from genesis_monitoring.files import read_regular

TOKEN_VARIABLE = "GENESIS_MON_BEARER_TOKEN"  # noqa: S105
USER_VARIABLE = "GENESIS_MON_BASIC_USER"
PASSWORD_VARIABLE = "GENESIS_MON_BASIC_PASSWORD"  # noqa: S105
_LARGEST_FILE = 16 * 1024 * 1024
"""Bytes. All certificates that a system trusts take a quarter of a MiB."""
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """One server. ``url`` is its base without credentials; ``timeout`` is in seconds, for each attempt.

    ``ca_file`` is a file of PEM certificates to trust instead of the system's. Proxies are those of the
    environment (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``).
    """

    url: str
    timeout: float = 30.0
    retries: int = 3
    ca_file: Path | None = None
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def read_settings(
    url: str,
    environ: Mapping[str, str],
    *,
    option: str,
    timeout: float = 30.0,
    ca_file: Path | None = None,
    token_file: Path | None = None,
) -> HttpSettings:
    """Raises UsageError for an address that is none, a file that cannot be read, or two ways to log in.

    ``option`` is the flag that named the address, for the hint.
    """
    base, user, password = _split(url, option)
    user = environ.get(USER_VARIABLE, "") or user
    password = environ.get(PASSWORD_VARIABLE, "") or password
    token = _read_secret(token_file) if token_file else environ.get(TOKEN_VARIABLE, "").strip()
    if token and user:
        raise UsageError(
            "both a bearer token and a user with a password are given",
            f"leave out one: the token file or {TOKEN_VARIABLE}, or {USER_VARIABLE}",
        )
    if ca_file is not None and not _holds_certificates(ca_file):
        raise UsageError(f"{ca_file}: not a file of certificates", "name a PEM file with --ca-file")
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise UsageError(
            f"a timeout is above 0 s and at most {LONGEST_TIMEOUT:g} s, not {timeout:g}", "correct --timeout"
        )
    return HttpSettings(base, timeout, ca_file=ca_file, user=user, password=password, token=token)


def _split(url: str, option: str) -> tuple[str, str, str]:
    """The base without credentials and without a slash at its end; user; password."""
    hint = f"give {option} an address such as http://localhost:9090"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{option} is not an address: {error}", hint) from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise UsageError(f"{option} is not an http or https address", hint)
    if parts.query or parts.fragment:
        raise UsageError(f"{option} has a query or a fragment, so it is not a server's address", hint)
    if parts.password:
        raise UsageError(
            f"{option} has a password in it, which others see in the list of processes",
            f"set {USER_VARIABLE} and {PASSWORD_VARIABLE} instead",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port is None else f"{host}:{port}"
    base = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
    return base, parts.username or "", ""


def _holds_certificates(path: Path) -> bool:
    try:
        return b"-----BEGIN " in read_regular(path, _LARGEST_FILE)
    except OSError:
        return False


def _read_secret(path: Path) -> str:
    try:
        token = read_regular(path, _LARGEST_FILE).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"{path}: the token cannot be read: {reason}", "correct --token-file") from None
    if not token or not token.isprintable() or " " in token:
        raise UsageError(f"{path}: holds no token", "write the token into it, alone on its one line")
    return token
