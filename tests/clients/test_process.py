"""Running a tool: its answer, its crash, its silence, and that nothing of it stays."""

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import (
    OUTPUT_LIMIT,
    ToolCrashed,
    ToolMissing,
    ToolRun,
    ToolTimedOut,
    run_tool,
    stop_children,
)


def shell(script: str, cwd: Path, timeout: float = 10.0, merged: bool = False) -> ToolRun:
    return run_tool(("/bin/sh", "-c", script), cwd=cwd, timeout=timeout, merged=merged)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that is dead but not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(path: Path) -> int:
    """The process id that a script writes into ``path``."""
    for _ in range(6000):
        if path.exists() and path.read_text().strip():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError(f"{path} was never written")


def is_gone(pid: int) -> bool:
    for _ in range(6000):
        if not is_alive(pid):
            return True
        time.sleep(0.01)
    return False


def test_an_answer_has_code_streams_and_time(tmp_path: Path) -> None:
    run = shell("pwd; echo wrong >&2; sleep 0.05; exit 1", tmp_path)
    assert (run.exit_code, run.stdout, run.stderr) == (1, f"{tmp_path}\n", "wrong\n")
    assert run.argv[0] == "/bin/sh"
    assert run.seconds >= 0.05


def test_merged_streams_keep_their_order(tmp_path: Path) -> None:
    run = shell("echo 1; echo 2 >&2; echo 3", tmp_path, merged=True)
    assert (run.stdout, run.stderr) == ("1\n2\n3\n", "")


def test_the_environment_is_small_and_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "LANG", "GENESIS_MON_PROMTOOL", "LC_TIME"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    run = run_tool(("env",), cwd=tmp_path, timeout=10, env={"EXTRA": "1"})
    found = dict(line.split("=", 1) for line in run.stdout.splitlines())
    assert set(found) == {"PATH", "HOME", "LC_ALL", "TMPDIR", "EXTRA"}
    assert found["LC_ALL"] == "C.UTF-8"


def test_the_scratch_folder_is_gone_afterwards(tmp_path: Path) -> None:
    scratch = Path(shell('touch "$TMPDIR/left"; echo "$TMPDIR"', tmp_path).stdout.strip())
    assert scratch.name.startswith("genesis-mon-")
    assert not scratch.exists()


def test_no_shell_sees_the_arguments(tmp_path: Path) -> None:
    run = run_tool(("echo", "$HOME; `id` *"), cwd=tmp_path, timeout=10)
    assert run.stdout == "$HOME; `id` *\n"


def test_output_that_is_not_text_is_marked(tmp_path: Path) -> None:
    assert shell(r"printf 'a\377b'", tmp_path).stdout == "a\ufffdb"


def test_endless_output_is_cut_and_the_tool_read_to_its_end(tmp_path: Path) -> None:
    run = shell(f"head -c {OUTPUT_LIMIT * 2} /dev/zero | tr '\\0' x; echo end >&2", tmp_path)
    assert run.stdout.endswith("x\n[output cut here]\n")
    assert len(run.stdout) < OUTPUT_LIMIT + 100
    assert run.stderr == "end\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill -SEGV $$", "sh was killed by SIGSEGV"),
        ("echo out of memory >&2; kill -KILL $$", "sh was killed by SIGKILL: out of memory"),
        ("echo 'panic: oh' >&2; exit 2", "sh ended with exit code 2, which is no answer: panic: oh"),
    ],
)
def test_a_crash_is_told_apart_from_an_answer(script: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ToolCrashed) as failure:
        shell(script, tmp_path)
    assert failure.value.message == words


def test_a_tool_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="nothing cannot be started"):
        run_tool((str(tmp_path / "nothing"),), cwd=tmp_path, timeout=10)


def test_a_file_that_may_not_run_is_missing(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    with pytest.raises(ToolMissing, match="Permission denied"):
        run_tool((str(tmp_path / "tool"),), cwd=tmp_path, timeout=10)


def test_a_file_that_is_no_program_is_a_crash(tmp_path: Path) -> None:
    (tmp_path / "tool").write_bytes(b"\x7fELF but not really")
    (tmp_path / "tool").chmod(0o755)
    with pytest.raises(ToolCrashed, match="could not be started"):
        run_tool((str(tmp_path / "tool"),), cwd=tmp_path, timeout=10)


def test_a_working_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolCrashed, match="nowhere is not a folder"):
        shell("true", tmp_path / "nowhere")


def test_a_hanging_tool_is_stopped_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(ToolTimedOut, match=r"sh gave no answer within 0\.5 s"):
        shell("sleep 600 & echo $! > child; echo $$ > self; wait", tmp_path, timeout=0.5)
    assert is_gone(wait_for(tmp_path / "child"))
    assert is_gone(wait_for(tmp_path / "self"))


def test_a_tool_that_closes_its_output_and_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ToolTimedOut):
        shell("echo $$ > self; exec sleep 60 >/dev/null 2>&1", tmp_path, timeout=0.5)
    assert is_gone(wait_for(tmp_path / "self"))


def test_a_child_left_behind_delays_nothing_and_is_stopped(tmp_path: Path) -> None:
    run = shell("sleep 600 & echo $! > child; echo done", tmp_path)
    assert run.stdout == "done\n"
    assert run.seconds < 500, "it did not wait for the child"
    assert is_gone(wait_for(tmp_path / "child"))


def test_stop_children_ends_the_call_in_another_thread(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def call() -> None:
        try:
            shell("echo $$ > self; sleep 60", tmp_path, timeout=60)
        except ToolCrashed as failure:
            failures.append(failure)

    thread = threading.Thread(target=call)
    thread.start()
    pid = wait_for(tmp_path / "self")
    for _ in range(100):
        # The child may write its number before its start has been noted.
        stop_children()
        thread.join(timeout=0.2)
        if not thread.is_alive():
            break
    assert not thread.is_alive()
    assert "SIGKILL" in str(failures[0])
    assert is_gone(pid)


INTERRUPTED = """\
import sys
from functools import partial
from pathlib import Path
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import run_tool

def call(name):
    script = f"sleep 60 & echo $! > {name}.child; echo $$ > {name}; wait"
    return run_tool(("/bin/sh", "-c", script), cwd=Path(sys.argv[1]), timeout=60)

jobs = [partial(call, name) for name in sys.argv[2:]]
try:
    run_side_by_side(jobs, 2)
except KeyboardInterrupt:
    sys.exit(77)
"""


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")], ids=["one", "two", "one waits"])
def test_an_interrupt_leaves_nothing_running(names: tuple[str, ...], tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(tmp_path), *names])
    pids = [wait_for(tmp_path / f"{name}{end}") for name in names[:2] for end in ("", ".child")]
    assert all(is_alive(pid) for pid in pids)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) == 77
    assert all(is_gone(pid) for pid in pids)
    assert not (tmp_path / "c").exists()


WHILE_STARTING = """\
import os, signal, sys, time
from functools import partial
from pathlib import Path
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import run_tool

def call(number):
    if number == 5:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
    return run_tool(("sleep", "60"), cwd=Path(sys.argv[1]), timeout=60)

try:
    run_side_by_side([partial(call, number) for number in range(20)], 20)
except KeyboardInterrupt:
    sys.exit(77)
"""


@pytest.mark.parametrize("attempt", range(2))
def test_an_interrupt_while_threads_are_started_loses_none_of_them(attempt: int, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WHILE_STARTING, str(tmp_path)])
    try:
        assert process.wait(timeout=15) == 77
    finally:
        process.kill()


def test_jobs_run_at_the_same_time_and_keep_their_order() -> None:
    meeting = threading.Barrier(3, timeout=10)

    def job(number: int) -> int:
        meeting.wait()
        time.sleep((3 - number) * 0.02)
        return number

    assert run_side_by_side([partial(job, n) for n in range(3)], 3) == (0, 1, 2)


def test_the_first_failing_job_is_told() -> None:
    def fail(number: int) -> int:
        if number:
            time.sleep((3 - number) * 0.02)
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match="1"):
        run_side_by_side([partial(fail, n) for n in range(3)], 3)
