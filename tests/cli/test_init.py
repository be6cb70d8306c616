"""``init`` that asks: on a real terminal, and what is made of each answer."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from genesis_monitoring.commands.init import fault_of
from genesis_monitoring.importers.first_spec import Answers, first_spec, products_offered, usual_address
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec

from .sandbox import environment, run

WIDTH = 80
ALL = {kind: usual_address(kind) for kind in products_offered()}
QUESTIONS = (
    "Name of the system",
    "Metrics",
    "Address of its metrics, HOST:PORT",
    "Also there",
    "Who is told",
)


def talk(folder: Path, answers: Sequence[str], line: str = "genesis-mon init") -> tuple[int, str]:
    """The exit code and all that is shown, where each answer is typed once there is a question for it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    env = environment(folder, TERM="xterm")
    del env["COLUMNS"]
    process = subprocess.Popen(
        # The shell makes it the terminal of the session, so that ^C gets to whom it is meant for.
        ["setsid", "--ctty", "--wait", "bash", "-c", f"trap : INT; {line}; echo code $?"],
        cwd=folder,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said, asked, left = b"", 0, list(answers)
    try:
        while select.select([ours], [], [], 60)[0]:
            said += os.read(ours, 65536)
            if left and said.endswith(b": ") and len(said) > asked:
                asked = len(said)
                os.write(ours, left.pop(0).encode())
    except OSError:
        pass
    finally:
        os.close(ours)
        process.wait(60)
    shown, _, code = said.decode().replace("\r\n", "\n").rpartition("code ")
    return int(code or -1), shown


def addresses(spec: Spec, job: str) -> tuple[str, ...]:
    return tuple(one.address for one in spec.prometheus.targets[job].addresses)


def test_it_asks_refuses_and_asks_again(tmp_path: Path) -> None:
    """At 80 columns, with a wrong answer to each question before the right one."""
    (tmp_path / ".gitattributes").write_text("* text=auto")
    code, shown = talk(
        tmp_path,
        [
            "My Shop\n",
            "my-shop\n",
            "nowhere.txt\n",
            "\n",
            "shop 1\n",
            "shop-1:8080, shop-2:8080\n",
            "postgres-exportr\n",
            "postgres-exporter, redis-exporter\n",
            "db 1\n",
            "db:9187\n",
            "\n",
            "nobody\n",
            "ops@shop.example\n",
            "nowhere\n",
            "\n",
            "y\n",
        ],
    )
    assert code == 0, shown
    for said in (
        'write "my-shop"',
        "nowhere.txt: cannot be read",
        '"shop 1" is not allowed',
        'did you mean "postgres-exporter"?',
        '"db 1" is not allowed',
        '"nobody" is not allowed',
        "smarthost",
    ):
        assert said in " ".join(shown.split()), said
    assert all(shown.count(f"{question} [") == 2 for question in QUESTIONS)
    too_long = [one for one in shown.splitlines() if len(one) > WIDTH and len(one.split()) > 2]
    assert all(one.startswith(("init: wrote", "Add 4 lines")) for one in too_long), too_long
    spec = parse_spec((tmp_path / "slo.yaml").read_text(), "slo.yaml").spec
    assert spec.metadata.name == "my-shop"
    assert addresses(spec, "my-shop") == ("shop-1:8080", "shop-2:8080")
    assert addresses(spec, "postgres") == ("db:9187",)
    assert list(spec.alerts) >= ["PostgresDown", "RedisDown"]
    attributes = (tmp_path / ".gitattributes").read_text().splitlines()
    assert attributes[0] == "* text=auto"
    assert {"generated/** -text", "generated-*/** -text"} < set(attributes)


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 130)], ids=["^C", "^D"])
@pytest.mark.parametrize("after", range(3))
def test_an_end_leaves_nothing_behind(key: str, code: int, after: int, tmp_path: Path) -> None:
    ended, shown = talk(tmp_path, [*["\n"] * after, key])
    assert ended == code, shown
    assert "Traceback" not in shown
    assert "fault of its own" not in shown
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_asked_that_cannot_be_written_or_that_is_said(tmp_path: Path) -> None:
    said = "--job shop --address shop:8080 --kind redis-exporter --tell '#alerts'"
    code, shown = talk(tmp_path, ["\n"], f"genesis-mon init {said}")
    assert code == 0, shown
    assert [question for question in QUESTIONS if f"{question} [" in shown] == ["Metrics"]
    code, shown = talk(tmp_path, [])
    assert code == 1
    assert "slo.yaml: exists already" in shown
    assert "[" not in shown
    code, shown = talk(tmp_path, [], "genesis-mon init --no-ask other.yaml")
    assert (code, "init: wrote other.yaml" in shown) == (0, True)
    code, shown = talk(tmp_path, [], "genesis-mon init --job 'x y' third.yaml")
    assert code == 2


def test_a_scrape_is_read_at_its_question(tmp_path: Path) -> None:
    (tmp_path / "none.txt").write_text("# nothing\n")
    (tmp_path / "scrape.txt").write_text(
        '# TYPE shop_requests_total counter\nshop_requests_total{code="200"} 5\n'
        "# TYPE queue_length gauge\nqueue_length 1\n"
    )
    code, shown = talk(tmp_path, ["\n", "none.txt\n", "scrape.txt\n", "\n", "nginx-exporter\n", "\n", "\n"])
    assert code == 0, shown
    assert shown.count("Metrics [nothing]: ") == 2
    assert "\nnone.txt" in shown
    spec = parse_spec((tmp_path / "slo.yaml").read_text(), "slo.yaml").spec
    assert {"shop_requests_errors", "nginx_up"} <= set(spec.slis)
    assert spec.metrics["shop_requests_total"].job == "shop"


def test_all_there_is_renders_and_validates(tmp_path: Path) -> None:
    """Without a terminal, by options: nothing is asked."""
    kinds = " ".join(f"--kind {kind}" for kind in ALL)
    done = run(f"genesis-mon init --job shop {kinds} --tell ops@shop.example && genesis-mon render", tmp_path)
    assert done.code == 0, done.stderr
    done = run("genesis-mon validate --no-live --format json", tmp_path)
    assert done.code == 0, done.stdout
    assert '"error"' not in done.stdout.partition('"findings"')[2]


@pytest.mark.parametrize("told", ["https://chat.example/x", "#alerts", "a@b.example", "pagerduty"])
def test_whoever_is_told(told: str) -> None:
    spec = parse_spec(first_spec(Answers(told=told, products=ALL)), "slo.yaml").spec
    assert spec.receivers["on-call"].integrations
    assert spec.routing.default_receiver == "on-call"


def test_a_product_that_has_the_name_of_the_system_is_a_job_of_its_own() -> None:
    answers = Answers(name="postgres", products={"postgres-exporter": "db:9187"})
    spec = parse_spec(first_spec(answers), "slo.yaml").spec
    assert spec.prometheus.targets.keys() == {"postgres", "postgres-exporter"}


@settings(max_examples=12)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_an_answer_is_text_and_nothing_else(name: str, address: str, told: str) -> None:
    for answers in (Answers(name=name), Answers(addresses=(address,)), Answers(told=told)):
        if fault_of(answers):
            continue
        spec = parse_spec(first_spec(answers), "slo.yaml").spec
        assert spec.metadata.name == answers.name
        assert addresses(spec, answers.name) == answers.addresses


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--kind postgres", "--kind 'postgres' is no product that is known here"),
        ("--kind redis-exporter=x", '"x" is not allowed'),
        ("--address 'a b'", '"a b" is not allowed'),
        ("--tell nobody", '"nobody" is not allowed'),
        ("--from-prometheus http://127.0.0.1:9 --address x:1", "leave it out"),
    ],
)
def test_an_option_that_gives_no_spec_is_refused(options: str, said: str, tmp_path: Path) -> None:
    done = run(f"genesis-mon init {options}", tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
