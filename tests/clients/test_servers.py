"""Servers of ours: they start, answer, fail and go, and nothing of them stays."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import AlertmanagerSession, PostedAlert, sorted_labels
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import ToolCrashed, ToolMissing, ToolTimedOut
from genesis_monitoring.clients.prometheus import Prometheus
from genesis_monitoring.clients.server import Server, ServerEnded, scratch_folder, serve
from genesis_monitoring.clients.tools import ALERTMANAGER, find_tool

CONFIG = """\
route:
  receiver: chat
  group_by: [alertname]
  group_wait: 1h
  routes:
    - {receiver: pager, matchers: ['severity="P0"'], continue: true}
    - {receiver: hook, matchers: ['severity="P0"']}
inhibit_rules:
  - {source_matchers: [alertname=Down], target_matchers: [alertname=Slow], equal: [team]}
receivers:
  - name: chat
    slack_configs: [{channel: '#c', api_url_file: /run/none, title: 'T {{ .CommonLabels.alertname }}'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /run/secrets/none, description: D}]
  - name: hook
    webhook_configs: [{url: 'http://192.0.2.1/never'}]
    email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail.example.com:25'}]
"""
PROMETHEUS = """\
global:
  evaluation_interval: 1h
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: ['never.example.com:9093']}]
scrape_configs:
  - job_name: shop
    static_configs: [{targets: ['shop:8000', 'shop:8001']}]
"""
RULES = """\
groups:
  - name: shop
    rules:
      - {record: seen, expr: sum(orders)}
      - {alert: Always, expr: vector(1)}
      - {record: bad, expr: orders / on (job) orders}
"""


def alert(name: str, **labels: str) -> PostedAlert:
    return PostedAlert(sorted_labels({"alertname": name, **labels}), (("summary", f"{name} it is"),))


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never became true")


def ask_on(session: AlertmanagerSession) -> None:
    """A signal that was just sent may come after an answer."""
    while True:
        session.groups()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def group_members(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, members = entry.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(members) == group and state != "Z":
            found.append(int(entry.parent.name))
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "alertmanager.yml").write_text(CONFIG)
    (tmp_path / "prometheus.yml").write_text(PROMETHEUS)
    (tmp_path / "rules.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all scratch folders of a test are."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_alertmanager_tells_receivers_groups_and_inhibition(tree: Path, temporary: Path) -> None:
    with Alertmanager().ask(tree, "alertmanager.yml") as session:
        alerts = [alert("Slow", team="a"), alert("Slow", team="b", severity="P0"), alert("Down", team="a")]
        session.fire(alerts)
        wait_until(lambda: len(session.groups()) == 4)
        found = {one.labels: one for one in session.fire(())}
        assert set(found[alerts[1].labels].receivers) == {"pager", "hook"}
        assert found[alerts[0].labels].inhibited_by == (alerts[2].labels,)
        assert found[alerts[1].labels].inhibited_by == ()
        slow = next(group for group in session.groups() if group.receiver == "hook")
        assert (slow.labels, slow.alerts) == ((("alertname", "Slow"),), (alerts[1].labels,))
        session.resolve(alerts)
        wait_until(lambda: session.fire(()) == ())
    assert list(temporary.iterdir()) == []


def test_deliveries_go_to_the_catcher_at_once(tree: Path, temporary: Path) -> None:
    with Alertmanager().deliver(tree, "alertmanager.yml") as session:
        session.fire([alert("Slow", team="a"), alert("Down", team="b", severity="P0")])
        wait_until(lambda: len(session.messages) == 4)
        by_path = {message.path: message for message in session.messages}
        assert set(by_path) == {"/chat/slack", "/pager/pagerduty", "/hook/webhook", "/hook/email"}
        assert by_path["/chat/slack"].text_at("attachments", 0, "title") == "T Slow"
        assert by_path["/pager/pagerduty"].text_at("payload", "summary") == "D"
        assert "Down it is" in by_path["/hook/webhook"].texts
        assert by_path["/hook/email"].text_at("to") == "a@example.com"
        assert by_path["/hook/webhook"].text_at("no", 1, "such") == ""
        session.resolve([alert("Down", team="b", severity="P0")])
        wait_until(lambda: len(session.messages) == 6)
    assert list(temporary.iterdir()) == []
    assert (tree / "alertmanager.yml").read_text() == CONFIG


def test_prometheus_tells_rules_targets_and_log(tree: Path, temporary: Path) -> None:
    now = int(time.time())
    series = f'orders{{job="shop",x="a"}} 1 {now - 60}\norders{{job="shop",x="b"}} 2 {now - 60}\n# EOF\n'
    live = Prometheus().evaluate(tree, "prometheus.yml", series)
    assert live.ready
    assert [(rule.file, rule.name, rule.health) for rule in live.rules] == [
        ("rules.yml", "seen", "ok"),
        ("rules.yml", "Always", "ok"),
        ("rules.yml", "bad", "err"),
    ]
    assert "duplicate series" in live.rules[2].error
    assert [(one.job, one.address) for one in live.targets] == [("shop", "shop:8000"), ("shop", "shop:8001")]
    assert any(line.level == "info" and line.message for line in live.log)
    assert not any(str(temporary) in line.text for line in live.log)
    assert list(temporary.iterdir()) == []


def test_a_refused_configuration_is_an_answer(tree: Path) -> None:
    (tree / "prometheus.yml").write_text("global:\n  evaluation_interval: 1m\n  nonsense: 1\n")
    live = Prometheus().evaluate(tree, "prometheus.yml", "")
    assert not live.ready
    assert any("line 3: field nonsense not found" in line.text for line in live.log)
    (tree / "alertmanager.yml").write_text("route: {receiver: x}\nreceivers: []\n")
    with (
        pytest.raises(ServerEnded, match='undefined receiver "x"'),
        Alertmanager().ask(tree, "alertmanager.yml"),
    ):
        pass


def test_series_that_cannot_be_stored(tree: Path) -> None:
    with pytest.raises(ToolCrashed, match="promtool could not store series"):
        Prometheus().evaluate(tree, "prometheus.yml", "nonsense")


@pytest.mark.parametrize("name", ["alertmanager", "prometheus-alertmanager"])
def test_both_names_of_alertmanager_are_found(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_tool(ALERTMANAGER, None, {"PATH": str(tmp_path)}).path == str(program)


def test_servers_that_are_missing(tree: Path) -> None:
    with pytest.raises(ToolMissing, match="--prometheus names /nowhere"):
        Prometheus("/nowhere").evaluate(tree, "prometheus.yml", "")
    with (
        pytest.raises(ToolMissing, match="--alertmanager names /nowhere"),
        Alertmanager("/nowhere").ask(tree, "alertmanager.yml"),
    ):
        pass


def run_script(script: str, tree: Path, timeout: float = 10.0) -> None:
    with (
        scratch_folder() as scratch,
        serve("fake", ("/bin/sh", "-c", script), cwd=tree, scratch=scratch, timeout=timeout),
    ):
        raise AssertionError("it got ready")


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("sleep 36000", ToolTimedOut, "fake was not done within 0.3 s and was stopped"),
        ('echo level=error msg=no err="that is wrong"; exit 3', ServerEnded, "exit code 3: no: that"),
        ("kill -TERM $$", ToolCrashed, "fake was killed by signal 15"),
        ("exit 127", ToolCrashed, "fake could not be started"),
        ("echo 'msg=\"Listening on\" address=127.0.0.1:1'; sleep 36000", ToolCrashed, "broke off"),
    ],
)
def test_servers_that_fail(
    tree: Path, temporary: Path, script: str, error: type[ToolCrashed], message: str
) -> None:
    with pytest.raises(error, match=message):
        run_script(script, tree, 0.3)
    assert list(temporary.iterdir()) == []


def test_a_server_that_hangs_is_stopped_in_time(tree: Path, temporary: Path) -> None:
    with Alertmanager(timeout=4.0).ask(tree, "alertmanager.yml") as session:
        process = session._server._process
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(ToolTimedOut):
            ask_on(session)
    wait_until(lambda: group_members(process.pid) == [])
    assert list(temporary.iterdir()) == []


def test_a_server_that_is_killed_is_a_crash(tree: Path) -> None:
    with Alertmanager().ask(tree, "alertmanager.yml") as session:
        os.kill(session._server._process.pid, signal.SIGKILL)
        with pytest.raises(ToolCrashed, match="alertmanager was killed by signal 9"):
            ask_on(session)


def test_an_interrupt_stops_servers_in_threads(tree: Path, temporary: Path) -> None:
    servers: list[Server] = []

    def hold() -> None:
        with Alertmanager().ask(tree, "alertmanager.yml") as session:
            servers.append(session._server)
            while True:
                session.pause()

    def interrupt() -> None:
        wait_until(lambda: len(servers) == 2)
        os.kill(os.getpid(), signal.SIGINT)

    # A shell that runs us in the background lets us ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=interrupt).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run_side_by_side([partial(hold), partial(hold)], 2)
    finally:
        signal.signal(signal.SIGINT, before)
    wait_until(lambda: not any(group_members(server._process.pid) for server in servers))
    assert list(temporary.iterdir()) == []


def test_a_server_goes_even_if_we_are_killed(tree: Path, temporary: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from genesis_monitoring.clients.alertmanager import Alertmanager\n"
        "with Alertmanager().ask(Path(sys.argv[1]), 'alertmanager.yml') as session:\n"
        "    print(session._server._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tree)],
        stdout=subprocess.PIPE,
        text=True,
        # Its scratch folder stays, since nobody is left to remove it.
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    wait_until(lambda: not is_alive(pid))
    wait_until(lambda: group_members(pid) == [])


def test_amtool_tells_the_receivers_of_each_label_set(tree: Path) -> None:
    runs = Amtool().test_routes(
        tree, "alertmanager.yml", [{"severity": "P0", "odd": 'a "b" \\ = ,\nc'}, {"severity": "P1"}]
    )
    assert [(run.exit_code, run.stdout.strip()) for run in runs] == [(0, "pager,hook"), (0, "chat")]
