"""Asks a user's server by HTTP: a path and parameters in, the JSON document out, or why there is none.

What may pass by itself (no connection, 429, 5xx) is tried again, with a growing pause; what will not (4xx,
a certificate, a document that is none) is told at once. Answers are read up to a bound, so a server cannot
fill the memory, and up to a time, so it cannot hold us for ever.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from genesis_monitoring.clients.bounded import Inflater, TooMuchError, parse_json
from genesis_monitoring.clients.http_errors import ServerError, refusal, unreachable
from genesis_monitoring.clients.http_settings import HttpSettings

if TYPE_CHECKING:
    from requests import Response, Session

    from genesis_monitoring.clients.deadline import WatchedAdapter

ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer, unpacked: some 2 million samples."""
_VALUES = 8_000_000
"""Values in one answer: a sample has four. Each is up to some 60 bytes here, whatever it was on its way."""

_RETRIED = frozenset({429, 500, 502, 503, 504})
_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 8.0
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON document, the HTTP status it came with, and the seconds until it was there."""

    document: Any
    status: int
    seconds: float


class Transport(Protocol):
    """Where answers come from: a server, or a record of one."""

    @property
    def url(self) -> str:
        """The server's address without credentials."""

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """The document at ``path``. Raises ServerError."""

    def close(self) -> None:
        """Let connections go."""


class HttpTransport:
    """One server, over connections that are kept. Not for use by several threads."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._adapter: WatchedAdapter | None = None
        self._session: Session | None = None

    @property
    def url(self) -> str:
        """See Transport."""
        return self._settings.url

    def close(self) -> None:
        """See Transport."""
        if self._session is not None:
            self._session.close()

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """See Transport. A refusal with a JSON document is an answer: the document says what is wrong."""
        from http.client import HTTPException

        from requests import RequestException
        from urllib3.exceptions import HTTPError

        settings = self._settings
        begun = time.monotonic()
        pause = _PAUSE_SECONDS
        for attempt in range(settings.retries + 1):
            last = attempt == settings.retries
            try:
                status, body, wait = self._once(path, parameters)
            # requests lets some of urllib3's through, and a Location that is none is a ValueError.
            except (RequestException, HTTPError, HTTPException, ValueError) as error:
                if last or not _may_pass(error):
                    raise unreachable(self.url, settings.timeout, error) from error
            else:
                if status not in _RETRIED or last:
                    return self._read(status, body, time.monotonic() - begun)
                pause = max(pause, wait)
            time.sleep(min(pause, _LONGEST_PAUSE_SECONDS))
            pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def _once(self, path: str, parameters: Mapping[str, str]) -> tuple[int, bytes, float]:
        """The status, the body, and how many seconds the server asks to wait."""
        from http.client import HTTPException

        from requests.exceptions import ReadTimeout, RequestException
        from urllib3.exceptions import HTTPError

        from genesis_monitoring.clients.deadline import Deadline, WatchedAdapter

        settings = self._settings
        if self._adapter is None:
            self._adapter = WatchedAdapter()
        if self._session is None:
            self._session = _session(settings, self._adapter)
        with Deadline(settings.timeout) as deadline:
            self._adapter.deadline = deadline
            try:
                answer = self._exchange(self._session, path, parameters)
            except (RequestException, HTTPError, HTTPException, OSError) as error:
                if deadline.over:
                    raise ReadTimeout from error
                raise
            if deadline.over:
                raise ReadTimeout
            return answer

    def _exchange(
        self, session: "Session", path: str, parameters: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        settings = self._settings
        # Said with each call: a setting of the session would give way to REQUESTS_CA_BUNDLE.
        verify = None if settings.ca_file is None else str(settings.ca_file)
        with session.get(
            settings.url + path,
            params=dict(parameters),
            timeout=settings.timeout,
            stream=True,
            verify=verify,
        ) as response:
            return response.status_code, self._body(response), _retry_after(response)

    def _body(self, response: "Response") -> bytes:
        """All of it, up to a bound."""
        from requests.exceptions import ChunkedEncodingError, ReadTimeout
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        body = bytearray()
        unpack = self._unpacking(response)
        while True:
            try:
                # Not iter_content, which waits until a whole chunk is there.
                chunk = response.raw.read1(_CHUNK, decode_content=False)
            except ReadTimeoutError as error:
                raise ReadTimeout(error) from error
            except HTTPError as error:
                raise ChunkedEncodingError(error) from error
            if not chunk:
                if unpack is not None and not unpack.whole:
                    raise ChunkedEncodingError("the answer is cut off")
                return bytes(body)
            try:
                body += chunk if unpack is None else unpack.feed(chunk)
            except TooMuchError:
                raise self._too_much() from None
            except ValueError as error:
                raise ChunkedEncodingError(error) from error
            if len(body) > ANSWER_LIMIT:
                raise self._too_much()

    def _unpacking(self, response: "Response") -> Inflater | None:
        """Ours and not urllib3's, which unpacks a chunk whole, however much that is."""
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding == "identity":
            return None
        if encoding in ("gzip", "x-gzip", "deflate"):
            return Inflater(ANSWER_LIMIT)
        raise ServerError(
            f"{self.url} answers in the encoding {encoding[:40]!r}, which it was not asked for",
            "let the proxy before it send gzip or nothing",
        )

    def _too_much(self) -> ServerError:
        return ServerError(
            f"{self.url} sent more than {ANSWER_LIMIT >> 20} MiB in one answer",
            "ask for less: a shorter window, or fewer series",
        )

    def _read(self, status: int, body: bytes, seconds: float) -> Answer:
        try:
            return Answer(parse_json(body, _VALUES), status, seconds)
        except TooMuchError:
            raise ServerError(
                f"{self.url} sent more than {_VALUES // 10**6} million values in one answer",
                "ask for less: a shorter window, or fewer series",
            ) from None
        except ValueError:
            pass
        if status // 100 == 2:
            raise ServerError(
                f"{self.url} answers, but not with JSON, so it is no Prometheus",
                "correct the address; behind a proxy it needs the path prefix too",
            )
        raise refusal(self.url, status, "")


def _session(settings: HttpSettings, adapter: "WatchedAdapter") -> "Session":
    from requests import PreparedRequest, Session
    from requests.auth import AuthBase, HTTPBasicAuth

    class Bearer(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            if settings.token:
                request.headers["Authorization"] = f"Bearer {settings.token}"
            return request

    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "genesis-mon"}
    )
    # Without any, requests would take a password out of ~/.netrc, which nobody asked for.
    session.auth = (
        HTTPBasicAuth(settings.user.encode(), settings.password.encode()) if settings.user else Bearer()
    )
    session.max_redirects = 3
    return session


def _may_pass(error: Exception) -> bool:
    from requests.exceptions import ChunkedEncodingError, ConnectionError, ProxyError, SSLError, Timeout

    if isinstance(error, SSLError | ProxyError):
        return False
    return isinstance(error, ConnectionError | Timeout | ChunkedEncodingError)


def _retry_after(response: "Response") -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() and len(text) < 6 else 0.0
