"""The script that installs what is missing: what it asks apt-get for, and what it says where it cannot."""

import subprocess
from pathlib import Path

import pytest
from scratch import REPOSITORY

SCRIPT = REPOSITORY / "scripts" / "install-tools.sh"


class Machine:
    """A machine whose only programs are those in ``bin``; each notes its call in ``calls``."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self._calls = folder / "calls"
        self._calls.touch()
        self.add("id", "echo 0")
        for name in ("rm", "chmod", "tee"):
            self.add(name)
        self.add("env", 'shift; exec "$@"')

    def add(self, name: str, script: str = "") -> None:
        program = self.bin / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {self._calls}\n{script}\n')
        program.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        lines = self._calls.read_text().splitlines()
        return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]

    def run(self, *tools: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [SCRIPT, *tools],
            env={"PATH": str(self.bin)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_is_there_is_left_alone(machine: Machine) -> None:
    machine.add("apt-get")
    machine.add("promtool")
    done = machine.run("promtool")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls("apt-get") == []


def test_each_missing_package_is_installed_once(machine: Machine) -> None:
    put = f"for name in promtool prometheus amtool; do cp {machine.bin}/rm {machine.bin}/$name; done"
    machine.add("apt-get", f"PATH=/bin:/usr/bin; [ $2 = update ] || {{ {put}; }}")
    machine.add("chromium")
    done = machine.run("promtool", "chromium", "prometheus", "amtool")
    assert done.returncode == 0, done.stderr
    assert machine.calls("apt-get") == [
        "-q update",
        "-q install -y --no-install-recommends prometheus prometheus-alertmanager",
    ]


def test_without_apt_get_it_names_what_is_missing(machine: Machine) -> None:
    machine.add("chromium")
    done = machine.run("chromium", "promtool", "amtool")
    assert done.returncode == 1
    packages = "prometheus prometheus-alertmanager"
    assert done.stderr.splitlines() == [
        "install-tools: missing: promtool amtool",
        "install-tools: there is no apt-get here to install them with",
        f"  mend: install them (on Debian: apt-get install {packages}), then run this again",
    ]


def test_without_root_or_sudo_it_says_so(machine: Machine) -> None:
    machine.add("apt-get")
    machine.add("id", "echo 1000")
    done = machine.run("promtool")
    assert done.returncode == 1
    assert "only root can install them" in done.stderr
    assert machine.calls("apt-get") == []


def test_with_sudo_it_asks_no_password_off_a_terminal(machine: Machine) -> None:
    machine.add("id", "echo 1000")
    machine.add("sudo", '[ "$1" = -n ] && shift; exec "$@"')
    machine.add("apt-get", f"PATH=/bin:/usr/bin; cp {machine.bin}/rm {machine.bin}/promtool")
    assert machine.run("promtool").returncode == 0
    assert machine.calls("sudo")
    assert all(call.startswith("-n ") for call in machine.calls("sudo"))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 100", "apt-get update failed"),
        ("[ $2 = update ]", "apt-get install failed"),
        ("", "still they are not on PATH"),
    ],
)
def test_a_failure_is_never_taken_for_success(machine: Machine, script: str, reason: str) -> None:
    machine.add("apt-get", script)
    done = machine.run("promtool")
    assert done.returncode == 1
    assert "install-tools: missing: promtool" in done.stderr
    assert reason in done.stderr
