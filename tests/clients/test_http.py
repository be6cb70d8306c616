"""How a user's server is asked: what is tried again, what is not, who we say we are, and what errors tell."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesis_monitoring.clients import http
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_errors import RefusedError, ServerError
from genesis_monitoring.clients.http_settings import HttpSettings, read_settings
from genesis_monitoring.errors import UsageError

from .scripted import Says, make_certificate, scripted

OK = Says('{"status": "success"}')
OPTION = "--prometheus"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_PAUSE_SECONDS", 0.001)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def settings(url: str, **more: float) -> HttpSettings:
    return HttpSettings(url, timeout=more.get("timeout", 5.0), retries=int(more.get("retries", 3)))


@pytest.mark.parametrize(
    "first", [Says("busy", 503), Says("{}", 429), Says("gone", 502), Says("{}", broken=True)]
)
def test_what_may_pass_is_tried_again(first: Says) -> None:
    with scripted([first, first, OK]) as server:
        assert HttpTransport(settings(server.url)).get("/x", {"a": "b c&d"}).document == {"status": "success"}
        assert [asked[:2] for asked in server.asked] == [("/x", {"a": "b c&d"})] * 3


def test_it_gives_up_in_the_end() -> None:
    with scripted([Says("busy", 503)]) as server:
        with pytest.raises(ServerError, match="answered 503"):
            HttpTransport(settings(server.url, retries=2)).get("/x", {})
        assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_told_at_once(status: int) -> None:
    with scripted([Says("no", status), OK]) as server:
        with pytest.raises(RefusedError) as caught:
            HttpTransport(settings(server.url)).get("/x", {})
        assert (caught.value.status, len(server.asked)) == (status, 1)
        assert caught.value.hint


def test_the_pause_that_the_server_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with scripted([Says("{}", 429, (("Retry-After", "3"),)), OK]) as server:
        HttpTransport(settings(server.url)).get("/x", {})
    assert 3.0 in slept


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ServerError, match=f"127.0.0.1:{port} could not be reached: Connection refused"):
        HttpTransport(settings(f"http://127.0.0.1:{port}", retries=1)).get("/x", {})


@pytest.mark.parametrize("host", ["ex..ample", "exa mple", "x" * 300])
def test_a_name_that_cannot_exist(host: str) -> None:
    with pytest.raises(ServerError, match="could not be reached"):
        HttpTransport(settings(f"http://{host}:9090", retries=0)).get("/x", {})


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ServerError, match="could not be reached") as caught:
        HttpTransport(settings("http://prometheus.invalid:9090", retries=0)).get("/x", {})
    assert "object at 0x" not in caught.value.message


def test_too_slow() -> None:
    with scripted([Says("{}", delay=2.0)]) as server, pytest.raises(ServerError, match=r"within 0\.1 s"):
        HttpTransport(settings(server.url, timeout=0.1, retries=0)).get("/x", {})


def test_a_byte_now_and_then_is_too_slow_as_well() -> None:
    with scripted([Says('"' + "x" * 400_000 + '"'), Says('"' + "x" * 100 + '"', drip=0.05)]) as server:
        transport = HttpTransport(settings(server.url, timeout=0.4, retries=0))
        transport.get("/x", {})
        with pytest.raises(ServerError, match=r"within 0\.4 s"):
            transport.get("/x", {})


def test_not_json() -> None:
    with (
        scripted([Says("<html>Sign in</html>")]) as server,
        pytest.raises(ServerError, match="not with JSON"),
    ):
        HttpTransport(settings(server.url)).get("/x", {})


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_LIMIT", 1 << 20)
    with scripted([Says('"' + "x" * (2 << 20) + '"')]) as server, pytest.raises(ServerError, match="1 MiB"):
        HttpTransport(settings(server.url)).get("/x", {})


def test_a_token_and_a_password_arrive_and_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret\n")
    with scripted([OK]) as server:
        with_token = read_settings(server.url, {}, option=OPTION, token_file=file)
        login = {"GENESIS_MON_BASIC_USER": "ann", "GENESIS_MON_BASIC_PASSWORD": "pässword"}
        with_password = read_settings(server.url, login, option=OPTION)
        for one in (with_token, with_password):
            HttpTransport(one).get("/x", {})
        said = [asked[2]["Authorization"] for asked in server.asked]
    assert said == ["Bearer s3cret", "Basic YW5uOnDDpHNzd29yZA=="]
    assert "s3cret" not in repr(with_token)
    assert "pässword" not in repr(with_password)


def test_no_password_is_taken_from_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with scripted([OK]) as server:
        HttpTransport(settings(server.url)).get("/x", {})
        assert "Authorization" not in server.asked[0][2]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    return folder


def test_tls_with_a_certificate_of_our_own(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/hostname")
    with scripted([OK], tls=certificate) as server:
        trusting = read_settings(server.url, {}, option=OPTION, ca_file=certificate / "cert.pem")
        assert HttpTransport(trusting).get("/x", {}).status == 200


def test_tls_that_nobody_vouches_for(certificate: Path) -> None:
    with scripted([OK], tls=certificate) as server:
        with pytest.raises(ServerError, match="could not prove who it is") as caught:
            HttpTransport(settings(server.url)).get("/x", {})
        assert "--ca-file" in caught.value.hint
        assert not server.asked


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with scripted([Says('{"status": "from the proxy"}')]) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        yield server.url


def test_the_proxy_of_the_environment_is_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = HttpTransport(settings("http://prometheus.invalid")).get("/x", {})
    assert answer.document == {"status": "from the proxy"}
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with scripted([OK]) as server:
        assert HttpTransport(settings(server.url)).get("/x", {}).document == {"status": "success"}


def test_a_password_does_not_go_along_to_another_host(tmp_path: Path) -> None:
    with scripted([OK]) as other:
        # The same machine by another name, which needs no resolver.
        away = Says("", 302, (("Location", f"{other.url.replace('127.0.0.1', '127.1')}/y"),))
        with scripted([away]) as server:
            one = HttpSettings(server.url, token="s3cret")
            HttpTransport(one).get("/x", {})
        assert "Authorization" not in other.asked[0][2]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost:9090", "not an http or https address"),
        ("ftp://host", "not an http or https address"),
        ("http://", "not an http or https address"),
        ("http://host:99999", "not an address"),
        ("http://host?x=1", "a query"),
        ("http://ann:secret@host", "has a password in it"),
    ],
)
def test_what_is_no_address(url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_settings(url, {}, option=OPTION)
    assert "secret" not in caught.value.message + caught.value.hint


def test_an_address_is_kept_as_it_is_but_for_its_last_slash() -> None:
    assert read_settings("https://[::1]:9090/prefix/", {}, option=OPTION).url == "https://[::1]:9090/prefix"


@pytest.mark.parametrize("text", ["", "two words", "tok\x00en"])
def test_what_is_no_token(text: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(text)
    with pytest.raises(UsageError, match="holds no token"):
        read_settings("http://host", {}, option=OPTION, token_file=tmp_path / "token")


def test_only_one_way_to_log_in(tmp_path: Path) -> None:
    both = {"GENESIS_MON_BEARER_TOKEN": "x", "GENESIS_MON_BASIC_USER": "ann"}
    with pytest.raises(UsageError, match="both a bearer token and a user"):
        read_settings("http://host", both, option=OPTION)
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings("http://host", {}, option=OPTION, token_file=tmp_path / "none")
    with pytest.raises(UsageError, match="not a file of certificates"):
        read_settings("http://host", {}, option=OPTION, ca_file=tmp_path)
    (tmp_path / "no.pem").write_text("not a certificate")
    with pytest.raises(UsageError, match="not a file of certificates"):
        read_settings("http://host", {}, option=OPTION, ca_file=tmp_path / "no.pem")
    with pytest.raises(UsageError, match="above 0 s"):
        read_settings("http://host", {}, option=OPTION, timeout=0)
