"""Synthetic specs of any size: the small real one's frame with N SLIs, each alerted on and drawn.

And the same error budgets for Sloth and for genesis-mon.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_FRAME = """\
apiVersion: genesis-mon/v1
metadata:
  name: synthetic
  title: Synthetic
  description: A spec of many SLIs
  team: bench
  contacts:
    on_call: {{name: One, role: On call}}
    backup: {{name: Two, role: Backup}}
    escalation: []
  links:
    grafana: http://localhost:3000
    prometheus: http://localhost:9090
    alertmanager: http://localhost:9093
    runbooks: http://localhost/runbooks
components:
  monitoring: The monitoring itself
{components}
severities:
  P1:
    title: Critical
    acknowledge_within: 5m
    page: false
    receivers: [hook]
    group_by: [alertname]
    group_wait: 10s
    group_interval: 1m
    repeat_interval: 1h
    workflow: [Look at it.]
metrics:
  up: {{type: gauge, unit: state, help: Scrape succeeded, job: prometheus, status: exported}}
{metrics}
slis:
{slis}
alerts:
{alerts}
meta_alerts:
  component: monitoring
  watchdog:
    {{name: Watchdog, severity: P1, receiver: hook, repeat_interval: 1d, {prose}}}
  missing_data:
    {{name: DataMissing, for: 10m, severity: P1, {prose}}}
slack: {{enabled: false, api_url_secret: slack, channels: {{}}}}
receivers:
  hook: {{description: A webhook, webhook: {{url: "http://127.0.0.1:9999/"}}}}
routing: {{default_receiver: hook, resolve_timeout: 5m}}
dashboards:
{dashboards}
profiles:
  rollout: {{title: All, refresh: 30s, time_range: 48h}}
prometheus:
  service: prometheus
  alertmanager: alertmanager
  scrape_interval: 15s
  scrape_timeout: 5s
  evaluation_interval: 15s
  retention: 30d
  external_labels: {{environment: bench}}
stack:
  project: bench
  services:
    prometheus: {{description: One, image: "prom/prometheus:v3.5.0", scrape: {{port: 9090}}, {service}}}
    alertmanager: {{description: Two, image: "prom/alertmanager:v0.28.1", scrape: {{port: 9093}}, {service}}}
  networks: {{metrics: {{purpose: All, internal: true}}}}
  secrets: {{slack: {{file: secrets/slack, purpose: Slack}}}}
  logs: {{max_size: 10m, max_files: 3}}
"""

_SERVICE = (
    'user: "65534:65534", networks: [metrics], stop_grace_period: 10s, '
    "limits: {cpus: 1, memory: 1g, pids: 64}, "
    'health: {test: [wget, "http://127.0.0.1/"], interval: 15s, timeout: 5s, retries: 3, start_period: 10s}'
)
_PROSE = "summary: Something is off, impact: Somebody waits, response: [Look at it.]"

_ONE_PANEL = """\
  shop:
    title: Shop
    description: Shop
    tags: [bench]
    rows:
      - id: 1000
        title: All
        panels:
          - {id: 1, title: Alerts, type: alertlist, description: What fires., width: 12, height: 6}"""

PER_COMPONENT = 10


def synthetic_spec(size: int) -> str:
    """A valid spec with ``size`` SLIs: a third each are gauges, ratios and quantiles."""
    components, metrics, slis, alerts, dashboards = [], [], [], [], []
    for index in range(size):
        group = f"part-{index // PER_COMPONENT}"
        if index % PER_COMPONENT == 0:
            components.append(f"  {group}: Part {index // PER_COMPONENT}")
            dashboards.append(
                f"  {group}:\n    title: {group}\n    description: {group}\n    tags: [bench]\n    rows:\n"
                f"      - id: 1000\n        title: All\n        panels:"
            )
        name = f"sli_{index}"
        metrics.extend(_metrics(index))
        slis.append(f"  {name}: {{{_sli(index)}, title: SLI {index}, component: {group}}}")
        alerts.append(f"  Alert{index}: {{sli: {name}, for: 5m, severity: P1, {_PROSE}}}")
        dashboards.append(
            f"          - {{id: {index % PER_COMPONENT + 1}, title: Panel {index}, type: timeseries, "
            f"description: SLI {index}, width: 12, height: 8, queries: [{{sli: {name}, legend: value}}]}}"
        )
    return _FRAME.format(
        components="\n".join(components),
        metrics="\n".join(metrics),
        slis="\n".join(slis),
        alerts="\n".join(alerts),
        dashboards="\n".join(dashboards),
        service=_SERVICE,
        prose=_PROSE,
    )


@dataclass(frozen=True, slots=True)
class Slo:
    """An SLO of HTTP requests, of which those answered with a 5xx are bad.

    ``objective`` is in percent, ``period`` in days. ``by`` is a label of which each value has a budget of its
    own. ``tiers`` are those of a catalogue that is not the workbook's, as the spec says them.
    """

    name: str
    objective: float
    period: int = 30
    page: bool = True
    ticket: bool = True
    by: str = ""
    minimum_errors: int = 3
    tiers: str = ""

    @property
    def metric(self) -> str:
        """The counter of its requests."""
        return f"{self.name}_requests_total"

    @property
    def sloth_name(self) -> str:
        """As Sloth has it, and the label ``sloth_slo`` too."""
        return self.name.replace("_", "-")


def sloth_spec(slos: Iterable[Slo]) -> str:
    """A document for ``sloth generate``."""
    lines = ["version: prometheus/v1", "service: shop", "slos:"]
    for slo in slos:
        total, bad = (
            f"sum{f' by ({slo.by})' if slo.by else ''} (rate({slo.metric}{braces}[{{{{.window}}}}]))"
            for braces in ("", '{code=~"5.."}')
        )
        lines += [
            f"  - name: {slo.sloth_name}",
            f"    objective: {slo.objective}",
            "    sli:",
            f"      events: {{error_query: '{bad}', total_query: '{total}'}}",
            "    alerting:",
            "      name: Burns",
            f"      page_alert: {{disable: {str(not slo.page).lower()}}}",
            f"      ticket_alert: {{disable: {str(not slo.ticket).lower()}}}",
        ]
    return "\n".join((*lines, ""))


def budget_spec(slos: Iterable[Slo], scraped: str = "15s") -> str:
    """The same for genesis-mon. ``scraped``: how often its targets are."""
    metrics, slis = [], []
    for slo in slos:
        labels, by = (f", {slo.by}", f"by: [{slo.by}], ") if slo.by else ("", "")
        metrics.append(
            f"  {slo.metric}: {{type: counter, unit: count, help: Requests, job: prometheus, "
            f"status: exported, labels: [code{labels}]}}"
        )
        alerts = slo.tiers or ", ".join(
            f"{key}: P1" for key, on in (("page", slo.page), ("ticket", slo.ticket)) if on
        )
        slis.append(
            f"  {slo.name}: {{kind: ratio, title: {slo.name}, component: shop, unit: percent, {by}"
            f"window: 5m, "
            f"numerator: [{{metric: {slo.metric}, matchers: {{code: '=~5..'}}}}], "
            f"denominator: [{slo.metric}], budget: {{objective: {slo.objective}, period: {slo.period}d, "
            f"errors: numerator, minimum_errors: {slo.minimum_errors}, {alerts}}}}}"
        )
    return (
        _FRAME.replace("retention: 30d", "retention: 90d")
        .replace("scrape_interval: 15s", f"scrape_interval: {scraped}")
        .format(
            components="  shop: What customers see",
            metrics="\n".join(metrics),
            slis="\n".join(slis),
            alerts="  {}",
            dashboards=_ONE_PANEL,
            service=_SERVICE,
            prose=_PROSE,
        )
    )


def _metrics(index: int) -> list[str]:
    end = "job: prometheus, status: exported}"
    match index % 3:
        case 0:
            return [f"  m{index}: {{type: gauge, unit: percent, help: A gauge, {end}"]
        case 1:
            return [
                f"  m{index}_{part}_total: {{type: counter, unit: count, help: A counter, {end}"
                for part in ("bad", "all")
            ]
        case _:
            return [
                f"  m{index}_seconds: {{type: histogram, unit: seconds, help: A histogram, "
                f"buckets: [0.05, 0.1, 0.2, 0.5], {end}"
            ]


def _sli(index: int) -> str:
    match index % 3:
        case 0:
            return (
                f"kind: gauge, unit: percent, metrics: [m{index}], aggregation: min, "
                'objective: {good: ">=", target: 98}'
            )
        case 1:
            return (
                f"kind: ratio, unit: percent, numerator: [m{index}_bad_total], "
                f'denominator: [m{index}_all_total], window: 5m, objective: {{good: "<", target: 1}}'
            )
        case _:
            return (
                f"kind: quantile, unit: milliseconds, histogram: m{index}_seconds, q: 0.95, window: 5m, "
                'objective: {good: "<", target: 100}'
            )
