"""The program: it starts, serves, stops and refuses; and a real Prometheus scrapes it."""

import signal
import time
from pathlib import Path

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.server import LISTEN, scratch_folder, serve
from genesis_monitoring.clients.tools import PROMETHEUS, find_tool
from genesis_monitoring.commands.exporter import run_serve
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.report.console import Console

from .program import exporter
from .shop import HALF, PASSED, shop_text
from .test_exposition import GUIDE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(shop_text())
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "smoke.xml").write_text(HALF)
    return tmp_path


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_serves_until_it_is_told_to_stop(folder: Path, number: int, code: int) -> None:
    with exporter(folder) as running:
        assert running.get("/healthz") == "ok\n"
        assert "\ngenesis_smoke_pass_rate 50.0\n" in running.get("/metrics")
        (folder / "results" / "full.xml").write_text(PASSED)
        assert "\ngenesis_full_pass_rate 100.0\n" in running.get("/metrics")
        stopped, said = running.stop(number)
    assert stopped == code
    lines = [line.replace(str(folder), "") for line in said.splitlines()]
    assert lines == [
        "exporter: full: results/full.xml: no such file or directory",
        "exporter: full: results/full.xml can be read again",
        *(["exporter: stopped"] if code == 0 else []),
    ]


def test_a_log_that_nobody_reads_is_no_reason_to_stop(folder: Path) -> None:
    with exporter(folder) as running:
        running.get("/metrics")
        assert running.process.stderr is not None
        running.process.stderr.close()
        (folder / "results" / "smoke.xml").write_text("<")
        assert '\ngenesis_suite_parse_success{suite="smoke"} 0.0\n' in running.get("/metrics")


def test_the_spec_is_read_once(folder: Path) -> None:
    with exporter(folder) as running:
        (folder / "slo.yaml").unlink()
        assert running.get("/metrics")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("suites:", "suites: {}\nx-", None),
        ("status: exported, labels: [suite, outcome]", "status: exported, labels: [suite]", None),
        ("status: exported", "status: planned", "none of the exporter's metrics"),
    ],
    ids=["mistakes", "labels", "nothing exported"],
)
def test_a_spec_that_gives_nothing_to_serve(folder: Path, old: str, new: str, message: str | None) -> None:
    spec = folder / "slo.yaml"
    assert old in spec.read_text()
    spec.write_text(spec.read_text().replace(old, new))
    with pytest.raises(GenesisMonError, match=message) as caught:
        run_serve(spec, Console(), listen="127.0.0.1:0")
    assert caught.value.exit_code == 1


SCRAPE = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs:
  - job_name: genesis-metrics
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


def test_a_real_prometheus_has_the_metrics_of_the_guide(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_bytes((ROLLOUT_SPEC).read_bytes())
    (tmp_path / "results").mkdir()
    for suite in ("regression", "orchestration", "waltzrl", "hybrid_rag"):
        (tmp_path / "results" / f"{suite}.xml").write_text(HALF)
    with exporter(tmp_path) as running, scratch_folder() as scratch:
        (scratch / "prometheus.yml").write_text(SCRAPE.format(port=running.port))
        argv = (
            *find_tool(PROMETHEUS, None).argv,
            f"--config.file={scratch / 'prometheus.yml'}",
            f"--storage.tsdb.path={scratch / 'data'}",
            f"--web.listen-address={LISTEN}",
        )
        with serve("prometheus", argv, cwd=scratch, scratch=scratch, timeout=60) as prometheus:
            query = "/api/v1/query?query=%7Bjob%3D%22genesis-metrics%22%7D"
            found: dict[str, float] = {}
            while "up" not in found or found["up"] != 1:
                time.sleep(0.05)
                result = prometheus.get(query)["data"]["result"]
                found = {one["metric"]["__name__"]: float(one["value"][1]) for one in result}
    assert {name: found.get(name) for name in GUIDE} == {
        "genesis_regression_tests_total": 2,
        "genesis_regression_tests_passed": 1,
        "genesis_regression_tests_failed": 1,
        "genesis_regression_tests_errors": 0,
        "genesis_regression_pass_rate": 50,
        "genesis_system_health": 50,
        "genesis_waltzrl_tests_total": 2,
        "genesis_waltzrl_pass_rate": 50,
    }
