"""Posts a message to Slack's incoming webhook: address and payload in, nothing out, or why it did not go.

The address is a secret in itself, so no error names it. What may pass by itself is tried again; a post that
may have arrived (no answer, or a gateway's) is not, since nobody wants it twice. Source: Slack, "Sending
messages using incoming webhooks".
"""

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from genesis_monitoring.clients.http_errors import ServerError
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.files import read_regular

if TYPE_CHECKING:
    from requests import Response

_RETRIES = 3
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_RETRIED = frozenset({429, 500, 503})
_LARGEST_SECRET = 8192
_LONGEST_WORD = 200
_WORD = re.compile(r"[a-z_]+")


def read_webhook(file: Path) -> str:
    """The address in a secret file, as Alertmanager reads it: without the space around it.

    Raises CouldNotTellError for a file that cannot be read or holds no address; neither is shown.
    """
    hint = "write the address of the incoming webhook into it, https://…"
    try:
        address = read_regular(file, _LARGEST_SECRET).decode().strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CouldNotTellError(f"{file} cannot be read: {reason}", hint) from None
    try:
        parts = urlsplit(address)
        known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == LOOPBACK)
    except ValueError:
        known = False
    if not known or not parts.hostname or any(character.isspace() for character in address):
        raise CouldNotTellError(f"{file} does not hold an https address", hint) from None
    return address


def post_message(address: str, payload: Mapping[str, Any], timeout: float) -> None:
    """``timeout`` is in seconds, for each attempt. Raises ServerError if Slack did not take it."""
    from requests import RequestException
    from requests.exceptions import ConnectTimeout, ReadTimeout

    host = urlsplit(address).hostname or ""
    body = json.dumps(payload).encode()
    pause = _PAUSE_SECONDS
    for attempt in range(_RETRIES + 1):
        last = attempt == _RETRIES
        try:
            status, said, wait = _once(address, body, timeout)
        # No text of these is shown: it has the address in it.
        except (RequestException, ValueError) as error:
            if _may_have_arrived(error):
                which = f" within {timeout:g} s" if isinstance(error, ReadTimeout) else " that can be read"
                raise ServerError(
                    f"{host} gave no answer{which}, so it is not known whether the message arrived",
                    "look at the channel before you post it again",
                ) from None
            if last:
                late = isinstance(error, ConnectTimeout)
                raise ServerError(
                    f"{host} could not be reached{f' within {timeout:g} s' if late else ''}",
                    "see whether this machine has a way out, and whether the secret file is right",
                ) from None
        else:
            if status // 100 == 2:
                return
            if status not in _RETRIED or last:
                raise ServerError(
                    f"{host} answered {status}{f': {said}' if said else ''}",
                    "see whether the webhook is still valid, and the channel still there",
                )
            pause = max(pause, wait)
        time.sleep(min(pause, _LONGEST_PAUSE_SECONDS))
        pause *= 2


def _may_have_arrived(error: Exception) -> bool:
    """Whether somebody was there and took what was sent: an answer that is late, broken or none at all."""
    from requests.exceptions import ConnectionError as NoConnection, ReadTimeout
    from urllib3.exceptions import ProtocolError

    broken = isinstance(error, NoConnection) and any(isinstance(one, ProtocolError) for one in error.args)
    return broken or isinstance(error, ReadTimeout)


def _once(address: str, body: bytes, timeout: float) -> tuple[int, str, float]:
    """The status, Slack's word for what is wrong, and how many seconds the server asks to wait."""
    from requests import Session

    with Session() as session:
        # Without any, requests would take a password out of ~/.netrc.
        session.auth = lambda request: request
        headers = {"Content-Type": "application/json", "User-Agent": "genesis-mon"}
        with session.post(
            address, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
        ) as response:
            return response.status_code, _words(response), _retry_after(response)


def _words(response: "Response") -> str:
    """A word like ``no_service``: anything else may be a page that repeats the address.

    None where the answer breaks off, for the status has come and decides.
    """
    from urllib3.exceptions import HTTPError

    try:
        said = response.raw.read(_LONGEST_WORD, decode_content=True).decode(errors="replace").strip()
    except (HTTPError, OSError):
        return ""
    return said if _WORD.fullmatch(said) else ""


def _retry_after(response: "Response") -> float:
    try:
        return max(0.0, float(response.headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0
