"""Every option that takes a path, given what is no file: it is refused at once, and stays what it is.

The options are read from the command line itself, so none can be forgotten.
"""

import os
import shlex
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from importers.test_openslo import ALPHA
from scratch import ROLLOUT_SPEC

from genesis_monitoring.cli.main import app
from genesis_monitoring.files import check_target, open_regular, read_regular, replace_file

from .sandbox import environment, execute, run

PATHS = ("FILE", "DIR", "PATH", "FORMAT=FILE", "SCENARIO")
NOBODY = "http://127.0.0.1:9"
NEEDED = {
    "stack simulate": "healthy --listen 127.0.0.1:0",
    "stack catch": "--listen 127.0.0.1:0 --log caught",
    "stack supervise": "--state state",
    "rollout attest": "memory_compression --by Ann --evidence seen",
    "rollout checkpoint": f"1 --prometheus {NOBODY} --alertmanager {NOBODY}",
    "rollout watch": f"--prometheus {NOBODY} --alertmanager {NOBODY} --speed 86400",
    "import sloth": "slos.yaml --job shop",
    "import openslo": "slos.yaml --job shop",
    "explain": "CostReductionTargetMissed",
    "route": "CostReductionTargetMissed",
    "diff": "--against slo.yaml",
    "diff-envs": "base base",
    "preview": f"--prometheus {NOBODY} --timeout 1",
}
NOT_OPENED = {
    ("explain", "--out"),
    *(("init", option) for option in ("--ca-file", "--token-file")),  # of a server, which is not asked
    ("rollout archive", "--out"),  # looked at when there is something to write
    ("rollout steady-state", "--out"),
    *((f"stack {name}", option) for name in ("status", "down") for option in ("--spec", "--out", "--state")),
}
"""Only named, or the place of a stack that was never started; nor is a tool looked for that is not needed."""
ASKS = ("verdict", "report", "archive", "backtest", "steady-state")


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def options() -> Iterator[tuple[str, str, str]]:
    for name, command in commands(typer.main.get_command(app)):
        for option in command.params:
            metavar = str(option.metavar)
            if metavar in PATHS:
                yield name, option.opts[0] if option.opts[0].startswith("-") else "", metavar


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paths")
    (folder / "slo.yaml").write_bytes((ROLLOUT_SPEC).read_bytes())
    assert run("genesis-mon render", folder).code == 0
    (folder / "slos.yaml").write_text(ALPHA.replace("target: 0.9", "budgetTarget: 0.9"), "utf-8")
    os.mkfifo(folder / "pipe.x")
    return folder


def test_the_options_are_found() -> None:
    assert len(list(options())) > 60


@pytest.mark.parametrize(("command", "option", "metavar"), list(options()))
def test_a_pipe_is_refused_and_not_waited_for(command: str, option: str, metavar: str, folder: Path) -> None:
    needed = NEEDED.get(command, "")
    if command.startswith("rollout ") and command.split()[-1] in ASKS:
        needed = f"--prometheus {NOBODY} --timeout 1"
    value = "sarif=pipe.x" if metavar == "FORMAT=FILE" else "pipe.x"
    if option == "--check":
        needed = ""
    if not option:
        needed = needed.removeprefix("healthy")
    only = "--only compose-security --no-live" if command == "validate" else ""
    line = shlex.split(f"genesis-mon {command} {needed} {only} {option} {value}")
    answer = execute([line], folder, environment(folder))
    said = answer.stdout + answer.stderr
    assert "Traceback" not in said
    if metavar != "PATH" and (command, option) not in NOT_OPENED:
        assert answer.code in (1, 2, 3), said
        assert "pipe.x" in said
    assert stat.S_ISFIFO((folder / "pipe.x").lstat().st_mode)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkfifo, "it is a pipe, not a file"),
        (make_socket, "it is a socket, not a file"),
        (Path.mkdir, "it is a folder"),
    ],
)
def test_what_is_no_file_is_neither_read_nor_replaced(
    make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    make(path)
    kind = stat.S_IFMT(path.lstat().st_mode)
    for attempt in (
        lambda: read_regular(path, 10),
        lambda: open_regular(path, os.O_WRONLY | os.O_APPEND),
        lambda: replace_file(path, b"new"),
    ):
        with pytest.raises(OSError, match="it is") as refused:
            attempt()
        assert refused.value.strerror == said
    assert stat.S_IFMT(path.lstat().st_mode) == kind
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_neither_read_nor_replaced(device: str) -> None:
    with pytest.raises(OSError, match="it is a device, not a file"):
        read_regular(Path(device), 10)
    with pytest.raises(OSError, match="it is a device, not a file"):
        check_target(Path(device))


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "x"
    replace_file(path, b"one")
    path.chmod(0o600)
    assert replace_file(path, b"two")
    assert not replace_file(path, b"three", instead_of=b"one")
    assert replace_file(path, b"three", instead_of=b"two")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"three", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("broken", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_old_file_stays_when_writing_fails(
    broken: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    replace_file(path, b"old")

    def fail(descriptor: int) -> None:
        raise broken

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(broken)):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("line", ["validate --only compose-security --no-live -o json=out.json"])
def test_a_planted_link_is_not_followed(line: str, folder: Path) -> None:
    (folder / "precious").write_text("precious")
    (folder / "out.json").symlink_to("precious")
    for name in (".out.json.part", "out.json.part", "out.json.tmp"):
        (folder / name).symlink_to("precious")
    answer = run(f"genesis-mon {line}", folder)
    assert (answer.code, "it is a symlink: name the file that it leads to" in answer.stderr) == (2, True)
    (folder / "out.json").unlink()
    assert run(f"umask 0777; genesis-mon {line}", folder).code in (0, 1)
    assert '"version"' in (folder / "out.json").read_text()
    assert (folder / "precious").read_text() == "precious"
