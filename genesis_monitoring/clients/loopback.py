"""Asks a server on this machine by HTTP: method, path and a JSON body in, status and the answer out.

``http.client`` of the standard library is enough: the address is always 127.0.0.1, there is no proxy, no
redirect and no TLS, and every call has a time limit.
"""

import json
from ipaddress import ip_address
from typing import Any

LOOPBACK = "127.0.0.1"


def is_number(host: str) -> bool:
    """Whether a host is an IP address (version 6 without brackets), and no name that can lead elsewhere."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def ask(
    port: int, method: str, path: str, body: object | None = None, timeout: float = 10.0
) -> tuple[int, Any]:
    """The status, and the answer as data, as text if it is no JSON. ``timeout`` is in seconds.

    Raises OSError (TimeoutError among them) if there is no answer that can be read.
    """
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(LOOPBACK, port, timeout=timeout)
    data = None if body is None else json.dumps(body).encode()
    try:
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode("utf-8", errors="replace")
    except HTTPException as error:
        raise OSError(f"not an HTTP answer: {error!r}") from error
    finally:
        connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, text
