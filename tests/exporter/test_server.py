"""The web server: what it answers, whom it turns away, and that a slow client holds nobody up."""

import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.exporter import server as server_module
from genesis_monitoring.exporter.address import Address, parse_address
from genesis_monitoring.exporter.server import ExporterServer, serving

from .shop import PASSED, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    shop.write("smoke", PASSED)
    return shop


@pytest.fixture
def server(shop: Shop) -> Iterator[ExporterServer]:
    server = ExporterServer(Address("127.0.0.1", 0), shop.exposition)
    with serving(server):
        yield server


def ask(
    server: ExporterServer, path: str, method: str = "GET", accept: str = "*/*"
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(server.address.host, server.address.port, timeout=20)
    try:
        connection.request(method, path, headers={"Accept": accept})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def connect(server: ExporterServer, said: bytes) -> socket.socket:
    client = socket.create_connection((server.address.host, server.address.port), timeout=20)
    client.sendall(said)
    return client


def ends(client: socket.socket) -> bool:
    """Whether the server hangs up without an answer, within the time limit."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True
    finally:
        client.close()


def test_metrics_in_both_formats(server: ExporterServer, shop: Shop) -> None:
    response, body = ask(server, "/metrics")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert body.decode() == shop.text()
    response, body = ask(server, "/metrics", accept="application/openmetrics-text;version=1.0.0")
    assert response.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0;")
    assert body.endswith(b"# EOF\n")


def test_head_has_the_length_and_no_body(server: ExporterServer) -> None:
    _, body = ask(server, "/metrics")
    response, nothing = ask(server, "/metrics", "HEAD")
    assert (response.status, nothing) == (200, b"")
    assert int(response.headers["Content-Length"]) == len(body)
    assert ask(server, "/nowhere", "HEAD")[0].status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/metrics?name[]=up", 200),
        ("/", 404),
        ("/metrics/", 404),
        ("/../slo.yaml", 404),
        ("/METRICS", 404),
    ],
)
def test_paths(server: ExporterServer, path: str, status: int) -> None:
    response, body = ask(server, path)
    assert response.status == status
    assert body


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 405), ("PUT", 405), ("DELETE", 405), ("OPTIONS", 405), ("BREW", 501)]
)
def test_methods(server: ExporterServer, method: str, status: int) -> None:
    assert ask(server, "/metrics", method)[0].status == status


@pytest.mark.parametrize(
    "said",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /metrics HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.0\r\n\r\n",
        b"GET /metrics HTTP/1.0\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET /metrics HTTP/1.0\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
        bytes(range(256)),
    ],
)
def test_nonsense_is_refused_and_the_next_one_served(server: ExporterServer, said: bytes) -> None:
    client = connect(server, said)
    client.shutdown(socket.SHUT_WR)
    try:
        answer = client.recv(4096)
    except ConnectionResetError:
        answer = b""
    client.close()
    assert b" 200 " not in answer
    assert ask(server, "/metrics")[0].status == 200


def test_a_client_that_never_finishes_is_cut_off(
    server: ExporterServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "DEADLINE", 0.3)
    client = connect(server, b"GET /met")
    begun = time.monotonic()
    while time.monotonic() - begun < 120:
        # One byte now and then: no single read ever takes long.
        try:
            client.sendall(b"r")
            time.sleep(0.05)
        except OSError:
            break
    assert ends(client)


def test_slow_clients_hold_nobody_up(server: ExporterServer) -> None:
    clients = [connect(server, b"GET /met") for _ in range(server_module.MOST_CONNECTIONS)]
    for _ in range(5):
        # The first may be turned away while the oldest is cut off; Prometheus comes again as well.
        try:
            if ask(server, "/metrics")[0].status == 200:
                break
        except OSError:
            time.sleep(0.05)
    else:
        pytest.fail("never served")
    assert ends(clients[0])
    for client in clients[1:]:
        client.close()


def test_health_is_told_while_files_are_read(server: ExporterServer, shop: Shop) -> None:
    with shop.exposition._lock:
        assert ask(server, "/healthz")[0].status == 200


def test_a_stop_lets_a_request_finish(shop: Shop) -> None:
    server = ExporterServer(Address("127.0.0.1", 0), shop.exposition)
    with serving(server):
        client = connect(server, b"GET /metrics HTTP/1.0\r\n")
        while not server._open:
            time.sleep(0.01)
        from threading import Timer

        finish = Timer(0.3, client.sendall, (b"\r\n",))
        finish.start()
    assert not server._open, "the program may end now"
    finish.join()
    answer = b"".join(iter(lambda: client.recv(65536), b""))
    client.close()
    assert answer.startswith(b"HTTP/1.0 200 ")
    assert answer.endswith(shop.text().encode())


def test_ipv6(shop: Shop) -> None:
    server = ExporterServer(Address("::1", 0), shop.exposition)
    with serving(server):
        assert str(server.address).startswith("[::1]:")
        assert ask(server, "/healthz")[0].status == 200


def test_a_port_in_use_is_named(server: ExporterServer, shop: Shop) -> None:
    with pytest.raises(CouldNotTellError) as caught:
        ExporterServer(server.address, shop.exposition)
    assert str(caught.value).startswith(f"port {server.address.port} is in use")


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "x" * 70])
def test_an_address_that_cannot_be_had(host: str, shop: Shop) -> None:
    with pytest.raises(CouldNotTellError, match=f"cannot listen on {host}:80: "):
        ExporterServer(Address(host, 80), shop.exposition)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8000", Address("127.0.0.1", 8000)),
        ("[::1]:0", Address("::1", 0)),
        ("localhost:65535", Address("localhost", 65535)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", "8000", ":8000", "a:", "a:-1", "a:65536", "a:8000000000", "::1:80", "[a]:80", "a b:1", "a:٣"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text)
