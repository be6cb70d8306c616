"""A small generated tree that every check accepts, and ways to spoil it."""

from dataclasses import dataclass
from pathlib import Path

from plan.specs import every_kind_plan

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.findings import Location

CONFIG = "prometheus/prometheus.yml"
RULES = "prometheus/rules/service.yml"
TESTS = "prometheus/tests/service.yml"
ALERTMANAGER = "alertmanager/alertmanager.yml"
TEMPLATE = "alertmanager/templates/chat.tmpl"
DATASOURCES = "grafana/provisioning/datasources/prometheus.yml"
COMPOSE = "docker-compose.yml"

TEXTS = {
    CONFIG: """\
global:
  scrape_interval: 15s
rule_files:
  - rules/*.yml
scrape_configs:
  # from: services.api
  - job_name: api
    static_configs:
      - targets: ["api:8000"]
""",
    RULES: """\
groups:
  - name: service
    rules:
      # from: slis.up
      - record: service:up
        expr: min(up{job="api"})
      # from: alerts.ApiDown
      - alert: ApiDown
        expr: |
          service:up
            == 0
        for: 5m
        labels:
          severity: P0
        annotations:
          summary: The API is down
""",
    TESTS: """\
rule_files:
  - ../rules/service.yml
evaluation_interval: 1m
tests:
  # from: alerts.ApiDown
  - name: ApiDown fires
    interval: 1m
    input_series:
      - series: up{job="api"}
        values: 0x120
    alert_rule_test:
      - alertname: ApiDown
        eval_time: 4m
        exp_alerts: []
      - alertname: ApiDown
        eval_time: 90m
        exp_alerts:
          - exp_labels:
              severity: P0
            exp_annotations:
              summary: The API is down
""",
    ALERTMANAGER: """\
templates:
  - templates/*.tmpl
route:
  # from: receivers.chat
  receiver: chat
  group_wait: 30s
receivers:
  - name: chat
""",
    TEMPLATE: '{{ define "chat.title" }}{{ .Status }}{{ end }}\n',
    DATASOURCES: """\
apiVersion: 1
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    url: http://prometheus:9090
""",
    COMPOSE: """\
name: prometheus
services:
  # from: services.api
  api:
    image: api:1.0.0
    ports:
      - 127.0.0.1:8000:8000
  prometheus:
    image: prom/prometheus:v3.5.0
    depends_on:
      - api
""",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A spec in which each of these paths has a line; for a longer path its beginning counts."""

    file: str = "slo.yaml"

    def locate_dotted(self, path: str) -> Location:
        known = {
            "services.api": 10,
            "slis.up": 20,
            "alerts.ApiDown": 30,
            "receivers.chat": 40,
        }
        while path and path not in known:
            path = path.rpartition(".")[0]
        return Location(self.file, known.get(path, 1), 3)


@dataclass(frozen=True, slots=True)
class Sample:
    """A tree on disk; every file of it counts as rendered."""

    out: Path

    def spoil(self, path: str, old: str, new: str) -> None:
        """Replace ``old``, which must be there."""
        file = self.out / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def line(self, path: str, words: str, nth: int = 1) -> int:
        """The line in which ``words`` stand for the ``nth`` time."""
        lines = (self.out / path).read_text(encoding="utf-8").splitlines()
        return [number for number, line in enumerate(lines, 1) if words in line][nth - 1]

    def context(
        self, *, strict: bool = False, without: str = "", tools: Toolbox | None = None
    ) -> CheckContext:
        """What checks get; ``without`` names an artifact that the spec does not render."""
        paths = [path for path in TEXTS if path != without]
        return CheckContext(
            self.out,
            tuple(Artifact(path, "") for path in paths),
            Source(),
            tools or Toolbox(Promtool(), Amtool(), Compose()),
            every_kind_plan(),
            strict,
        )


def write_sample(out: Path) -> Sample:
    """Write the good tree into ``out``."""
    for path, text in TEXTS.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")
    return Sample(out)
