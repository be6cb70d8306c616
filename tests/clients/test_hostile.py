"""A server that lies, floods and mumbles: every answer ends in an error of ours, in bounded memory."""

import contextlib
import gzip
import json
import resource
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from genesis_monitoring.clients import http
from genesis_monitoring.clients.alertmanager_api import HttpAlertmanager
from genesis_monitoring.clients.bounded import parse_json
from genesis_monitoring.clients.http import Answer, HttpTransport
from genesis_monitoring.clients.http_errors import ServerError
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus

from .nasty import NASTY, mutants
from .scripted import Says, scripted

GZIP = (("Content-Encoding", "gzip"),)
BOMB = gzip.compress(b"[" + b"[]," * (80 << 20) + b"[]]", 1)
LABELS = {"__name__": "up", "job": "a"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_PAUSE_SECONDS", 0.001)


def ask(url: str) -> Any:
    return HttpTransport(HttpSettings(url, timeout=20.0, retries=1)).get("/x", {}).document


def test_what_is_compressed_arrives() -> None:
    data = json.dumps({"status": "success"}).encode()
    for encoding, body in (
        ("gzip", gzip.compress(data)),
        ("gzip", gzip.compress(data[:5]) + gzip.compress(data[5:])),
        ("deflate", zlib.compress(data)),
        ("identity", data),
    ):
        says = Says("", headers=(("Content-Encoding", encoding),), data=body)
        with scripted([says]) as server:
            assert ask(server.url) == {"status": "success"}


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (Says("", headers=GZIP, data=b"not gzip"), "could not be reached"),
        (Says("", headers=GZIP, data=gzip.compress(b"{}")[:-5]), "could not be reached"),
        (Says("", headers=(("Content-Encoding", "br"),), data=b"{}"), "which it was not asked for"),
        (Says("", headers=(("Content-Encoding", "gzip, gzip"),), data=b"{}"), "which it was not asked for"),
        (Says("[" * 200_000), "not with JSON"),
        (Says('{"a": NaN}'), "not with JSON"),
        (Says('{"status": "success", "status": "error"}'), "not with JSON"),
        (Says("[" + "9" * 5000 + "]"), "not with JSON"),
        (Says("", data=b"\xff\xfe{}"), "not with JSON"),
        (Says("[" + "0," * 9_000_000 + "0]"), "more than 8 million values"),
        (Says("", headers=(("X", "y" * 100_000),)), "could not be reached"),
        (Says("", headers=tuple((f"X-{index}", "y") for index in range(200))), "could not be reached"),
        (Says("", 302, (("Location", "http://["),)), "could not be reached"),
        (Says("", 302, (("Location", "/x"),)), "could not be reached"),
        (Says("", 302, (("Location", "file:///etc/passwd"),)), "could not be reached"),
        (Says("{}", 429, (("Retry-After", "9" * 400),)), "answered 429|not as Prometheus"),
    ],
)
def test_no_answer_gets_past_the_border(says: Says, message: str) -> None:
    with scripted([says]) as server, pytest.raises(ServerError, match=message):
        HttpPrometheus(HttpTransport(HttpSettings(server.url, timeout=20.0, retries=1))).alerts()


def test_a_small_answer_cannot_fill_the_memory() -> None:
    """A quarter of a gigabyte of lists, in a fraction of a megabyte: what is made of it stays below 1 GB."""
    assert len(BOMB) < 3 << 20
    code = (
        "import resource, sys; from genesis_monitoring.clients.http import *;"
        "from genesis_monitoring.clients.http_settings import HttpSettings\n"
        "try: HttpTransport(HttpSettings(sys.argv[1], retries=0)).get('/x', {})\n"
        "except ServerError as error: print(error.message)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    with scripted([Says("", headers=GZIP, data=BOMB)]) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, server.url], capture_output=True, text=True, check=True
        )
    said, kilobytes = done.stdout.splitlines()
    assert "sent more than 64 MiB in one answer" in said
    assert int(kilobytes) < 1_000_000


def test_brackets_are_counted_before_they_are_parsed() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError):  # noqa: PT011
        parse_json(b"[" + b"[]," * 10_000_000 + b"[]]", 8_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


class Fixed:
    """A transport that has one answer."""

    url = "http://hostile"

    def __init__(self, document: Any) -> None:
        self._document = document

    def get(self, path: str, parameters: object) -> Answer:
        return Answer(self._document, 200, 0.1)

    def close(self) -> None:
        pass


def success(data: Any, **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": data, **more}


VECTOR = success({"resultType": "vector", "result": [{"metric": LABELS, "value": [1_700_000_000, "1"]}]})
MATRIX = success(
    {
        "resultType": "matrix",
        "result": [{"metric": LABELS, "values": [[1_700_000_000, "1"], [1_700_000_015, "2"]]}],
    },
    warnings=["w"],
)
RULES = success(
    {
        "groups": [
            {
                "name": "g",
                "interval": 15,
                "rules": [
                    {
                        "name": "A",
                        "type": "alerting",
                        "query": "up",
                        "duration": 60,
                        "labels": {"a": "b"},
                        "health": "ok",
                        "lastEvaluation": "2025-10-23T21:00:00.5Z",
                    }
                ],
            }
        ]
    }
)
ALERTS = success(
    {"alerts": [{"labels": LABELS, "annotations": {}, "state": "firing", "activeAt": "2025-10-23T21:00:00Z"}]}
)
TARGETS = success({"activeTargets": [{"labels": LABELS, "scrapeUrl": "http://a/m", "health": "up"}]})
SILENCES = [
    {
        "id": "1",
        "status": {"state": "active"},
        "matchers": [{"name": "a", "value": "b", "isRegex": False}],
        "endsAt": "2025-10-23T21:00:00Z",
    }
]
MANAGED = [
    {"labels": LABELS, "status": {"state": "active", "silencedBy": ["1"]}, "startsAt": "2025-10-23T21:00:00Z"}
]
QUESTIONS: dict[str, tuple[Any, Callable[[Fixed], object]]] = {
    "instant": (VECTOR, lambda one: HttpPrometheus(one).instant("up", 1.0)),
    "range": (MATRIX, lambda one: HttpPrometheus(one).range("up", 0.0, 60.0, 15.0)),
    "samples": (MATRIX, lambda one: HttpPrometheus(one).samples("up", 0.0, 2e5)),
    "info": (VECTOR, lambda one: HttpPrometheus(one).info()),
    "runtimeinfo": (
        success(
            {
                "resultType": "vector",
                "result": VECTOR["data"]["result"],
                "startTime": "2025-10-23T21:00:00Z",
                "storageRetention": "15d",
            }
        ),
        lambda one: HttpPrometheus(one).info(),
    ),
    "rules": (RULES, lambda one: HttpPrometheus(one).rules()),
    "alerts": (ALERTS, lambda one: HttpPrometheus(one).alerts()),
    "targets": (TARGETS, lambda one: HttpPrometheus(one).targets()),
    "silences": (SILENCES, lambda one: HttpAlertmanager(one).silences()),
    "managed": (MANAGED, lambda one: HttpAlertmanager(one).alerts()),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_document_of_any_other_form_is_an_error_of_ours(name: str) -> None:
    document, ask_it = QUESTIONS[name]
    ask_it(Fixed(document))
    told = 0
    for changed in (*NASTY, *mutants(document, 7, 1500)):
        try:
            ask_it(Fixed(changed))
        except ServerError:
            told += 1
    assert told > 200


@pytest.mark.parametrize(
    "samples",
    [
        [[2, "1"], [1, "1"]],
        [[1, "1"], [1, "1"]],
        [["1", "1"]],
        [["NaN", "1"]],
        [[1]],
        [[1, "1", "1"]],
        [[1, 1]],
        [[1, "one"]],
        [[1, "1_000"]],
        [[True, "1"]],
        [[-1, "1"]],
        [[1e12, "1"]],
        [[10**400, "1"]],
        ["12"],
        {"1": "1"},
        None,
    ],
)
def test_samples_that_are_none(samples: Any) -> None:
    document = success({"resultType": "matrix", "result": [{"metric": LABELS, "values": samples}]})
    with pytest.raises(ServerError, match="not Prometheus'"):
        HttpPrometheus(Fixed(document)).samples("up", 0.0, 60.0)


def test_a_series_without_samples_is_none() -> None:
    document = success({"resultType": "matrix", "result": [{"metric": LABELS, "values": []}]})
    assert HttpPrometheus(Fixed(document)).samples("up", 0.0, 60.0).series == ()


DRIPS = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"1"),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"1"),
    "a chunk's size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n", b"X: y\r\n"),
    "a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 100000\r\n\r\n", b"1"),
}


@pytest.mark.parametrize(("first", "again"), DRIPS.values(), ids=DRIPS)
def test_no_server_holds_us_for_ever(first: bytes, again: bytes) -> None:
    """What drips would go on for ever, each byte well within the timeout."""
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(first)
            while not stop.wait(0.02):
                connection.sendall(again)

    told: list[Exception] = []

    def ask() -> None:
        try:
            HttpTransport(HttpSettings(url, timeout=0.4, retries=0)).get("/x", {})
        except Exception as error:
            told.append(error)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server, client = threading.Thread(target=drip, daemon=True), threading.Thread(target=ask, daemon=True)
        server.start()
        client.start()
        client.join(60)
        stop.set()
    assert [type(error) for error in told] == [ServerError]
    assert "gave no answer within 0.4 s" in str(told[0])
