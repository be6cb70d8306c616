"""What the rollout guide asks for: panels, queries, the dashboard and the services, row by row.

Written from the guide alone. Where a settlement changes what the guide says, the row names it
(``Q1``, ``D6``, …) and holds what was settled.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A panel of the appendix. ``metrics`` is everything that its queries must come from."""

    id: int
    title: str
    section: str
    metrics: tuple[str, ...]
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query example: the SLI that answers it, its spec fields, and patterns that its expression holds."""

    title: str
    sli: str
    fields: tuple[tuple[str, object], ...]
    patterns: tuple[str, ...]
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service with its published ports, as (host, container), and how often it is scraped."""

    name: str
    ports: tuple[tuple[int, int], ...]
    interval: str
    settlement: str = ""


KPIS, RAG, COST, HEALTH = (
    "Critical KPIs",
    "Hybrid RAG Metrics",
    "Cost Optimization Metrics",
    "System Health",
)
SECTIONS = ("Rollout Status", KPIS, RAG, COST, HEALTH)

PANELS = (
    PanelRow(1, "Overall Test Pass Rate", KPIS, ("genesis_regression_pass_rate",)),
    PanelRow(
        2, "Active Test Failures", KPIS,
        ("genesis_regression_tests_failed", "genesis_regression_tests_errors"), "Q6",
    ),
    PanelRow(
        3, "Error Rate", KPIS,
        (
            "genesis_regression_tests_failed",
            "genesis_regression_tests_total",
            "genesis_request_errors_total",
        ),
        "Q11",
    ),
    PanelRow(4, "Overall System Health", KPIS, ("genesis_system_health",)),
    PanelRow(10, "Hybrid RAG Retrieval Latency", RAG, ("hybrid_rag_retrieval_latency_seconds",)),
    PanelRow(
        11, "Memory Cache Performance", RAG, ("redis_cache_hits_total", "vector_db_cache_hits_total"), "Q5",
    ),
    PanelRow(
        12, "Query Throughput", RAG,
        ("hybrid_rag_queries_total", "vector_db_searches_total", "graph_db_queries_total"), "Q5",
    ),
    PanelRow(13, "Retrieval Accuracy Top-3", RAG, ("hybrid_rag_top3_accuracy_percent",)),
    PanelRow(14, "Hybrid RAG Error Rate", RAG, ("hybrid_rag_errors_total",)),
    PanelRow(
        20, "Cost Breakdown", COST,
        ("llm_api_cost_total", "memory_storage_cost_total", "vector_db_cost_total"),
    ),
    PanelRow(21, "Cost Reduction %", COST, ("total_system_cost_total",), "Q2"),
    PanelRow(22, "Token Usage Rate", COST, ("llm_input_tokens_total", "llm_output_tokens_total"), "Q8"),
    PanelRow(30, "System Memory Usage", HEALTH, ("node_memory_MemAvailable_bytes",)),
    PanelRow(31, "System CPU Usage", HEALTH, ("node_cpu_seconds_total",)),
    PanelRow(
        32, "Active Database Connections", HEALTH,
        ("mongodb_connections_active", "redis_connections_active", "vector_db_connections_active"),
    ),
    PanelRow(33, "Test Pass Rate Trend", HEALTH, ("genesis_regression_pass_rate",)),
)  # fmt: skip

QUERIES = (
    QueryRow(
        "P95 retrieval latency", "rag_latency_p95",
        (
            ("histogram", "hybrid_rag_retrieval_latency_seconds"),
            ("q", 0.95),
            ("window", "5m"),
            ("unit", "milliseconds"),
        ),
        (
            r"histogram_quantile\(0\.95, sum by \(le\) \(rate\(",
            r"\(hybrid_rag_retrieval_latency_seconds_bucket\[5m\]\)",
            r"\b1000 \*",
        ),
        "Q3",
    ),
    QueryRow(
        "Cache hit rate (Redis)", "redis_cache_hit_ratio",
        (
            ("numerator", ["redis_cache_hits_total"]),
            ("denominator", ["redis_cache_hits_total", "redis_cache_misses_total"]),
            ("window", "5m"),
        ),
        (
            r"\b100 \* \(sum\(\w+\(redis_cache_hits_total\[5m\]\)(?: >= 0 < Inf)?\) .*\) / \(",
            r"/ \(sum\(sum\(\w+\(redis_cache_hits_total\[5m\]\)(?: >= 0 < Inf)?\) or ",
            r" or sum\(\w+\(redis_cache_misses_total\[5m\]\)(?: >= 0 < Inf)?\)\)",
            r">= [1-9]",
        ),
        "Q5, Q10",
    ),
    QueryRow(
        "Top-3 retrieval accuracy", "rag_accuracy_top3",
        (("metrics", ["hybrid_rag_top3_accuracy_percent"]),),
        (r"\w+\(hybrid_rag_top3_accuracy_percent\)",),
    ),
    QueryRow(
        "Projected monthly cost", "monthly_cost",
        (("counters", ["total_system_cost_total"]), ("window", "1h"), ("unit", "usd_per_month")),
        (r"\b2628000 \* sum\(.*\brate\(total_system_cost_total\[1h\]\)\)",),
        "Q1, Q2",
    ),
    QueryRow(
        "Cost reduction percentage", "cost_reduction",
        (("sli", "monthly_cost"), ("unit", "percent"), ("report", "reduction")),
        (r"100 \* \(1 - ", r"/ 500\b", r"total_system_cost_total\[1h\]", r"\b2628000 \*"),
        "Q1, T7",
    ),
    QueryRow(
        "LLM token usage rate", "llm_tokens",
        (("counters", ["llm_input_tokens_total", "llm_output_tokens_total"]), ("window", "5m")),
        (
            r"sum\(.*\brate\(llm_input_tokens_total\[5m\]\)\).* or ",
            r" or sum\(.*\brate\(llm_output_tokens_total\[5m\]\)",
        ),
        "Q8",
    ),
    QueryRow(
        "Memory storage cost trend", "memory_storage_cost_trend",
        (("sli", "memory_storage_cost"), ("window", "30m"), ("unit", "usd_per_month_per_day")),
        (
            r"\b86400 \* deriv\(",
            r"\[30m",
            r"\b2628000 \* sum\(.*\brate\(memory_storage_cost_total\[1h\]\)\)",
        ),
        "Q7",
    ),
    QueryRow(
        "Test pass rate", "test_pass_rate", (("metrics", ["genesis_regression_pass_rate"]),),
        (r"\w+\(genesis_regression_pass_rate\)",),
    ),
    QueryRow(
        "Active test failures", "test_failures",
        (
            ("metrics", ["genesis_regression_tests_failed", "genesis_regression_tests_errors"]),
            ("aggregation", "sum"),
        ),
        (r"sum\(sum\(genesis_regression_tests_failed\) or sum\(genesis_regression_tests_errors\)\)",),
        "Q6",
    ),
    QueryRow(
        "System health score", "system_health", (("metrics", ["genesis_system_health"]),),
        (r"\w+\(genesis_system_health\)",),
    ),
    QueryRow(
        "Memory usage percentage", "memory_usage",
        (
            ("numerator", ["node_memory_MemAvailable_bytes"]),
            ("denominator", ["node_memory_MemTotal_bytes"]),
            ("complement", True),
        ),
        (
            r"\b100 \* \(1 - ",
            r"\(node_memory_MemAvailable_bytes\).* / \(sum by \(instance\) \(node_memory_MemTotal_bytes\)",
        ),
    ),
    QueryRow(
        "CPU usage percentage", "cpu_usage",
        (
            ("numerator", [{"metric": "node_cpu_seconds_total", "labels": {"mode": "idle"}}]),
            ("denominator", ["node_cpu_seconds_total"]),
            ("by", ["instance"]),
            ("complement", True),
            ("window", "5m"),
        ),
        (r"\b100 \* \(1 - ", r'node_cpu_seconds_total\{mode="idle"\}\[5m\]', r"by \(instance\)"),
    ),
)  # fmt: skip
THROUGHPUT_PANEL = 12

SERVICES = (
    ServiceRow("prometheus", ((9090, 9090),), "15s"),
    ServiceRow("grafana", ((3000, 3000),), "15s"),
    ServiceRow("alertmanager", ((9093, 9093),), "15s"),
    ServiceRow("node-exporter", ((9100, 9100),), "15s"),
    ServiceRow("genesis-metrics", ((8000, 8000), (8002, 8000)), "5s", "D1, D2"),
)

DASHBOARD_UID = "phase5-rollout"
DASHBOARD = (
    ("title", "Genesis Phase 5.3/5.4 Production Rollout - 48 Hour Dashboard"),
    ("tags", ["genesis", "phase-5", "hybrid-rag", "rollout", "production"]),
    ("refresh", "30s"),
    # The guide has the whole window; a fresh outage would be a few pixels of it.
    ("time", {"from": "now-6h", "to": "now"}),
)
STEADY_STATE_REFRESH = "5m"
RETENTION = "30d"
SCRAPE_INTERVAL = "15s"
