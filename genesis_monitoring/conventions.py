"""Every name that two rooms must agree on: paths, metrics, labels, annotations, rule names."""

from genesis_monitoring.durations import format_duration

SPEC_FILE = "slo.yaml"
OUTPUT_FOLDER = "generated"
API_VERSION = "genesis-mon/v1"
SCHEMA_FILE = "docs/slo.schema.json"
LEDGER_FILE = "rollout/ledger.jsonl"
STATE_FOLDER = ".genesis-mon"
PREVIEW_FOLDER = "preview"

PROMETHEUS_CONFIG = "prometheus/prometheus.yml"
RULES_FOLDER = "prometheus/rules"
RULE_TESTS_FOLDER = "prometheus/tests"
PERIOD_PART = "period"
"""The rules of a component that look back over the period of an error budget."""
METRICS_PART = "metrics"
"""The rules of a component that record metrics of the catalogue."""
MISSING_PART = "missing"
"""The rules of a component on missing data."""
ALERTMANAGER_CONFIG = "alertmanager/alertmanager.yml"
ALERTMANAGER_TEMPLATES = "alertmanager/templates/genesis.tmpl"
DASHBOARDS_FOLDER = "grafana/dashboards"
GRAFANA_DATASOURCES = "grafana/provisioning/datasources/prometheus.yml"
GRAFANA_DASHBOARD_PROVIDER = "grafana/provisioning/dashboards/genesis.yml"
COMPOSE_FILE = "docker-compose.yml"
INSTRUMENTATION_FOLDER = "instrumentation"
DOCS_FOLDER = "docs"
RUNBOOKS_FOLDER = "docs/runbooks"

SECRETS_MOUNT = "/run/secrets"
DASHBOARDS_MOUNT = "/etc/grafana/dashboards"

SEVERITY_LABEL = "severity"
SHADOW_LABEL = "shadow_severity"
"""Stands for the severity of an alert that is recorded and told to nobody."""
COMPONENT_LABEL = "component"
TEAM_LABEL = "team"
SLI_LABEL = "sli"
JOB_LABEL = "job"
SLO_ID = "sloth_id"
"""The label by which Sloth, and so we, tell one SLO from another."""
BUDGET_BURNS_PANEL = 900012
"""The panel of the generated dashboard that shows how fast a budget burns. Links of alerts have it."""
ALERT_LABELS = ("alertname", SEVERITY_LABEL, COMPONENT_LABEL, TEAM_LABEL, SLI_LABEL)
"""Labels that every alert is given by its rule."""
BUDGET_LABELS = (SLO_ID, "sloth_service", "sloth_slo", "sloth_severity", "tier")
"""Labels that alerts on error budgets have beside."""
UP_METRIC = "up"
"""1 for each target that was scraped, 0 for one that could not be."""
TARGET_LABELS = ("job", "instance")
"""Labels that every scraped series has besides its own."""

SUITE_TESTS = "genesis_suite_tests"
SUITE_TESTS_EXPECTED = "genesis_suite_tests_expected"
SUITE_RESULT_TIMESTAMP = "genesis_suite_result_timestamp_seconds"
SUITE_PARSE_SUCCESS = "genesis_suite_parse_success"
EXPORTER_BUILD_INFO = "genesis_exporter_build_info"

WORD_JOINER = "\u2060"
"""Keeps Grafana from taking prose for a template where it stands; of no width, and no part of the text."""

DATASOURCE_UID = "genesis-prometheus"
DATASOURCE_VARIABLE = "datasource"

RESOLUTION = "0.000001"
"""SLI values are rounded to this, so that float noise cannot move a value off a threshold it stands on."""


def output_folder(environment: str | None) -> str:
    """The folder of the generated tree, beside the spec."""
    return _of_environment(OUTPUT_FOLDER, environment)


def state_folder(environment: str | None) -> str:
    """Where a native stack keeps what it runs from, beside the spec."""
    return _of_environment(STATE_FOLDER, environment)


def preview_folder(environment: str | None) -> str:
    """Where pages of dashboards are written."""
    return _of_environment(PREVIEW_FOLDER, environment)


def ledger_file(environment: str | None) -> str:
    """The ledger of a rollout, beside the spec: what is attested of staging says nothing about production."""
    folder, _, name = LEDGER_FILE.partition("/")
    return f"{_of_environment(folder, environment)}/{name}"


def _of_environment(folder: str, environment: str | None) -> str:
    return folder if environment is None else f"{folder}-{environment}"


def record_name(sli: str, unit: str, window: int | None = None) -> str:
    """The recorded series of an SLI: level, what it is, its unit (``level:metric:operations``).

    With ``window`` (seconds) the one over another window than the SLI's own.
    """
    return f"sli:{sli}:{unit}" if window is None else f"sli:{sli}:{unit}_over_{format_duration(window)}"


def baseline_name(sli: str, unit: str) -> str:
    """The recorded series of what an SLI was on average over the first hours of the rollout."""
    return f"{record_name(sli, unit)}_baseline"


def budgets_uid(name: str) -> str:
    """The uid of the generated dashboard of error budgets. Grafana takes 40 characters."""
    return f"{name[:32].rstrip('-')}-budgets"


def rules_path(component: str, part: str = "") -> str:
    """Where a component's rules are written, or those of them that stand apart."""
    return f"{RULES_FOLDER}/{component}{part and f'.{part}'}.yml"


def instrumentation_path(module: str) -> str:
    """Where the Python module that declares a target's metrics is written."""
    return f"{INSTRUMENTATION_FOLDER}/{module}.py"


def runbook_path(alert: str) -> str:
    """Where an alert's runbook page is written."""
    return f"{RUNBOOKS_FOLDER}/{alert}.md"


def suite_metric(suite: str, figure: str) -> str:
    """The metric of one figure of one suite, such as ``genesis_regression_pass_rate``."""
    return f"genesis_{suite}_{figure}"


def health_part_metric(score: str) -> str:
    """The metric of the health score's parts."""
    return f"{score}_part"


FASTEST = 86_400.0
"""The fastest rehearsal: a day in a second."""
LONGEST_TIMEOUT = 3600.0
"""Seconds. Who waits longer for one answer is not waiting for an answer."""
