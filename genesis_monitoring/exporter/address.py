"""Where to listen: ``HOST:PORT`` as written by a user in, host and port out, and back."""

from dataclasses import dataclass

from genesis_monitoring.errors import UsageError

_HINT = "write HOST:PORT, such as 127.0.0.1:8000, [::1]:8000 or 0.0.0.0:8000"


@dataclass(frozen=True, slots=True)
class Address:
    """``host`` is a name or an IP address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Port 0 takes any free one. Raises UsageError."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if not colon or not host or bracketed != (":" in host) or any(c.isspace() for c in host):
        raise UsageError(f"{text!r} is no address to listen on", _HINT)
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise UsageError(f"{port!r} is no port: a port is a number from 0 to 65535", _HINT)
    return Address(host, int(port))
