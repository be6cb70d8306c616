"""Why a server gave no answer or said no: what went wrong in, an error with what mends it out."""

import re

from genesis_monitoring.errors import CouldNotTellError

_ERRNO = re.compile(r"^\[Errno -?\d+\] ")


class ServerError(CouldNotTellError):
    """A server did not answer, or not in a way that is an answer. Its message names the address."""


class RefusedError(ServerError):
    """The server refused the question (4xx); ``status`` is the HTTP status."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


def refusal(url: str, status: int, said: str) -> RefusedError:
    """The error for an answer that says no."""
    words = f": {said[:300]}" if said else ""
    return RefusedError(f"{url} answered {status}{words}", _hint(status), status)


def unreachable(url: str, timeout: float, error: Exception) -> ServerError:
    """The error for a server that gave no answer within ``timeout`` seconds, or none at all."""
    from requests.exceptions import ProxyError, SSLError, Timeout

    match error:
        case SSLError():
            return ServerError(
                f"{url} could not prove who it is (TLS): {_reason(error)}",
                "name the certificate that signed its own with --ca-file",
            )
        case ProxyError():
            return ServerError(
                f"{url} could not be reached through the proxy: {_reason(error)}",
                "correct HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY",
            )
        case Timeout():
            return ServerError(
                f"{url} gave no answer within {timeout:g} s",
                "see whether it is overloaded, or allow it more with --timeout",
            )
    return ServerError(
        f"{url} could not be reached: {_reason(error)}",
        "see whether it runs and whether the address is right",
    )


def _reason(error: Exception) -> str:
    """What is at the bottom of nested errors, in a few words and without an address in it."""
    inner: BaseException = error
    while True:
        nested = getattr(inner, "reason", None) or next(
            (arg for arg in inner.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(nested, BaseException) or nested is inner:
            break
        inner = nested
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    text = str(inner).rpartition(": ")[2]
    return _ERRNO.sub("", text)[:200] or type(inner).__name__


def _hint(status: int) -> str:
    match status:
        case 401 | 403:
            return (
                "give a token with --token-file, or set GENESIS_MON_BASIC_USER and GENESIS_MON_BASIC_PASSWORD"
            )
        case 404:
            return "correct the address; behind a proxy it needs the path prefix too"
        case 422:
            return "the server could not work the query out; see its log, or ask for a shorter window"
        case 429:
            return "the server asks for fewer questions; try again later"
    return "see the server's log, then try again" if status >= 500 else "correct the address or the query"
