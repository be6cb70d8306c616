"""What the rollout guide asks for: checkpoints, criteria, checklist, people, channels, logs and procedures.

Written from the guide alone. Where a settlement changes what the guide says, the row names it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A critical checkpoint: when it is due after the start, and what it is called."""

    index: int
    offset: str
    title: str
    sign_off: bool
    settlement: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A line of GO, NO-GO or the checklist.

    ``limit`` is what must hold of the SLIs, for NO-GO what must not. ``longer_than`` is how long it
    must be violated to count, where the guide says so.
    """

    place: str
    line: str
    kind: str
    slis: tuple[str, ...] = ()
    limit: str | None = None
    longer_than: str | None = None
    severities: tuple[str, ...] = ()
    window: str | None = None
    at_most: int | None = None
    component: str | None = None
    suite: str | None = None
    tests: int | None = None
    margin: int | None = None
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class StepsRow:
    """A procedure: words of each of its steps, in order."""

    name: str
    steps: tuple[tuple[str, ...], ...]
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody on the escalation chain, in the order in which they are called."""

    role: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A Slack channel, words of what it is for, and the severities routed there."""

    name: str
    purpose: tuple[str, ...]
    severities: tuple[str, ...]
    settlement: str = ""


START = "2025-10-23T20:56:00Z"
END = "2025-10-25T20:56:00Z"
DURATION = "48h"
CHECKPOINTS = 55

CRITICAL_CHECKPOINTS = (
    CheckpointRow(1, "0:52:22", "Initial rollout validation", sign_off=False, settlement="C1"),
    CheckpointRow(14, "12:13:05", "Half-day review", sign_off=False, settlement="C2"),
    CheckpointRow(28, "24:26:11", "Mid-rollout review", sign_off=True, settlement="C2, C3"),
    CheckpointRow(42, "36:39:16", "Three-quarter review", sign_off=False, settlement="C2"),
    CheckpointRow(55, "48:00:00", "Final rollout validation", sign_off=True, settlement="C3"),
)

CHECKPOINT_ACTIONS = StepsRow(
    "Checkpoint actions",
    (
        ("dashboard", "panel", "anomalies"),
        ("SLOs", "pass rate", "error rate", "latency"),
        ("cost", "reduction"),
        ("alert", "Alertmanager"),
        ("logs", "sample", "errors"),
        ("document findings", "deviations", "monitoring log"),
    ),
)

SERVICES = ("memory_store_up", "vector_db_up", "graph_db_up")
RAG, COST, SYSTEM, REGRESSION = (
    "Phase 5.3 Hybrid RAG",
    "Phase 5.4 Cost Optimization",
    "System-Wide Health",
    "Regression Prevention",
)
PLACES = ("go", "no_go", RAG, COST, SYSTEM, REGRESSION)

CRITERIA = (
    CriterionRow(
        "go", "Test pass rate ≥98% sustained for 48 hours", "sli", ("test_pass_rate",), ">= 98",
        settlement="C4",
    ),
    CriterionRow(
        "go", "Error rate <0.1% sustained", "sli", ("request_error_rate",), "< 0.1", settlement="Q11",
    ),
    CriterionRow("go", "P95 latency <200ms sustained", "sli", ("request_latency_p95",), "< 200"),
    CriterionRow("go", "Cost reduction ≥75% validated", "sli", ("cost_reduction",), ">= 75", settlement="T7"),
    CriterionRow(
        "go", "Zero P0/P1 alerts in final 12 hours", "alerts",
        severities=("P0", "P1"), window="12h", at_most=0, settlement="V3",
    ),
    CriterionRow("go", "System health score ≥95", "sli", ("system_health",), ">= 95"),
    CriterionRow("no_go", "Cost reduction <75%", "sli", ("cost_reduction",), "< 75"),
    CriterionRow(
        "no_go", "Test pass rate <98% for >1 hour", "sli", ("test_pass_rate",), "< 98", "1h", settlement="C4",
    ),
    CriterionRow(
        "no_go", "Hybrid RAG P95 latency >200ms sustained", "sli", ("rag_latency_p95",), "> 200",
        settlement="T5",
    ),
    CriterionRow("no_go", "Critical service down >5 minutes", "sli", SERVICES, None, "5m", settlement="T2"),
    CriterionRow(
        "no_go", "Memory/CPU usage >90% sustained", "sli", ("memory_usage", "cpu_usage"), "> 90",
        settlement="T4",
    ),
    CriterionRow(
        "no_go", ">5 P1 alerts in 48-hour window", "alerts",
        severities=("P1",), window="48h", at_most=5, settlement="V4",
    ),
    CriterionRow(RAG, "P95 retrieval latency <100ms", "sli", ("rag_latency_p95",), "< 100"),
    CriterionRow(RAG, "Top-3 accuracy >90%", "sli", ("rag_accuracy_top3",), "> 90"),
    CriterionRow(RAG, "Cache hit rate >70%", "sli", ("redis_cache_hit_ratio",), "> 70"),
    CriterionRow(RAG, "Hybrid RAG error rate <0.1%", "sli", ("rag_error_rate",), "< 0.1"),
    CriterionRow(
        RAG, "Zero P1 alerts related to memory system", "alerts",
        severities=("P1",), window="48h", at_most=0, component="hybrid-rag",
    ),
    CriterionRow(
        RAG, "55/55 Hybrid RAG tests passing", "suite", suite="hybrid_rag", tests=55, settlement="V6",
    ),
    CriterionRow(
        COST, "Total monthly cost ≤$125", "sli", ("cost_reduction",), ">= 75", settlement="T6, T7",
    ),
    CriterionRow(COST, "Cost reduction ≥75% validated", "sli", ("cost_reduction",), ">= 75"),
    CriterionRow(
        COST, "LLM token usage within expected range", "sli", ("llm_token_deviation",), "<= 20",
        settlement="T13",
    ),
    CriterionRow(COST, "Memory compression working (DeepSeek-OCR)", "manual", settlement="V5"),
    CriterionRow(
        COST, "No cost-related P0 alerts", "alerts",
        severities=("P0",), window="48h", at_most=0, component="cost",
    ),
    CriterionRow(SYSTEM, "Test pass rate ≥98% sustained", "sli", ("test_pass_rate",), ">= 98"),
    CriterionRow(SYSTEM, "Error rate <0.1% sustained", "sli", ("request_error_rate",), "< 0.1"),
    CriterionRow(SYSTEM, "P95 latency <200ms sustained", "sli", ("request_latency_p95",), "< 200"),
    CriterionRow(SYSTEM, "System health score ≥95", "sli", ("system_health",), ">= 95"),
    CriterionRow(SYSTEM, "Memory usage <80%", "sli", ("memory_usage",), "< 80", settlement="T4"),
    CriterionRow(SYSTEM, "CPU usage <80%", "sli", ("cpu_usage",), "< 80", settlement="T4"),
    CriterionRow(SYSTEM, "Zero service downtime >5 minutes", "sli", SERVICES, None, "5m", settlement="T2"),
    CriterionRow(
        REGRESSION, "Phase 1-3 orchestration tests passing", "suite",
        suite="orchestration", tests=169, settlement="V6",
    ),
    CriterionRow(
        REGRESSION, "Phase 5.2 WaltzRL tests passing", "suite", suite="waltzrl", tests=50, settlement="V6",
    ),
    CriterionRow(
        REGRESSION, "No performance degradation vs Phase 4 baseline", "baseline",
        ("test_pass_rate", "request_latency_p95", "system_health"), margin=10, settlement="T11",
    ),
    CriterionRow(REGRESSION, "HTDAG decomposition <150ms", "sli", ("htdag_latency_p95",), "< 150"),
    CriterionRow(REGRESSION, "HALO routing <130ms", "sli", ("halo_latency_p95",), "< 130"),
)  # fmt: skip

ROLLBACK = StepsRow(
    "Rollback",
    (
        ("stop", "5.3/5.4", "feature flags"),
        ("restore the baseline", "Phase 4"),
        ("validate", "Phase 4", "1,026", "1,044"),
        ("root cause",),
        ("fix forward", "Phase 5.5"),
        ("test", "full regression suite"),
    ),
)
AFTER_GO = StepsRow(
    "After a GO",
    (
        ("archive", "dashboard", "JSON"),
        ("rollout report", "alerts by severity", "findings", "lessons", "recommendations"),
        ("documentation", "complete", "final metrics", "known issues"),
        ("steady-state", "5 minutes", "thresholds", "checkpoint logs"),
        ("Phase 5.5", "backlog", "instrumentation", "performance"),
    ),
)
TROUBLESHOOTING = (
    StepsRow(
        "Dashboard not loading",
        (
            ("targets",),
            ("curl http://localhost:8000/metrics",),
            ("data source",),
            ("docker compose restart grafana",),
        ),
    ),
    StepsRow(
        "Metrics not updating", (("scrape interval",), ("log", "genesis-metrics"), ("refresh", "range"))
    ),
    StepsRow(
        "Alerts not firing",
        (("rules page",), ("alerts page",), ("restart Alertmanager", "last")),
        settlement="D9",
    ),
    StepsRow("High memory or CPU", (("docker stats",), ("retention",), ("parallel",), ("larger host",))),
)
WARNING_STEPS = (("acknowledge", "1 hour"), ("trend", "pattern"), ("fix", "Phase 5.5 backlog"), ("watching",))
INCIDENT_WORKFLOWS = (
    StepsRow(
        "P0",
        (
            ("acknowledge", "post in the alerts channel"),
            ("investigate", "logs"),
            ("mitigate", "throttling LLM calls"),
            ("30 minutes", "escalate", "rollback"),
            ("root cause", "incident log"),
        ),
        settlement="V7",
    ),
    StepsRow(
        "P1",
        (
            ("acknowledge", "5 minutes"),
            ("investigate", "panel", "logs"),
            ("mitigate", "fix", "workaround"),
            ("alert resolves",),
            ("incident", "monitoring log"),
        ),
    ),
    StepsRow("P2", WARNING_STEPS),
    StepsRow("P3", WARNING_STEPS),
)
ACKNOWLEDGE_WITHIN = (("P1", "5m"), ("P2", "1h"), ("P3", "1h"))

CONTACTS = (
    ContactRow("on_call", "Forge", "Testing Agent"),
    ContactRow("backup", "Alex", "E2E Testing Agent"),
    ContactRow("escalation", "Hudson", "Code Review"),
    ContactRow("escalation", "Cora", "Architecture"),
)

CHANNELS = (
    ChannelRow("#genesis-alerts", ("Critical alerts", "P0", "P1"), ("P0", "P1")),
    ChannelRow("#genesis-monitoring", ("dashboard updates", "checkpoint reviews"), ("P2", "P3"), "D7"),
    ChannelRow("#genesis-rollout", ("General rollout discussion",), ()),
)

LOG_FILES = (
    "infrastructure_memory_store.log",
    "infrastructure_hybrid_rag_retriever.log",
    "infrastructure_vector_database.log",
    "infrastructure_graph_database.log",
    "infrastructure_redis_cache.log",
    "infrastructure_embedding_generator.log",
    "agents.log",
    "infrastructure.log",
    "benchmark_runner.log",
    "tests_test_hybrid_rag_retriever.log",
    "tests_test_memory_store.log",
    "tests_test_visual_memory_compressor.log",
    "metrics_exporter.log",
    "continuous_monitoring.log",
)
