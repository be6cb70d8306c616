"""How jobs are scraped, by a real Prometheus: probes, files that list targets, parameters, labels."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from plan.specs import EVERY_KIND, as_text, compiled, every_kind, every_kind_plan, rendered

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.prometheus.target_files import check_target_files
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.clients.server import LISTEN, serve
from genesis_monitoring.clients.tools import PROMETHEUS, find_tool
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.conventions import PROMETHEUS_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.ground import Ground, Wanted
from genesis_monitoring.stack.mapping import map_prometheus
from genesis_monitoring.stack.ports import Ports
from genesis_monitoring.stack.prepare import prepare
from genesis_monitoring.tree.writer import write_tree

PUSHED = b'batch_rows{job="nightly",instance=""} 7\nprobe_success 1\n'


class _Exporter(BaseHTTPRequestHandler):
    asked: "list[dict[str, list[str]]]"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append({"path": [parts.path], **parse_qs(parts.query)})  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PUSHED)

    def log_message(self, format: str, *arguments: object) -> None:
        """A scrape is no news."""


@pytest.fixture
def exporter() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Exporter)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_real_prometheus_scrapes_as_the_spec_says(exporter: ThreadingHTTPServer, tmp_path: Path) -> None:
    here = f"127.0.0.1:{exporter.server_port}"
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "shelf-1.yml").write_text(
        f'- targets: ["localhost:{exporter.server_port}"]\n  labels: {{floor: "2"}}\n'
    )
    config = rendered(every_kind_plan())[PROMETHEUS_CONFIG]
    mapped = (
        map_prometheus(
            config,
            dict.fromkeys(
                ("prober.example.com:9115", "push.example.com:9091", "shelf-0.example.com:80"), here
            ),
            ["prometheus", "alertmanager", "shop", "warehouse", "till"],
            {"/etc/targets/shelf-*.yml": f"{lists}/shelf-*.yml"},
            ["pushed"],
        )
        .replace("scrape_interval: 1m", "scrape_interval: 1s")
        .replace("scrape_timeout: 10s", "scrape_timeout: 1s")
    )
    file = tmp_path / "prometheus.yml"
    file.write_text(mapped.replace("scrape_interval: 15s", "scrape_interval: 1s"))
    argv = (
        *find_tool(PROMETHEUS).argv,
        f"--config.file={file}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address={LISTEN}",
    )
    wanted = {
        ("front", "https://shop.example.com", "home", "", "", ""),
        ("front", "https://shop.example.com/cart?x=1", "cart", "", "", ""),
        ("pushed", here, "", "", "", ""),
        ("shelves", here, "", "0", "$1", ""),
        ("shelves", f"localhost:{exporter.server_port}", "", "2", "$1", ""),
    }
    with serve("prometheus", argv, cwd=tmp_path, scratch=tmp_path, timeout=60) as server:
        found: set[tuple[str, ...]] = set()
        until = time.monotonic() + 30
        while not wanted <= found and time.monotonic() < until:
            server.pause()
            found = {_label_set(one) for one in _series(server, "up == 1")}
        assert found == wanted
        (kept,) = _series(server, 'batch_rows{job="nightly"}')
        assert kept["job"] == "nightly", "honor_labels keeps what is exposed"
        assert {one["job"] for one in _series(server, "batch_rows{exported_job='nightly'}")} == {
            "front",
            "shelves",
        }
    asked: list[dict[str, list[str]]] = exporter.asked  # type: ignore[attr-defined]
    probes = [one for one in asked if one["path"] == ["/probe"]]
    assert {one["target"][0] for one in probes} == {
        "https://shop.example.com",
        "https://shop.example.com/cart?x=1",
    }
    assert {one["module"][0] for one in probes} == {"http_2xx"}
    assert {"path": ["/metrics"], "match[]": ['{job=~".+"}', "up"], "view": ["short"]} in asked


def _series(server: Any, query: str) -> list[dict[str, str]]:
    from urllib.parse import quote

    return [one["metric"] for one in server.get(f"/api/v1/query?query={quote(query)}")["data"]["result"]]


def _label_set(labels: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        labels.get(name, "") for name in ("job", "instance", "page", "floor", "cost", "exported_job")
    )


def told(folder: Path) -> list[Finding]:
    """What is said of the lists beside a spec in ``folder``."""
    spec = folder / "slo.yaml"
    spec.write_text(EVERY_KIND.read_text("utf-8"))
    project = load_project(Inputs(spec, folder / "generated", None, None))
    (folder / "generated").mkdir(exist_ok=True)
    tools = Toolbox(Promtool(), None, None)  # type: ignore[arg-type]
    context = CheckContext(folder / "generated", project.artifacts, project.source, tools, project.plan)
    return list(check_target_files(context))


def test_lists_that_are_not_there_are_told(tmp_path: Path) -> None:
    line = next(n for n, text in enumerate(EVERY_KIND.read_text().splitlines(), 1) if "file_sd:" in text)
    findings = told(tmp_path)
    assert [(one.code, one.severity, one.location.line) for one in findings] == [
        ("GM310", Severity.WARNING, line)
    ] * 2
    assert "no file matches targets/shelf-*.yml" in findings[0].message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("targets: ['a:80']\n", "it is not a list"),
        ("- {target: ['a:80']}\n", "entry 1 has other keys"),
        ("- {targets: ['a:80']}\n- {targets: a}\n", "entry 2 are no list"),
        ("- {targets: ['a:80'], labels: {floor: 1}}\n", "write a number in quotes"),
        ("- {targets: ['http://a:80/m']}\n", "an address with a path"),
        ("- {targets: ['a:80'], labels: {room: x}}\n", "gives room, which no rule may ask for"),
        ("- [\n", "no list of targets"),
        ("- {targets: ['a:80'], labels: {floor: '1', cost: '2'}}\n", ""),
    ],
)
def test_a_list_that_prometheus_cannot_use_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "targets").mkdir()
    (tmp_path / "targets" / "more.json").write_text("[]")
    (tmp_path / "targets" / "shelf-1.yml").write_text(text)
    assert [words in one.message for one in told(tmp_path)] == [True] * bool(words)


def test_what_is_played_has_the_labels_of_its_targets() -> None:
    jobs = {job.job: job for job in every_kind_plan().prometheus.scrape_configs}
    assert jobs["front"].example == ("https://shop.example.com", (("page", "home"),))
    assert jobs["shelves"].example[1] == (("cost", "$1"), ("floor", "0"))
    data = every_kind()
    data["prometheus"]["targets"]["shelves"].pop("addresses")
    listed = {job.job: job for job in compiled(data).prometheus.scrape_configs}["shelves"]
    assert listed.example == ("shelves", (("cost", "$1"), ("floor", "synthetic-floor")))


@pytest.mark.parametrize("scenario", ["", "healthy"])
def test_what_cannot_be_scraped_here_is_left_out_with_its_reason(tmp_path: Path, scenario: str) -> None:
    data = every_kind()
    targets = data["prometheus"]["targets"]
    targets["front"]["probe"]["exporter"] = "shop"
    targets["pushed"]["path"] = "/pushed"
    (tmp_path / "slo.yaml").write_text(as_text(data))
    project = load_project(Inputs(tmp_path / "slo.yaml", tmp_path / "generated", None, None))
    write_tree(tmp_path / "generated", project.artifacts)
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    ground = Ground(tmp_path / "slo.yaml", tmp_path / "generated", folder)
    launch = prepare(project.plan, "watched", ground, Wanted(scenario, catch=True), Ports(free=True))
    why = {one.name: one.why for one in launch.left_out}
    assert why["front"] == "its exporter shop does not run here"
    config = yaml.safe_load((folder.run / PROMETHEUS_CONFIG).read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    if not scenario:
        assert set(targets) - set(jobs) == {"front"}
        assert jobs["shelves"]["file_sd_configs"] == [
            {"files": [f"{tmp_path}/targets/shelf-*.yml", f"{tmp_path}/targets/more.json"]}
        ]
        assert jobs["pushed"]["scheme"] == "https"
        return
    assert why["shelves"] == "a scenario does not know the targets that its files list"
    assert why["pushed"] == why["till"] == "a scenario makes up one application, warehouse"
    assert set(targets) & set(jobs) == {"warehouse"}
