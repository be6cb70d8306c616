"""The script that installs what is missing: what it asks apt-get for, and what it says where it cannot."""

import os
import pty
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
        self.add("env", 'exec "$@"')

    def add(self, name: str, script: str = "") -> None:
        program = self.bin / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {self._calls}\n{script}\n')
        program.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        lines = self._calls.read_text().splitlines()
        return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]

    def run(self, *tools: str, stdin: int = subprocess.DEVNULL) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [SCRIPT, *tools],
            env={"PATH": str(self.bin)},
            stdin=stdin,
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


def with_sudo(machine: Machine, asks: str) -> None:
    machine.add("id", f"[ -e {machine.bin}/as-root ] && echo 0 || echo 1000")
    machine.add("true")
    machine.add("sudo", f'{asks}\nPATH=$PATH:/bin touch {machine.bin}/as-root; [ "$1" = -n ] && shift; "$@"')
    machine.add("apt-get", f"PATH=/bin:/usr/bin; cp {machine.bin}/rm {machine.bin}/promtool")


def test_sudo_without_a_password_asks_for_none(machine: Machine) -> None:
    with_sudo(machine, "")
    assert machine.run("promtool").returncode == 0
    assert machine.calls("sudo")
    assert all(call.startswith("-n ") for call in machine.calls("sudo"))


def test_a_password_is_asked_for_once(machine: Machine) -> None:
    with_sudo(machine, '[ "$1" = -n ] && exit 1')
    ours, theirs = pty.openpty()
    done = machine.run("promtool", stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    assert len([call for call in machine.calls("sudo") if not call.startswith("-n ")]) == 1
    assert machine.calls("apt-get")


def test_a_password_that_nobody_can_be_asked_for_is_said_before_anything_changes(machine: Machine) -> None:
    with_sudo(machine, '[ "$1" = -n ] && { echo "sudo: a password is required" >&2; exit 1; }')
    done = machine.run("promtool")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "install-tools: missing: promtool",
        "install-tools: sudo asks for a password or refuses, and there is no terminal to ask at",
        "  mend: run this in a terminal, or as root apt-get install prometheus, then run this again",
    ]
    assert {name: machine.calls(name) for name in ("tee", "chmod", "rm", "apt-get")} == {
        "tee": [],
        "chmod": [],
        "rm": [],
        "apt-get": [],
    }


def test_new_servers_stay_off_and_those_of_before_are_left_alone(machine: Machine) -> None:
    machine.add(
        "apt-get",
        f"PATH=/bin:/usr/bin; for n in promtool amtool; do cp {machine.bin}/rm {machine.bin}/$n; done",
    )
    files = "/lib/systemd/system/p.service /usr/lib/systemd/system/q.timer /etc/init.d/p /usr/bin/x"
    machine.add(
        "dpkg-query",
        "[ $1 = -W ] && { [ $4 = prometheus-alertmanager ] && printf installed || exit 1; }\n"
        f'[ $1 = -W ] || {{ [ $2 = prometheus ] && printf "%s\\n" {files}; }}',
    )
    machine.add("deb-systemd-helper", f'echo "${{DPKG_MAINTSCRIPT_PACKAGE-}}" >> {machine.bin}/../packages')
    machine.add("update-rc.d")
    done = machine.run("promtool", "amtool")
    assert done.returncode == 0, done.stderr
    assert machine.calls("deb-systemd-helper") == ["disable p.service", "disable q.timer"]
    assert machine.calls("update-rc.d") == ["p disable"]
    assert (machine.bin.parent / "packages").read_text() == "prometheus\nprometheus\n"


def test_it_is_the_named_python_that_makes_environments(machine: Machine) -> None:
    python = f"case $2 in *ensurepip*) [ -e {machine.bin}/venv ] ;; *) echo python3.13-venv ;; esac"
    machine.add("my-python", python)
    machine.add("python3")
    machine.add("apt-get", f"PATH=/bin:/usr/bin; touch {machine.bin}/venv")
    done = machine.run("venv-of=my-python")
    assert done.returncode == 0, done.stderr
    assert machine.calls("apt-get")[-1] == "-q install -y --no-install-recommends python3.13-venv"
    assert machine.calls("python3") == []


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
