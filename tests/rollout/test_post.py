"""What `--post` tells a channel: once, escaped, and never at the cost of the verdict."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli.sandbox import Answer, run
from clients.scripted import Says, scripted

from genesis_monitoring.clients import slack_webhook
from genesis_monitoring.clients.catcher import Catcher, catch
from genesis_monitoring.clients.server import Server
from genesis_monitoring.rollout.ledger import read_ledger
from genesis_monitoring.rollout.window import format_iso

from .history import load_spec_text, window_of
from .judging import FEW

PLACE = {case.name: index for index, case in enumerate(FEW)}
HOOK = "/services/T000/B000/a-secret"


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder with the spec and the secret, the server that knows the past, and who stands for Slack."""

    folder: Path
    server: Server
    slack: Catcher

    def checkpoint(self, index: int, more: str = "--post", case: str = "healthy") -> Answer:
        start = format_iso(window_of(PLACE[case]).start)
        servers = f"--prometheus {self.server.url} --alertmanager {self.server.url}"
        return run(f"genesis-mon rollout checkpoint {index} --start {start} {servers} {more}", self.folder)

    def verdict(self, case: str, more: str = "--post") -> Answer:
        window = window_of(PLACE[case])
        times = f"--start {format_iso(window.start)} --at {format_iso(window.end)}"
        return run(f"genesis-mon rollout verdict {times} --prometheus {self.server.url} {more}", self.folder)

    def listen(self, address: str) -> None:
        file = self.folder / "secrets" / "slack_api_url"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{address}{HOOK}\n")

    @property
    def sent(self) -> list[Any]:
        return [message.data for message in self.slack.messages]


@pytest.fixture
def stage(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(slack_webhook, "_PAUSE_SECONDS", 0.001)
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    with catch() as slack:
        made = Stage(tmp_path, server, slack)
        made.listen(slack.address("http") or "")
        yield made


def test_a_checkpoint_is_posted_once_to_the_channel_of_the_spec(stage: Stage) -> None:
    plain = stage.checkpoint(3, "")
    posted = stage.checkpoint(3)
    assert (posted.code, posted.stdout.splitlines()[0]) == (plain.code, plain.stdout.splitlines()[0])
    assert "post: checkpoint 3 is posted to #genesis-monitoring" in posted.stderr
    (message,) = stage.sent
    assert message["channel"] == "#genesis-monitoring"
    assert "Checkpoint 3 of 55" in message["text"]
    assert "Alerts firing: none" in message["attachments"][0]["text"]
    assert stage.slack.messages[0].path == HOOK
    ends = read_ledger(stage.folder / "rollout/ledger.jsonl").digest
    assert posted.stderr.splitlines()[-1].split() == ["the", "ledger", "ends", "with", ends]
    again = stage.checkpoint(3)
    assert "checkpoint 3 was posted to #genesis-monitoring at" in again.stderr
    assert len(stage.sent) == 1
    stage.checkpoint(3, "--post-again")
    assert len(stage.sent) == 2
    assert HOOK not in "".join((posted.stdout, posted.stderr, again.stderr))


def test_what_people_wrote_is_text_and_no_markup(stage: Stage) -> None:
    stage.checkpoint(1, "--post --note '<!channel> A & B'")
    assert "Note: &lt;!channel&gt; A &amp; B" in stage.sent[0]["attachments"][0]["text"]


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [("retrieval-slow", 1, "NO-GO, rag_latency_sustained is met"), ("hole", 4, "HOLD, of 36 criteria")],
)
def test_the_verdict_is_posted_once_with_what_is_to_be_done(
    stage: Stage, case: str, code: int, said: str
) -> None:
    answer = stage.verdict(case)
    assert answer.code == code
    (message,) = stage.sent
    assert message["channel"] == "#genesis-rollout"
    assert said.partition(",")[0] in message["text"]
    assert ("1. Stop the rollout" in message["attachments"][0]["text"]) is (code == 1)
    assert stage.verdict(case).code == code
    assert len(stage.sent) == 1


def test_a_dry_run_prints_the_payload_and_sends_nothing(stage: Stage) -> None:
    (stage.folder / "secrets" / "slack_api_url").unlink()
    answer = stage.verdict("retrieval-slow", "--dry-run")
    assert answer.code == 1
    assert json.loads(answer.stdout)["channel"] == "#genesis-rollout"
    assert stage.sent == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([Says("no_service", 404)], "127.0.0.1 answered 404: no_service"),
        ([Says("busy", 503)], "127.0.0.1 answered 503: busy"),
        ([Says("", 302, headers=(("Location", "http://127.0.0.1:1/"),))], "127.0.0.1 answered 302"),
        ([Says(f"cannot POST {HOOK}", 404)], "127.0.0.1 answered 404\n"),
        ([Says("late", 504), Says("ok")], "127.0.0.1 answered 504"),
        ([Says("no gzip", 404, headers=(("Content-Encoding", "gzip"),))], "127.0.0.1 answered 404\n"),
    ],
)
def test_a_post_that_fails_is_told_and_changes_no_exit_code(
    stage: Stage, answers: list[Says], said: str
) -> None:
    with scripted(answers) as slack:
        stage.listen(slack.url)
        answer = stage.verdict("retrieval-slow")
    assert answer.code == 1
    assert f"post: NOT POSTED to #genesis-rollout: {said}" in answer.stderr
    assert "a-secret" not in answer.stderr
    stage.listen(stage.slack.address("http") or "")
    stage.verdict("retrieval-slow")
    assert len(stage.sent) == 1


def test_a_verdict_that_is_back_is_posted_again(stage: Stage) -> None:
    window = window_of(PLACE["retrieval-slow"])
    begun = f"--start {format_iso(window.start)} --prometheus {stage.server.url} --post"
    said = []
    for at in (window.start + 3600, window.end, window.start + 3600, window.start + 3600):
        run(f"genesis-mon rollout verdict {begun} --at {format_iso(at)}", stage.folder)
        said.append(stage.sent[-1]["attachments"][0]["title"].partition(" ")[0])
    assert said == ["HOLD", "NO-GO", "HOLD", "HOLD"]
    assert len(stage.sent) == 3


def test_what_may_pass_is_tried_again(stage: Stage) -> None:
    with scripted([Says("busy", 503), Says("slowly", 429), Says("ok")]) as slack:
        stage.listen(slack.url)
        assert "is posted to #genesis-rollout" in stage.verdict("retrieval-slow").stderr
        assert len(slack.asked) == 3


def test_a_message_is_taken_though_the_answer_breaks_off(stage: Stage) -> None:
    with scripted([Says("o", broken=True)]) as slack:
        stage.listen(slack.url)
        assert "is posted to #genesis-rollout" in stage.verdict("retrieval-slow").stderr
        assert len(slack.asked) == 1


def test_what_may_have_arrived_is_not_sent_twice(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken: list[bytes] = []

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = listening.accept()
                    with caller:
                        taken.append(caller.recv(65536))

        threading.Thread(target=hang_up, daemon=True).start()
        stage.listen(f"http://127.0.0.1:{listening.getsockname()[1]}")
        answer = stage.verdict("retrieval-slow")
    assert "it is not known whether the message arrived" in answer.stderr
    assert (answer.code, len(taken)) == (1, 1)
    assert "a-secret" not in answer.stderr


def test_nobody_there_is_told_without_the_address(stage: Stage) -> None:
    stage.listen("http://127.0.0.1:9")
    answer = stage.verdict("retrieval-slow")
    assert answer.code == 1
    assert "NOT POSTED to #genesis-rollout: 127.0.0.1 could not be reached" in answer.stderr
    assert "a-secret" not in answer.stderr


@pytest.mark.parametrize(
    "text", ["", "hooks.slack.com/services/T/B/x", "http://hooks.slack.com/x", "ftp://x/y"]
)
def test_a_secret_that_is_no_https_address_is_not_shown(stage: Stage, text: str) -> None:
    (stage.folder / "secrets" / "slack_api_url").write_text(text)
    answer = stage.verdict("retrieval-slow")
    assert answer.code == 1
    assert "does not hold an https address" in answer.stderr
    assert not text or text not in answer.stderr


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("  enabled: true\n  api_url_secret", "  enabled: false\n  api_url_secret", "Slack is switched off"),
        (", verdict: genesis-rollout}", "}", "the spec names no channel for verdict"),
    ],
)
def test_without_a_channel_nothing_is_judged(stage: Stage, before: str, after: str, said: str) -> None:
    text = load_spec_text()
    assert before in text
    (stage.folder / "slo.yaml").write_text(text.replace(before, after))
    answer = stage.verdict("retrieval-slow")
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr


def test_a_replay_is_not_posted(stage: Stage) -> None:
    answer = run("genesis-mon rollout verdict --replay x.json --post", stage.folder)
    assert (answer.code, answer.stdout) == (2, "")
