"""The supervisor with small shell scripts as units: restarts, order, signals, and nothing left behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from genesis_monitoring.clients.file_lock import held, holder
from genesis_monitoring.clients.log_file import LogFile, last_lines
from genesis_monitoring.clients.pids import ProcessIdentity, identify
from genesis_monitoring.clients.supervised import Command
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.stack.down import stop_stack
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.launch import (
    VERSION,
    Launch,
    State,
    TornError,
    Unit,
    dump,
    load_launch,
    load_state,
)
from stack.runs import command, pid_of, running_in, wait_until


def unit(name: str, script: str, *, digest: str = "", grace: float = 5.0) -> Unit:
    argv = ("/bin/sh", "-c", script, name)
    return Unit(Command(name, argv, "/"), digest, grace, (1,), "/", f"{name} of a test")


def launch(*units: Unit) -> Launch:
    return Launch(VERSION, "s", "t", "p", "", False, "prometheus", "Watchdog", units, (), 10_000, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    yield folder
    stop_stack(folder)
    assert running_in(tmp_path) == []


@contextmanager
def supervised(
    folder: StateFolder, *units: Unit, hanging: bool = False
) -> Iterator["subprocess.Popen[bytes]"]:
    folder.write_launch(launch(*units))
    arguments = ("stack", "supervise", "--state", folder.path, *(("--hanging",) if hanging else ()))
    stdin = subprocess.PIPE if hanging else subprocess.DEVNULL
    process = subprocess.Popen(command(*arguments), stdin=stdin, start_new_session=True)
    try:
        wait_until(lambda: (state := folder.read_state()) and len(state.units) == len(units))
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_unit_that_ends_is_started_again(folder: StateFolder, tmp_path: Path) -> None:
    script = f"trap 'exit 0' TERM; echo {tmp_path}; while :; do sleep 0.05; done"
    with supervised(folder, unit("a", script)):
        wait_until(lambda: pid_of(folder, "a"))
        first = pid_of(folder, "a")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: pid_of(folder, "a") not in (0, first))
        state = folder.read_state()
        assert state is not None
        assert (state.units[0].restarts, state.units[0].last_exit) == (1, -9)
    assert any("ended with -9; started again in 0.5 s" in line for line in last_lines(folder.log("a"), 9))


def test_a_unit_that_cannot_start_waits_longer_and_longer(folder: StateFolder) -> None:
    nowhere = Unit(Command("a", ("/nowhere/at/all",), "/"), "", 1.0, (1,), "/", "")
    with supervised(folder, nowhere):
        wait_until(lambda: (state := folder.read_state()) and state.units[0].restarts >= 2)
    said = " ".join(last_lines(folder.log("a"), 99))
    assert "started again in 0.5 s" in said
    assert "started again in 1 s" in said


def test_units_stop_in_reverse_order_and_stubborn_ones_are_killed(
    folder: StateFolder, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    ready = tmp_path / "ready"
    gentle = f"trap 'echo $0 >> {trace}; exit 0' TERM; echo >> {ready}; while :; do sleep 0.05; done"
    stubborn = f"trap 'echo $0 >> {trace}' TERM; echo >> {ready}; while :; do sleep 0.05; done"
    units = (unit("one", gentle), unit("two", stubborn, grace=0.3), unit("three", gentle))
    with supervised(folder, *units) as process:
        wait_until(lambda: all(pid_of(folder, one.name) for one in units))
        wait_until(lambda: ready.exists() and ready.read_text().count("\n") == len(units))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert list(dict.fromkeys(trace.read_text().split())) == ["three", "two", "one"]
    assert folder.read_state() is None
    assert not folder.run.exists()


def test_sighup_restarts_what_has_changed_and_only_that(folder: StateFolder) -> None:
    sleeping = "exec sleep 1000"
    with supervised(folder, unit("a", sleeping), unit("b", sleeping), unit("c", sleeping)) as process:
        wait_until(lambda: all(pid_of(folder, name) for name in "abc"))
        a, b = pid_of(folder, "a"), pid_of(folder, "b")
        changed = launch(unit("a", sleeping), unit("b", sleeping, digest="new"), unit("d", sleeping))
        folder.write_launch(changed)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: (state := folder.read_state()) and state.fingerprint == changed.fingerprint)
        wait_until(lambda: pid_of(folder, "d"))
        assert pid_of(folder, "a") == a
        assert pid_of(folder, "b") not in (0, b)
        assert pid_of(folder, "c") == 0


def test_children_end_with_a_supervisor_that_is_killed(folder: StateFolder) -> None:
    with supervised(folder, unit("a", "exec sleep 1000")) as process:
        wait_until(lambda: pid_of(folder, "a"))
        child = identify(pid_of(folder, "a"))
        assert child is not None
        process.kill()
        process.wait()
        wait_until(lambda: not child.alive)
        assert folder.supervisor() is None
        assert stop_stack(folder) is False


def test_a_hanging_supervisor_ends_when_its_input_does(folder: StateFolder) -> None:
    with supervised(folder, unit("a", "exec sleep 1000"), hanging=True) as process:
        wait_until(lambda: pid_of(folder, "a"))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_there_is_one_supervisor(folder: StateFolder) -> None:
    with supervised(folder, unit("a", "exec sleep 1000")) as process:
        assert folder.supervisor() == process.pid
        second = subprocess.run(
            command("stack", "supervise", "--state", folder.path), capture_output=True, text=True
        )
        assert second.returncode == 3
        assert "a supervisor runs already" in second.stderr


@pytest.mark.parametrize("torn", [b"", b"{", b'{"version": 1}', b'{"version": 9}', b"\xff\xfe", b"[]"])
def test_a_torn_account_is_no_obstacle(folder: StateFolder, torn: bytes) -> None:
    with supervised(folder, unit("a", "exec sleep 1000")) as process:
        wait_until(lambda: pid_of(folder, "a"))
        child = pid_of(folder, "a")
        (folder.path / "state.json").write_bytes(torn)
        (folder.path / "launch.json").write_bytes(torn)
        assert stop_stack(folder) is True
        assert process.wait(5) == 0
        assert identify(child) is None


def test_the_account_mends_itself(folder: StateFolder) -> None:
    with supervised(folder, unit("a", "exec sleep 1000")):
        (folder.path / "state.json").unlink()
        wait_until(lambda: folder.read_state())


def test_a_stale_account_does_not_hit_a_stranger(folder: StateFolder) -> None:
    stranger = subprocess.Popen(["sleep", "1000"])
    try:
        real = identify(stranger.pid)
        assert real is not None
        other = ProcessIdentity(real.pid, real.started + "1")
        assert not other.alive
        from genesis_monitoring.stack.launch import UnitState

        units = (UnitState("a", "running", other, 0.0, 0, None),)
        folder.write_state(State(VERSION, "", 0.0, units))
        assert stop_stack(folder) is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_orphan_of_a_killed_supervisor_is_ended(folder: StateFolder) -> None:
    """Its guard may have been killed as well."""
    script = "trap '' TERM; echo deaf; sleep 1000 & wait; wait"
    orphan = subprocess.Popen(["sh", "-c", script], start_new_session=True, stdout=subprocess.PIPE)
    assert orphan.stdout is not None
    try:
        assert orphan.stdout.readline() == b"deaf\n"
        from genesis_monitoring.stack.launch import UnitState

        units = (UnitState("a", "running", identify(orphan.pid), 0.0, 0, None),)
        folder.write_state(State(VERSION, "", 0.0, units))
        assert stop_stack(folder) is True
        assert orphan.wait(5) == -9
    finally:
        orphan.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(orphan.pid, signal.SIGKILL)


def test_what_is_written_comes_back() -> None:
    one = launch(unit("a", "b"))
    assert load_launch(dump(one)) == one
    state = State(VERSION, "f", 1.5, ())
    assert load_state(dump(state)) == state
    with pytest.raises(TornError, match="version"):
        load_state(dump(State(VERSION + 1, "f", 1.5, ())))


def test_a_log_is_bounded_and_rotates(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", 100, 3)
    for number in range(200):
        log.write(f"line {number:04}\n".encode())
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2"]
    assert all(path.stat().st_size <= 110 for path in tmp_path.iterdir())
    assert last_lines(tmp_path / "a.log", 1) == ("line 0199",)


def test_a_log_that_cannot_be_written_says_so_later(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "later" / "a.log", 1000, 1)
    log.write(b"lost\n")
    (tmp_path / "later").mkdir()
    log.write(b"kept\n")
    assert (tmp_path / "later" / "a.log").read_text() == "[5 bytes could not be written]\nkept\n"


def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    log = LogFile(Path("/dev/full"), 1000, 1)
    log.write(b"lost\n")
    log.write(b"lost\n")
    log.close()


def test_a_lock_tells_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert holder(path) is None
    script = (
        "import sys, time, pathlib; from genesis_monitoring.clients.file_lock import held\n"
        f"with held(pathlib.Path({str(path)!r}), busy=''): print('held', flush=True); time.sleep(100)"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert holder(path) == other.pid
        with pytest.raises(CouldNotTellError, match="taken"), held(path, busy="taken"):
            pass
    finally:
        other.kill()
        other.wait()
    assert holder(path) is None


def test_a_folder_of_others_is_no_state_folder(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    with pytest.raises(UsageError, match="other files"):
        StateFolder(tmp_path).prepare()
    file = tmp_path / "precious"
    with pytest.raises(UsageError):
        StateFolder(file).prepare()


def test_purge_leaves_what_is_not_ours(folder: StateFolder) -> None:
    (folder.path / "mine").write_text("x")
    folder.remove()
    assert [path.name for path in folder.path.iterdir()] == ["mine"]
