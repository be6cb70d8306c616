"""The exporter at scale: many suites of many tests, read once, then scraped, also after a change."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from bench.synthetic import synthetic_spec

_CASE = '<testcase classname="tests.test_module_{0}.TestClass" name="test_number_{1}" time="0.001"/>'
_METRICS = "".join(
    f"  {name}: {{type: gauge, unit: {unit}, help: Of a suite, job: prometheus, status: exported, "
    f"labels: [{labels}]}}\n"
    for name, unit, labels in (
        ("genesis_suite_tests", "count", "suite, outcome"),
        ("genesis_suite_tests_expected", "count", "suite"),
        ("genesis_suite_result_timestamp_seconds", "timestamp", "suite"),
        ("genesis_suite_parse_success", "state", "suite"),
    )
)
_SCRAPES = 50


def scrapes(folder: Path, suites: int, tests: int) -> None:
    """Print wall clock times of scrapes by HTTP on loopback, and the exporter's peak memory."""
    _write(folder, suites, tests)
    command = [sys.executable, "-m", "genesis_monitoring", "exporter", "serve", "--listen", "127.0.0.1:0"]
    begun = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
        try:
            line = server.stderr.readline() if server.stderr else ""
            port = int(line.partition("127.0.0.1:")[2].partition("/")[0])
            size = _scrape(port)
            first = time.monotonic() - begun
            steady = _timed(port, lambda: None)
            changed = _timed(port, (folder / "results" / "suite_0.xml").touch)
            status = Path(f"/proc/{server.pid}/status").read_text()
            peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        finally:
            server.terminate()
    print(
        f"exporter: {suites} suites of {tests} tests, {size / 2**10:.0f} KiB: read in {first:.1f} s; "
        f"scrape {steady[0]:.1f} ms (worst of {_SCRAPES}: {steady[1]:.1f}), after a change of one file "
        f"{changed[0]:.1f} ms (worst {changed[1]:.1f}); peak {peak:.0f} MiB",
        flush=True,
    )


def _timed(port: int, before: Callable[[], None]) -> tuple[float, float]:
    """Median and worst of several scrapes, in milliseconds."""
    times = []
    for _ in range(_SCRAPES):
        before()
        begun = time.perf_counter()
        _scrape(port)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), max(times)


def _scrape(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", "/metrics")
    size = len(connection.getresponse().read())
    connection.close()
    return size


def _write(folder: Path, suites: int, tests: int) -> None:
    results = folder / "results"
    results.mkdir(parents=True)
    declared = "".join(
        f"  suite_{n}: {{title: Suite {n}, results: results/suite_{n}.xml, expected: {tests}, max_age: 2h}}\n"
        for n in range(suites)
    )
    spec = synthetic_spec(10).replace("metrics:\n", f"metrics:\n{_METRICS}", 1)
    (folder / "slo.yaml").write_text(spec.replace("slis:\n", f"suites:\n{declared}slis:\n", 1), "utf-8")
    for n in range(suites):
        cases = "".join(_CASE.format(n, test) for test in range(tests))
        text = f'<testsuites><testsuite name="pytest" tests="{tests}">{cases}</testsuite></testsuites>'
        (results / f"suite_{n}.xml").write_text(text, "utf-8")
