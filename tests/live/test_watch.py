"""48 hours rehearsed in two minutes: Prometheus and the watcher are killed and come back."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from backfill import CONFIG
from cli.sandbox import environment, run
from rollout.history import HEALTHY, load_plan, load_spec_text
from rollout.judging import write_rules

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.ledger import read_ledger
from genesis_monitoring.rollout.pace import REHEARSAL
from genesis_monitoring.rollout.taking import taken
from genesis_monitoring.rollout.window import format_iso

pytestmark = pytest.mark.live
INTERVAL = "1s"
PATIENCE_SECONDS = 180.0
OUTAGE_SECONDS = 10.0
NAME = re.compile(r"rehearsal at speed 1440 from ([-:0-9TZ]+)")


@contextmanager
def prometheus(folder: Path, port: int) -> Iterator[None]:
    """On the data that is there; killed at the end of the block, as by a power cut."""
    argv = [
        str(shutil.which("prometheus")),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("ab") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


@contextmanager
def watcher(folder: Path, line: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            line.split(), cwd=folder, env=environment(folder), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(condition: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, (folder / "said").read_text()
        time.sleep(0.2)


def write_config(plan: Plan, folder: Path) -> None:
    """The plan's rules, and beside them rules that give each SLI a value."""
    write_rules(plan, folder)
    (folder / "prometheus.yml").write_text(CONFIG)
    values = [
        {"record": plan.slis[name].record, "expr": f"vector({value})"} for name, value in HEALTHY.items()
    ]
    groups = {"groups": [{"name": "values", "interval": INTERVAL, "rules": values}]}
    (folder / "rules" / "values.yml").write_text(yaml.safe_dump(groups))


def test_killed_on_both_sides_it_records_every_checkpoint_once(tmp_path: Path) -> None:
    plan = load_plan(INTERVAL)
    (tmp_path / "slo.yaml").write_text(load_spec_text(INTERVAL))
    write_config(plan, tmp_path)
    ledger, said = tmp_path / "rollout" / "ledger.jsonl", tmp_path / "said"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    servers = f"--prometheus http://127.0.0.1:{port} --alertmanager http://127.0.0.1:9"
    line = f"genesis-mon rollout watch --speed 1440 --timeout 5 {servers}"

    def recorded() -> int:
        return sum(entry.kind == "checkpoint" for entry in read_ledger(ledger).entries)

    with watcher(tmp_path, line) as first:
        # It begins without a Prometheus, which is told and records nothing.
        until(lambda: "no answer" in said.read_text(), tmp_path)
        assert recorded() == 0
        with prometheus(tmp_path, port):
            until(lambda: recorded() >= 10, tmp_path)
        before = recorded()
        time.sleep(OUTAGE_SECONDS)
        assert recorded() <= before + 1
        with prometheus(tmp_path, port):
            until(lambda: recorded() >= 25, tmp_path)
            first.send_signal(signal.SIGKILL)
            first.wait()
            kept = recorded()
            time.sleep(OUTAGE_SECONDS)
            with watcher(tmp_path, line) as second:
                assert second.wait(PATIENCE_SECONDS) == 4, said.read_text()

    text = said.read_text()
    found = NAME.search(ledger.read_text())
    assert found
    start = found[1]
    whole = read_ledger(ledger)
    assert whole.torn == ()
    kinds = [entry.kind for entry in whole.entries]
    assert (kinds.count(REHEARSAL), kinds.count("checkpoint"), len(kinds)) == (1, 55, 56)
    there = taken(whole, found[0])
    assert list(there) == list(range(1, 56))
    assert {one.speed for one in there.values()} == {1440.0}
    # Both outages: what was due in them is flagged, and what nothing was measured of is unknown.
    missed = [index for index, one in there.items() if one.missed]
    assert any(index <= kept for index in missed)
    assert any(index > kept for index in missed)
    assert f"resumed, {kept} recorded; overdue: " in text
    assert "Prometheus answers again" in text
    blind = [one for one in there.values() if any("the values are old" in text for text in one.unknown)]
    assert any(one.missed for one in blind)
    # Of the time in which the watcher alone was down, Prometheus knows everything.
    assert all(one.index <= kept for one in blind)
    # The verdict tells it, and is none on a rollout.
    assert "of 55 checkpoints missed, taken only after the next was due: " in text
    assert "this was a rehearsal at speed 1440: 120 s of true time were measured, so it cannot be GO" in text
    assert taken(whole, start) == {}
    with prometheus(tmp_path, port):
        real = run(
            f"genesis-mon rollout verdict --start {start} --prometheus http://127.0.0.1:{port}", tmp_path
        )
    assert "checkpoints" not in real.stdout
    assert format_iso(there[55].due) > start


def test_stopped_by_ctrl_c_it_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    line = "genesis-mon rollout watch --speed 1440 --prometheus http://127.0.0.1:9"
    with watcher(tmp_path, line) as process:
        until(lambda: "no answer" in (tmp_path / "said").read_text(), tmp_path)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 130
    text = (tmp_path / "said").read_text()
    assert text.endswith("watch: stopped; what is recorded stays, and the same command resumes it\n")
    assert "Traceback" not in text
