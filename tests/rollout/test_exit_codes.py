"""1 is NO-GO, said with a verdict: whatever else goes wrong has another code, and no traceback."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genesis_monitoring.cli import main as program
from genesis_monitoring.errors import GenesisMonError

from .history import load_spec_text

NOWHERE = "--prometheus http://127.0.0.1:9 --timeout 0.5"
COMMANDS = (
    "verdict",
    "report",
    "archive",
    "plan",
    "checkpoint",
    "watch",
    "backtest",
    "steady-state",
    "attest memory_compression --by A --evidence B",
    "rollback",
)
TIMES = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31",
    "3000-01-01T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-10-23T20:56:00",
    "1e400",
    "nan",
    "",
    "x" * 5000,
)
NUMBERS = ("nan", "inf", "-inf", "-1", "0", "1e400", "1e-400", "x", "", "1_0", "٩", "0x9")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("codes")
    (made / "slo.yaml").write_text(load_spec_text())
    (made / "invalid.yaml").write_text(load_spec_text().replace("hold: 5m", "hold: five"))
    (made / "early.yaml").write_text(
        load_spec_text().replace('start: "2025-10-23T20:56:00Z"', 'start: "9999-12-31T23:59:59Z"')
    )
    (made / "binary").write_bytes(bytes(range(256)) * 20)
    (made / "folder").mkdir()
    return made


def call(folder: Path, line: str, *more: str) -> tuple[int, str]:
    """The exit code, and that nothing is said as if it were a verdict."""
    arguments = ["rollout", *line.split(), *more]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(program.app, arguments)
    error = result.exception
    if isinstance(error, GenesisMonError):
        return error.exit_code, result.stdout
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, result.stdout


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("spec", "code"),
    [("invalid.yaml", 3), ("early.yaml", 3), ("binary", 3), ("folder", 2), ("absent.yaml", 2)],
)
def test_a_spec_that_cannot_be_used(command: str, spec: str, code: int, folder: Path) -> None:
    assert call(folder, f"{command} --spec {spec}") == (code, "")


@pytest.mark.parametrize("command", ["verdict", "report -o r.html", "archive --out a", "steady-state"])
@pytest.mark.parametrize("record", ["invalid.yaml", "binary", "folder", "absent"])
def test_a_record_that_cannot_be_used(command: str, record: str, folder: Path) -> None:
    if command.startswith("archive") and not (folder / "generated").exists():
        rendered = CliRunner().invoke(program.app, ["render", "--spec", str(folder / "slo.yaml")])
        assert rendered.exit_code == 0
    assert call(folder, f"{command} --replay {record}") == (3, "")


@pytest.mark.parametrize(
    "command", ["verdict", "report -o r.html", "checkpoint 3", "attest memory_compression --by A"]
)
@pytest.mark.parametrize("ledger", ["folder", "binary"])
def test_a_ledger_that_cannot_be_used(command: str, ledger: str, folder: Path) -> None:
    more = ("--evidence", "B") if command.startswith("attest") else tuple(NOWHERE.split())
    code, said = call(folder, f"{command} --ledger {ledger}", *more)
    if (command[:6], ledger) == ("attest", "binary"):
        return  # Lines that are none are torn ones, and an entry may follow them.
    assert (code, said) == (3, "")


@pytest.mark.parametrize(
    "command",
    [
        "verdict --start",
        "verdict --at",
        "report --at",
        "plan --start",
        "plan --format ical --start",
        "checkpoint --start",
        "checkpoint --at",
        "backtest --start",
        "backtest --at",
        "steady-state --at",
        "watch --start",
        "watch --speed 2 --start",
        "archive --start",
    ],
)
def test_times_that_are_none(command: str, folder: Path) -> None:
    # An archive is rendered before its time is read.
    for time in TIMES[::4] if command.startswith("archive") else TIMES:
        asking = () if command.startswith("plan") else NOWHERE.split()
        code, said = call(folder, command, time, *asking)
        assert (code, said) in ((2, ""), (1, "")) if "archive" in command else (code, said) == (2, ""), time


@pytest.mark.parametrize(
    "command",
    [
        "verdict --timeout",
        "checkpoint 3 --timeout",
        "watch --timeout",
        "watch --speed",
        "report --timeout",
        "backtest --timeout",
        "backtest --last",
        "steady-state --timeout",
        "archive --timeout",
    ],
)
def test_numbers_that_are_none(command: str, folder: Path) -> None:
    for text in NUMBERS:
        assert call(folder, f"{command}={text}") == (2, ""), text


def test_a_fault_of_our_own_is_no_no_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("it \x1b broke")

    monkeypatch.setattr("genesis_monitoring.commands.rollout_plan.run_plan", broken)
    monkeypatch.setattr(sys, "argv", ["genesis-mon", "rollout", "plan", "--spec", str(folder / "slo.yaml")])
    monkeypatch.delenv("GENESIS_MON_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as caught:
        program.main()
    assert caught.value.code == 3
    said = capsys.readouterr().err
    assert said.startswith("genesis-mon: a fault of its own: RuntimeError: it ? broke (test_exit_codes.py:")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "command", ["verdict", "checkpoint 3", "watch", "backtest --last 1h", "steady-state"]
)
def test_an_empty_address_is_no_address_and_not_the_default(command: str, folder: Path) -> None:
    """As of a variable that is not set: another server must not be judged."""
    assert call(folder, f"{command} --prometheus", "") == (2, "")
