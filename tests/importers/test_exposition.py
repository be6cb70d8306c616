"""``genesis-mon init --from-metrics``: a scrape becomes a spec that loads, whatever is in it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.sandbox import REPOSITORY, run

from genesis_monitoring.spec.load import load_spec

SCRAPE = (REPOSITORY / "tests/importers/scrape.txt").read_text()


def made(folder: Path, text: str, more: str = "--job shop") -> Any:
    """The spec that is made of a scrape, as any reader of YAML has it."""
    (folder / "scrape.txt").write_text(text)
    done = run(f"genesis-mon init --from-metrics scrape.txt {more}", folder)
    assert done.code == 0, done.stderr
    load_spec(folder / "slo.yaml")
    return yaml.safe_load((folder / "slo.yaml").read_text())


def test_the_catalogue_has_what_is_exposed(tmp_path: Path) -> None:
    metrics = made(tmp_path, SCRAPE)["metrics"]
    assert metrics["http_requests_total"] == {
        "type": "counter",
        "unit": "count",
        "help": 'Requests by "status": see C:\\docs',
        "job": "shop",
        "status": "exported",
        "labels": ["code", "method"],
    }
    assert metrics["http_request_duration_seconds"]["buckets"] == [0.05, 0.1, 0.3, 1]
    assert metrics["http_request_duration_seconds"]["unit"] == "seconds"
    assert metrics["node_filesystem_avail_bytes"]["unit"] == "bytes"
    assert "rpc_duration_seconds" not in metrics
    assert "#   rpc_duration_seconds: a summary" in (tmp_path / "slo.yaml").read_text()


def test_slis_follow_from_what_is_there(tmp_path: Path) -> None:
    slis = made(tmp_path, SCRAPE)["slis"]
    assert {name: sli["kind"] for name, sli in slis.items()} == {
        "http_requests_errors": "ratio",
        "http_request_duration_in_time": "latency",
        "http_request_duration_p95": "quantile",
        "redis_up": "up",
        "probe_ssl_earliest_cert_expiry_left": "time_until",
        "filesystem_free": "ratio",
    }
    assert slis["http_requests_errors"]["numerator"][0]["labels"] == {"code": {"matches": "5.."}}
    assert slis["http_request_duration_in_time"]["within"] == "0.3s"


def test_what_is_made_is_proven_by_the_tools(tmp_path: Path) -> None:
    made(tmp_path, SCRAPE)
    assert run("genesis-mon render", tmp_path).code == 0
    checks = "--only prometheus-config --only prometheus-rules --only rule-tests --only alertmanager-config"
    done = run(f"genesis-mon validate --no-live --strict {checks}", tmp_path)
    assert done.code == 0, done.stdout


NASTY = (
    'x"} \\n slis: {evil: 1}',
    "]} # {{ $value }}",
    "\u202eabc\u2028d\x85e",
    "- !!python/object:os.system [x]",
    "'\"\\\\: &a *a %YAML @`",
    "##[error]::warning::x",
    "{{code}}, {x: y}",
    "😀 \ud7ff",
    "no",
)


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_help_and_labels_stay_text(nasty: str, tmp_path: Path) -> None:
    label = nasty.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    text = (
        f"# HELP a_requests_total {nasty}\n# TYPE a_requests_total counter\n"
        f'a_requests_total{{code="200",path="{label}"}} 1\n'
        f'a_requests_total{{code="{label}"}} 1\n'
        f"# HELP b_bytes {nasty}\n# TYPE b_bytes gauge\nb_bytes 1\n"
    )
    spec = made(tmp_path, text)
    assert set(spec) == {"apiVersion", "metadata", "receivers", "prometheus", "metrics", "slis"}
    assert set(spec["metrics"]) == {"a_requests_total", "b_bytes"}
    assert spec["metrics"]["a_requests_total"]["labels"] == ["code", "path"]
    assert "evil" not in spec["slis"]
    body = (tmp_path / "slo.yaml").read_text()
    assert body.replace("\n", "").isprintable()
    assert "##[" not in "".join(line for line in body.splitlines() if line.startswith("#"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("foo 1\nfoo bar baz\n", "scrape.txt:2: this is no scrape in Prometheus' text format"),
        ("<html>\n", "scrape.txt:1: this is no scrape"),
        ("", "scrape.txt: no metric is in it"),
        ("# TYPE s summary\ns_sum 1\ns_count 1\n", "scrape.txt has no metric that a spec can name"),
    ],
)
def test_what_is_no_scrape_is_told(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "scrape.txt").write_text(text)
    done = run("genesis-mon init --from-metrics scrape.txt", tmp_path)
    assert done.code == 2
    assert said in done.stderr
    assert not (tmp_path / "slo.yaml").exists()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("init --from-metrics absent.txt", "absent.txt: cannot be read"),
        ("init --from-metrics scrape.txt --job prometheus", "the job name prometheus is used twice"),
        (
            "init --from-metrics scrape.txt --address nowhere",
            "scrape.txt gives no valid spec: prometheus.targets",
        ),
        ("init --from-metrics scrape.txt --job A_b", "--job 'A_b' is no name of a job here"),
    ],
)
def test_wrong_calls(call: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "scrape.txt").write_text(SCRAPE)
    done = run(f"genesis-mon {call}", tmp_path)
    assert done.code == 2
    assert said in done.stderr


def test_an_existing_spec_is_kept(tmp_path: Path) -> None:
    (tmp_path / "scrape.txt").write_text(SCRAPE)
    (tmp_path / "slo.yaml").write_text("mine\n")
    assert run("genesis-mon init --from-metrics scrape.txt", tmp_path).code == 1
    assert (tmp_path / "slo.yaml").read_text() == "mine\n"


def test_openmetrics_is_read_too(tmp_path: Path) -> None:
    text = (
        "# TYPE http_requests counter\n# HELP http_requests Requests\n"
        'http_requests_total{status="2xx"} 1\nhttp_requests_created{status="2xx"} 1.7e9\n# EOF\n'
    )
    spec = made(tmp_path, text)
    assert set(spec["metrics"]) == {"http_requests_total"}
    assert spec["slis"]["http_requests_errors"]["numerator"] == [
        {"metric": "http_requests_total", "labels": {"status": "5xx"}}
    ]


HISTOGRAM = 'h_bucket{le="1"} 1\nh_bucket{le="2"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'


@pytest.mark.parametrize(
    "text", ["a_total 1\n", "a 1\n", "a_bytes_total 1\n", "a_timestamp_seconds 1\n", HISTOGRAM]
)
def test_whatever_there_is_gives_a_valid_spec(text: str, tmp_path: Path) -> None:
    types = "# TYPE h histogram\n" if text is HISTOGRAM else ""
    assert made(tmp_path, types + text)["metrics"]


def test_what_a_client_library_refuses_is_left_out(tmp_path: Path) -> None:
    """Every program in Go exposes both."""
    text = "# TYPE go_alloc_bytes gauge\ngo_alloc_bytes 1\n# TYPE go_alloc_bytes_total counter\n"
    text += "go_alloc_bytes_total 2\n"
    assert set(made(tmp_path, text)["metrics"]) == {"go_alloc_bytes"}
    assert "go_alloc_bytes_total: client libraries refuse it" in (tmp_path / "slo.yaml").read_text()


ANSWERS: dict[str, Any] = {
    "/api/v1/metadata": {
        "http_requests_total": [{"type": "counter", "help": "Requests: # {x}", "unit": ""}],
        "took_seconds": [{"type": "histogram", "help": "Time", "unit": ""}],
        "nothing": [],
    },
    "/api/v1/targets": {
        "activeTargets": [
            {
                "labels": {"job": job, "instance": "a"},
                "scrapeUrl": f"http://{job.lower()}:80/m",
                "health": "up",
            }
            for job in ("shop", "prometheus", "Odd_Job")
        ]
    },
    "/api/v1/status/buildinfo": {"version": "3.0.0"},
    "/api/v1/status/runtimeinfo": {"startTime": "2025-01-01T00:00:00Z", "storageRetention": "15d"},
}
SERIES = (
    {"__name__": "http_requests_total", "code": "200", "instance": "a"},
    {"__name__": "took_seconds_bucket", "le": "0.1"},
    {"__name__": "took_seconds_bucket", "le": "0.25"},
    {"__name__": "took_seconds_bucket", "le": "+Inf"},
    {"__name__": "took_seconds_sum"},
    {"__name__": "took_seconds_count"},
    {"__name__": "up"},
)


class _Prometheus(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        data: Any = ANSWERS.get(path)
        if path == "/api/v1/query" and "time%28%29" in query:
            data = {"resultType": "scalar", "result": [1.76e9, "1760000000"]}
        elif path == "/api/v1/query":
            shown = SERIES if "shop" in query else ({"__name__": "prom_up"},)
            result = [{"metric": one, "value": [1.76e9, "1"]} for one in shown]
            data = {"resultType": "vector", "result": result}
        body = json.dumps({"status": "success", "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(name="url")
def _url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Prometheus)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_prometheus_tells_its_metrics_and_targets(url: str, tmp_path: Path) -> None:
    done = run(f"genesis-mon init --from-prometheus {url} --job web", tmp_path)
    assert done.code == 0, done.stderr
    load_spec(tmp_path / "slo.yaml")
    spec = yaml.safe_load((tmp_path / "slo.yaml").read_text())
    assert spec["prometheus"]["targets"] == {"shop": ["shop:80"]}
    assert spec["metrics"]["http_requests_total"]["help"] == "Requests: # {x}"
    assert spec["metrics"]["took_seconds"]["buckets"] == [0.1, 0.25]
    assert spec["slis"]["took_in_time"]["within"] == "0.25s"
    assert "up" not in spec["metrics"]
    assert "job 'Odd_Job'" in (tmp_path / "slo.yaml").read_text()


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    done = run("genesis-mon init --from-prometheus http://127.0.0.1:9 --timeout 1", tmp_path)
    assert (done.code, (tmp_path / "slo.yaml").exists()) == (3, False)
    assert "Traceback" not in done.stderr


def test_a_histogram_without_its_last_bucket_is_left_out(tmp_path: Path) -> None:
    """An SLI on it would never have a value: how many there are in all is not exposed."""
    text = "# TYPE h_seconds histogram\n" + "".join(
        f'h_seconds_bucket{{le="{edge}"}} 1\n' for edge in ("0.1", "0.5")
    )
    assert set(made(tmp_path, f"{text}h_seconds_sum 1\nh_seconds_count 1\na_total 1\n")["metrics"]) == {
        "a_total"
    }
    assert "h_seconds: has no bucket +Inf" in (tmp_path / "slo.yaml").read_text()


def test_a_byte_order_mark_is_no_name(tmp_path: Path) -> None:
    assert set(made(tmp_path, "\ufeffa_total 1\n")["metrics"]) == {"a_total"}
