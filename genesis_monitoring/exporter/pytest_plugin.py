"""A pytest plugin: ``--genesis-results FILE`` writes the session's JUnit XML there, whole or not at all.

pytest's own writer writes beside FILE, and a rename puts that in place at the end of the session. A session
that was interrupted, stopped early or crashed replaces nothing: FILE stays what it was and grows stale. One
with collection errors does replace it: the error stands in it, and the exporter then shows no pass rate.
With pytest-xdist only the controller writes.
"""

import contextlib
import os
import shutil
from pathlib import Path
from secrets import token_hex

import pytest

from genesis_monitoring.files import check_target

_OPTION = "genesis_results"
_COMPLETE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--genesis-results``."""
    parser.getgroup("terminal reporting").addoption(
        "--genesis-results",
        dest=_OPTION,
        metavar="FILE",
        help="Write JUnit results for the metrics exporter, atomically, if the session runs to its end.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest's own writer looks at ``--junit-xml``."""
    file = config.getoption(_OPTION)
    if not file or hasattr(config, "workerinput") or config.option.collectonly:
        return
    target = config.invocation_params.dir / Path(file).expanduser()
    temporary = target.with_name(f".{target.name}.{token_hex(12)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        check_target(target)
        temporary.touch(exist_ok=False)
    except OSError as error:
        raise pytest.UsageError(f"--genesis-results: {target} cannot be written: {error.strerror}") from None
    temporary.unlink()
    own_report = config.option.xmlpath
    if not own_report:
        config.option.xmlpath = str(temporary)
    config.pluginmanager.register(_ResultFile(target, temporary, own_report), "genesis-results-file")


class _ResultFile:
    """One session's file. ``own_report`` is what ``--junit-xml`` names, if it is given too; it is copied."""

    def __init__(self, target: Path, temporary: Path, own_report: str | None) -> None:
        self._target, self._temporary, self._own_report = target, temporary, own_report
        self._interrupted = False
        self._collection_failed = False
        self._said = ""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._collection_failed = self._collection_failed or report.failed

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # pytest and xdist end a session after collection errors with interrupts of classes of their own.
        self._interrupted = excinfo.type is KeyboardInterrupt or excinfo.errisinstance(pytest.exit.Exception)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """After pytest's own writer."""
        complete = exitstatus in _COMPLETE and not (session.shouldfail or session.shouldstop)
        if self._interrupted or not (complete or self._collection_failed):
            self._said = f"{self._target} is left as it was: the session did not run to its end"
            return
        try:
            self._replace()
        except OSError as error:
            pytest.exit(
                f"--genesis-results: {self._target} cannot be written: {error.strerror}",
                returncode=pytest.ExitCode.INTERNAL_ERROR,
            )
        self._said = f"wrote {self._target}"

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        terminalreporter.write_sep("-", f"genesis results: {self._said}")

    def pytest_unconfigure(self) -> None:
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def _replace(self) -> None:
        if self._own_report:
            written = Path(os.path.expandvars(self._own_report)).expanduser()
            shutil.copyfile(written, self._temporary)
        with self._temporary.open("rb") as file:
            os.fsync(file.fileno())
        self._temporary.replace(self._target)
