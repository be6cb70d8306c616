"""Addresses that a server takes as they are meant: URLs, hosts with ports, numbers of interfaces.

Each function takes what its type's pattern lets through, and raises ValueError with what is wrong. Sources:
RFC 3986 for URLs; WHATWG URL, "ends in a number", for hosts that look like an IPv4 address and are none.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

LAST_PORT = 65535
_URL = re.compile(r"https?://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def valid_url(url: str) -> str:
    """An absolute http or https address without credentials."""
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("an address begins with http:// or https://")
    if "@" in match["authority"]:
        raise ValueError("an address holds no user and password: whoever reads the spec would have them")
    _check_authority(match["authority"])
    if broken := _PERCENT.search(url):
        raise ValueError(
            f"{url[broken.start() : broken.start() + 3]} is no escaped byte: write % itself as %25"
        )
    if "[" in match["path"] + match["rest"] or "]" in match["path"] + match["rest"]:
        raise ValueError("brackets stand around an IPv6 address only: write them as %5B and %5D")
    return url


def valid_link(url: str) -> str:
    """An address to which paths are added: nothing may follow its own path."""
    valid_url(url)
    match = _URL.fullmatch(url)
    if match is not None and match["rest"]:
        raise ValueError(f"paths are added to this address, so it ends before {match['rest'][0]}")
    if match is not None and {".", ".."} & set(match["path"].split("/")):
        raise ValueError("the path of this address has no . and .. in it: servers take it as it is")
    return url


def valid_target(address: str) -> str:
    """A host and its port, as Prometheus scrapes it."""
    host, _, port = address.rpartition(":")
    _check_host(host)
    _check_port(port)
    return address


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is asked: at ``target``, which is ``host:port``; its paths begin with ``prefix``."""

    scheme: str
    target: str
    prefix: str = ""

    @property
    def url(self) -> str:
        """As one address."""
        return f"{self.scheme}://{self.target}{self.prefix}"


def server_at(address: str) -> Server:
    """What the address of a server says: a URL without a query, or ``host:port``.

    Without a scheme it is plain HTTP, but for the port of https. Raises ValueError for any other text.
    """
    if "://" not in address:
        return Server("https" if address.endswith(":443") else "http", valid_target(address))
    parts = urlsplit(valid_link(address))
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Server(parts.scheme, f"{host}:{port}", parts.path.rstrip("/"))


def valid_server(address: str) -> str:
    """A URL without a query, or a host and its port."""
    if ":" not in address:
        raise ValueError('a host and its port, as "mon-1:9090", or a URL')
    server_at(address)
    return address


def valid_host(host: str) -> str:
    """A host without a port."""
    _check_host(host)
    return host


def valid_interface(address: str) -> str:
    """The number of an interface of this machine, on which a port is published."""
    kind = IPv6Address if ":" in address else IPv4Address
    try:
        kind(address)
    except AddressValueError:
        raise ValueError("an address to publish on is a number such as 127.0.0.1, 0.0.0.0 or ::1") from None
    if "%" in address:
        raise ValueError("an address to publish on has no zone")
    return address


def is_number(host: str) -> bool:
    """Whether a host is an IP address, and no name."""
    return host.startswith("[") or bool(_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]))


def _check_authority(authority: str) -> None:
    host, colon, port = authority, "", ""
    if authority.startswith("["):
        host, _, after = authority.partition("]")
        host += "]" if "]" in authority else ""
        if after and not after.startswith(":"):
            raise ValueError(f"after the ] of {host} comes a port or a path")
        colon, port = after[:1], after[1:]
    elif ":" in authority:
        host, colon, port = authority.partition(":")
    if not host:
        raise ValueError("an address names a host after the //")
    _check_host(host)
    if colon:
        _check_port(port)


def _check_host(host: str) -> None:
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1] if host.endswith("]") else "")
        except AddressValueError:
            raise ValueError(f"{host} is no IPv6 address in brackets") from None
        return
    if not _HOST.fullmatch(host) or len(host) > 253 or any(len(label) > 63 for label in host.split(".")):
        raise ValueError(f"{host} is no host: letters, digits and dashes, parted by dots")
    if is_number(host):
        try:
            IPv4Address(host)
        except AddressValueError:
            raise ValueError(f"{host} is no IPv4 address: four numbers from 0 to 255") from None


def _check_port(port: str) -> None:
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port, re.ASCII) or int(port) > LAST_PORT:
        raise ValueError(f"a port is a number from 1 to {LAST_PORT}")
