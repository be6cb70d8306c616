"""On a terminal, in a pipe, interrupted: how the command line behaves towards what surrounds it."""

import contextlib
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rollout.history import load_spec_text

from genesis_monitoring.report import console

from .sandbox import environment, run

ESCAPE = "\x1b["


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a rendered tree, and a spec that has changed since."""
    made = tmp_path_factory.mktemp("made")
    assert run("genesis-mon init && genesis-mon render", made).code == 0
    spec = made / "slo.yaml"
    spec.write_text(spec.read_text("utf-8").replace("target: 1}", "target: 2}"), "utf-8")
    return made


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True)


def test_what_takes_long_is_told_without_steering_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    said = ""
    with console.Console().progress("preview: asking \x1b]0;mine\x07"):
        while "asking" not in said:
            said += capsys.readouterr().err
    assert "\\x1b]0;mine\\x07" in said
    assert "\x1b" not in said


def on_a_terminal(line: str, folder: Path, **more: str) -> str:
    """All that ``line`` says with both streams on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(folder, **{"TERM": "xterm", **more}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    try:
        while select.select([ours], [], [], 60)[0]:
            said += os.read(ours, 65536)
    except OSError:
        pass
    finally:
        os.close(ours)
        process.wait(60)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("terminal", "more", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
@pytest.mark.parametrize("line", ["genesis-mon render --diff", "genesis-mon validate --only promql"])
def test_colour(line: str, terminal: bool, more: dict[str, str], coloured: bool, folder: Path) -> None:
    if terminal:
        said = on_a_terminal(line, folder, **more)
    else:
        answer = run(line, folder, **more)
        said = answer.stdout + answer.stderr
    assert "%" in said
    assert (ESCAPE in said) is coloured


def test_help_has_no_colour_and_keeps_to_the_width(folder: Path) -> None:
    for width in ("60", "100"):
        said = on_a_terminal("genesis-mon validate --help", folder, COLUMNS=width)
        assert ESCAPE not in said
        assert 40 < max(map(len, said.splitlines())) <= int(width)


def test_no_word_is_broken_where_a_terminal_ends(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    line = "genesis-mon rollout plan 2>/dev/null"
    whole = run(line, tmp_path).stdout
    assert max(map(len, whole.splitlines())) > 100
    for width in ("80", "60"):
        for encoding, mark in (("utf-8", "○"), ("ascii", "o")):
            said = on_a_terminal(line, tmp_path, COLUMNS=width, NO_COLOR="1", PYTHONIOENCODING=encoding)
            assert said.split() == whole.replace("○", mark).split()
            long = [one for one in said.splitlines() if len(one) > int(width)]
            assert all(len(one.split()) <= 2 for one in long), long
            assert "\\u" not in said


@pytest.mark.parametrize("line", ["render --diff", "schema", "validate --skip rule-tests --format json"])
def test_a_reader_that_stops_is_no_error(line: str, folder: Path) -> None:
    answer = run(f"set -o pipefail; genesis-mon {line} | head -1", folder)
    assert answer.stdout.count("\n") == 1
    assert (answer.stderr, answer.code) in (("", 0), ("", 1), ("", 141))


def test_a_reader_that_was_never_there_is_no_error(folder: Path) -> None:
    answer = run("set -o pipefail; genesis-mon schema | true", folder)
    assert (answer.stderr, answer.code) == ("", 141)


def test_a_full_disk_is_told(folder: Path) -> None:
    answer = run("genesis-mon schema > /dev/full", folder)
    assert (answer.stderr, answer.code) == ("genesis-mon: [Errno 28] No space left on device\n", 3)


@pytest.fixture
def slow_promtool(folder: Path) -> Path:
    """Says that it has started, starts a child of its own and does not end by itself."""
    tool = folder / "promtool"
    tool.write_text("#!/bin/sh\nsleep 100 &\necho $$ $! > $TMPDIR/pids\nmv $TMPDIR/pids ../pids-$$\nwait\n")
    tool.chmod(0o755)
    return tool


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("to_all", [True, False], ids=["to the group", "to the process"])
def test_an_interrupt_leaves_nothing_behind(
    number: signal.Signals, code: int, to_all: bool, folder: Path, slow_promtool: Path
) -> None:
    process = subprocess.Popen(
        ["genesis-mon", "validate", "--promtool", str(slow_promtool)],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        pids = _started(folder)
        (os.killpg if to_all else os.kill)(process.pid, number)
        stdout, stderr = process.communicate(timeout=20)
        alive = [pid for pid in pids if _is_alive(pid)]
    finally:
        process.kill()
        for pid in _started(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert (process.returncode, stdout, stderr, alive) == (code, "", "", [])
    left = {path.name for path in folder.iterdir() if not path.name.startswith("pids-")}
    assert left == {".gitattributes", "slo.yaml", "generated", "promtool"}


def _started(folder: Path) -> list[int]:
    """The process ids of all tools that have started, once there is one."""
    for _ in range(2000):
        pids = [int(pid) for path in folder.glob("pids-*") for pid in path.read_text().split()]
        if pids:
            return pids
        time.sleep(0.01)
    raise AssertionError("no tool was started within 20 s")


def _is_alive(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_can_be_shown(shell: str, folder: Path) -> None:
    answer = run(
        f"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=1 genesis-mon --show-completion {shell}", folder
    )
    assert answer.code == 0
    assert "genesis-mon" in answer.stdout


def test_completion_completes_in_bash(folder: Path) -> None:
    line = (
        'complete_with() { COMP_WORDS="$1" COMP_CWORD=$2 _GENESIS_MON_COMPLETE=complete_bash genesis-mon; };'
        " complete_with 'genesis-mon ren' 1; complete_with 'genesis-mon validate --str' 2"
    )
    assert run(line, folder).stdout.split() == ["render", "--strict"]


@pytest.mark.parametrize(
    ("streams", "done", "refused"),
    [
        (">&-", 0, 2),
        ("2>&-", 0, 2),
        (">&- 2>&- <&-", 0, 2),
        ("2>/dev/full", 0, 2),
        (">/dev/full", 3, 2),
        ("2>&1 | head -1", 0, 2),
    ],
)
def test_what_becomes_of_the_streams_is_no_result(
    streams: str, done: int, refused: int, tmp_path: Path
) -> None:
    """But where a result was asked for and could not be written."""
    first, _, rest = streams.partition("|")
    pipe = f"| {rest}" if rest else ""
    for command, code in (("schema", done), ("render --spec none.yaml", refused)):
        answer = run(f"genesis-mon {command} {first} {pipe}; echo ${{PIPESTATUS[0]}} >code", tmp_path)
        assert "Traceback" not in answer.stdout + answer.stderr
        assert "Exception ignored" not in answer.stderr
        assert int((tmp_path / "code").read_text()) in (code, 141 if rest else code)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "ascii:strict"])
def test_what_an_encoding_does_not_have_is_escaped(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text("ключ: 1\n")
    answer = subprocess.run(
        ["genesis-mon", "render", "--check"],
        cwd=tmp_path,
        env=environment(tmp_path, PYTHONIOENCODING=encoding, LC_ALL="C"),
        capture_output=True,
        check=False,
    )
    said = answer.stderr.decode(encoding.partition(":")[0])
    assert (answer.returncode, "Traceback" in said) == (1, False)
    assert r"\u043a\u043b\u044e\u0447" in said


@pytest.mark.parametrize("umask", ["0777", "0000", "0077"])
def test_any_umask_gives_files_that_can_be_read_and_others_cannot_write(umask: str, tmp_path: Path) -> None:
    line = f"umask {umask}; genesis-mon init && genesis-mon render && genesis-mon render --check"
    answer = run(line, tmp_path)
    assert answer.code == 0, answer.stderr
    for path in tmp_path.rglob("*"):
        mode = path.stat().st_mode
        wanted = 0o700 if path.is_dir() else 0o600
        assert mode & wanted == wanted, path
        assert not mode & 0o022, path
    generated = tmp_path / "generated"
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (generated, *generated.rglob("[!.]*"))), (
        "containers run as others"
    )
