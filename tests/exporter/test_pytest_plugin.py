"""The pytest plugin: a whole result or none, however the session ends, with and without xdist."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from genesis_monitoring.exporter.junit import Counts, parse_junit

TESTS = """\
import pytest

@pytest.fixture
def bad():
    yield
    raise RuntimeError("teardown")

def test_passes(): pass
def test_fails(): assert False
def test_fails_twice(bad): assert False
@pytest.mark.skip(reason="later")
def test_later(): pass
"""
STUCK = """\
import pathlib, time

def test_passes(): pass
def test_stuck():
    pathlib.Path("stuck").touch()
    time.sleep(120)
"""
BEFORE = "<testsuite name='before'/>"
XDIST = pytest.param(("-n", "2"), id="xdist")
PLAIN = pytest.param(("-p", "no:xdist"), id="alone")


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder with tests and the result of a session before."""

    folder: Path

    @property
    def result(self) -> Path:
        return self.folder / "results" / "suite.xml"

    def write(self, text: str, name: str = "test_it.py") -> None:
        (self.folder / name).write_text(text)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        off = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        plugin = (*off, "--genesis-results", "results/suite.xml")
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *plugin, *arguments],
            cwd=self.folder,
            env={n: v for n, v in os.environ.items() if not n.startswith("PYTEST_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        with self.start(*arguments) as process:
            said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def counts(self) -> Counts:
        return parse_junit([self.result.read_bytes()])

    def untouched(self) -> bool:
        return self.result.read_text() == BEFORE and list(self.result.parent.iterdir()) == [self.result]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "results").mkdir()
    suite = Suite(tmp_path)
    suite.result.write_text(BEFORE)
    suite.write(TESTS)
    return suite


@pytest.mark.parametrize("how", [PLAIN, XDIST])
def test_a_session_that_ends_writes_its_result(suite: Suite, how: tuple[str, ...]) -> None:
    inode = suite.result.stat().st_ino
    code, said = suite.run(*how)
    assert code == 1
    assert suite.counts() == Counts(passed=1, failed=1, error=1, skipped=1)
    assert list(suite.result.parent.iterdir()) == [suite.result]
    assert suite.result.stat().st_ino != inode, "replaced by a rename"
    assert f"genesis results: wrote {suite.result}" in said


def test_the_file_is_readable_as_the_umask_says(suite: Suite) -> None:
    suite.run("-p", "no:xdist")
    umask = os.umask(0)
    os.umask(umask)
    assert suite.result.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("how", [PLAIN, XDIST])
def test_a_session_with_collection_errors_writes_what_it_has(suite: Suite, how: tuple[str, ...]) -> None:
    suite.write("import nowhere_to_be_found\n", "test_broken.py")
    suite.run(*how)
    counts = suite.counts()
    assert counts.error >= 1
    assert counts.not_run
    assert counts.pass_rate is None


def test_nothing_selected_is_a_result_without_tests(suite: Suite) -> None:
    code, _ = suite.run("-p", "no:xdist", "-k", "nothing_of_that_name")
    assert code == 5
    assert suite.counts() == Counts()


@pytest.mark.parametrize(
    "arguments",
    [
        ("-x", "-p", "no:xdist"),
        ("-x", "-n", "2"),
        ("--collect-only", "-q", "-p", "no:xdist"),
        ("--no-such-option",),
        ("no_such_file.py", "-p", "no:xdist"),
    ],
    ids=" ".join,
)
def test_a_session_that_stops_early_replaces_nothing(suite: Suite, arguments: tuple[str, ...]) -> None:
    suite.run(*arguments)
    assert suite.untouched()


def test_a_session_that_is_ended_from_inside_replaces_nothing(suite: Suite) -> None:
    suite.write("import pytest\ndef test_a(): pass\ndef test_b(): pytest.exit('enough', returncode=0)\n")
    code, said = suite.run("-p", "no:xdist")
    assert code == 0
    assert suite.untouched()
    assert "is left as it was" in said


def test_an_internal_error_replaces_nothing(suite: Suite) -> None:
    suite.write(
        "def pytest_runtest_teardown(item): raise SystemError\ndef pytest_runtest_logreport(): 1 / 0\n",
        "conftest.py",
    )
    code, _ = suite.run("-p", "no:xdist")
    assert code == 3
    assert suite.untouched()


@pytest.mark.parametrize(
    ("number", "how"),
    [
        (signal.SIGINT, ("-p", "no:xdist")),
        (signal.SIGINT, ("-n", "2")),
        (signal.SIGKILL, ("-p", "no:xdist")),
    ],
)
def test_an_interrupt_in_the_middle_replaces_nothing(
    suite: Suite, number: signal.Signals, how: tuple[str, ...]
) -> None:
    suite.write(STUCK)
    with suite.start(*how) as process:
        end = time.monotonic() + 60
        while not (suite.folder / "stuck").exists() and time.monotonic() < end:
            time.sleep(0.05)
        os.killpg(process.pid, number)
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert suite.untouched()


def test_it_goes_with_pytests_own_report(suite: Suite) -> None:
    suite.run("-p", "no:xdist", "--junit-xml", "own.xml")
    assert suite.result.read_bytes() == (suite.folder / "own.xml").read_bytes()
    assert suite.counts().total == 4


def test_a_folder_that_is_missing_is_made(suite: Suite) -> None:
    suite.run("-p", "no:xdist", "--genesis-results", "a/b/c.xml")
    assert (suite.folder / "a" / "b" / "c.xml").exists()
    assert suite.untouched()


@pytest.mark.parametrize("path", ["results", "pytest.ini/suite.xml"])
def test_a_file_that_cannot_be_written_is_told_before_the_first_test(suite: Suite, path: str) -> None:
    suite.write(STUCK)
    code, said = suite.run("-p", "no:xdist", "--genesis-results", path)
    assert code == 4
    assert "ERROR: --genesis-results: " in said
    assert not (suite.folder / "stuck").exists()


def test_a_folder_that_goes_away_is_told_at_the_end(suite: Suite) -> None:
    suite.write("import pathlib\ndef test_a(): pathlib.Path('own/suite.xml').mkdir()\n")
    code, said = suite.run("-p", "no:xdist", "--genesis-results", "own/suite.xml")
    assert code == 3
    assert "own/suite.xml cannot be written" in said


def test_without_the_option_it_does_nothing(suite: Suite) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"],
        cwd=suite.folder,
        env={key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said, _ = process.communicate(timeout=60)
    assert "genesis" not in said
    assert suite.untouched()
