"""What the rollout guide asks for: metrics, thresholds and alerts, row by row.

Written from the guide alone. Where a settlement changes what the guide says, the row names it
(``Q1``, ``T6``, …) and holds what was settled.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric by its exposed name; a histogram without ``_bucket``."""

    name: str
    type: str
    status: str
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """A row of the key-metric tables. ``fires`` is None where the row has no alert of its own."""

    title: str
    sli: str
    unit: str
    good: str
    fires: str | None
    severity: str | None
    no_go: float | None = None
    baseline: float | None = None
    settlement: str = ""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One of the 13 alerts. ``metric`` is what its condition is about, ``response`` words of its response."""

    name: str
    for_: str
    severity: str
    metric: str
    response: tuple[str, ...]
    settlement: str = ""


METRICS = (
    # Exporter list, exported today
    MetricRow("genesis_regression_tests_total", "gauge", "exported"),
    MetricRow("genesis_regression_tests_passed", "gauge", "exported"),
    MetricRow("genesis_regression_tests_failed", "gauge", "exported"),
    MetricRow("genesis_regression_tests_errors", "gauge", "exported"),
    MetricRow("genesis_regression_pass_rate", "gauge", "exported"),
    MetricRow("genesis_system_health", "gauge", "exported"),
    MetricRow("genesis_waltzrl_tests_total", "gauge", "exported"),
    MetricRow("genesis_waltzrl_pass_rate", "gauge", "exported"),
    # Exporter list, to be added in Phase 5.5
    MetricRow("hybrid_rag_retrieval_latency_seconds", "histogram", "planned", "Q4"),
    MetricRow("hybrid_rag_top3_accuracy_percent", "gauge", "planned", "V2"),
    MetricRow("redis_cache_hits_total", "counter", "planned", "V2"),
    MetricRow("redis_cache_misses_total", "counter", "planned", "V2"),
    MetricRow("total_system_cost_total", "counter", "planned", "Q2"),
    MetricRow("llm_input_tokens_total", "counter", "planned", "V2"),
    MetricRow("llm_output_tokens_total", "counter", "planned", "V2"),
    # Appendix
    MetricRow("vector_db_cache_hits_total", "counter", "planned", "V2"),
    MetricRow("hybrid_rag_queries_total", "counter", "planned", "V2"),
    MetricRow("vector_db_searches_total", "counter", "planned", "V2"),
    MetricRow("hybrid_rag_errors_total", "counter", "planned", "V2"),
    MetricRow("llm_api_cost_total", "counter", "planned", "V2"),
    MetricRow("memory_storage_cost_total", "counter", "planned", "V2"),
    MetricRow("node_memory_MemAvailable_bytes", "gauge", "exported"),
    MetricRow("node_cpu_seconds_total", "counter", "exported"),
    MetricRow("mongodb_connections_active", "gauge", "planned", "V2"),
    MetricRow("redis_connections_active", "gauge", "planned", "V2"),
    # Query examples
    MetricRow("node_memory_MemTotal_bytes", "gauge", "exported"),
)

THRESHOLDS = (
    # Phase 5.3 Hybrid RAG
    ThresholdRow(
        "P95 Retrieval Latency", "rag_latency_p95", "milliseconds", "< 100", ">= 100", "P1", 200, 50,
        "T5, T6",
    ),
    ThresholdRow("Top-3 Accuracy", "rag_accuracy_top3", "percent", "> 90", "<= 90", "P1", None, 94.8, "T6"),
    ThresholdRow(
        "Cache Hit Rate", "redis_cache_hit_ratio", "percent", "> 70", "<= 70", "P2", None, None, "T6",
    ),
    ThresholdRow("RAG Error Rate", "rag_error_rate", "percent", "< 0.1", ">= 0.1", "P1", None, None, "T6"),
    ThresholdRow(
        "Vector DB P95 Latency", "vector_db_latency_p95", "milliseconds", "< 50", ">= 50", "P2", None, None,
        "T6",
    ),
    # Phase 5.4 cost
    ThresholdRow(
        "Total Monthly Cost", "monthly_cost", "usd_per_month", "<= 99", "> 150", "P1", None, 500, "T3, T7",
    ),
    ThresholdRow("Cost Reduction %", "cost_reduction", "percent", ">= 80", "< 75", "P0", 75, None, "T3, T8"),
    ThresholdRow(
        "LLM Token Usage, ±20 %", "llm_token_deviation", "percent", "<= 20", None, None, None, None, "T13",
    ),
    ThresholdRow(
        "LLM Token Usage, +100 % spike", "llm_token_multiple", "multiple", "< 2", ">= 2", "P2", None, None,
        "T13",
    ),
    ThresholdRow(
        "Memory Storage Cost", "memory_storage_cost_trend", "usd_per_month_per_day", "<= 1", "> 1", "P3",
        None, None, "T1, Q7",
    ),
    # System-wide SLOs
    ThresholdRow("Test Pass Rate", "test_pass_rate", "percent", ">= 98", "< 98", "P1", 98, 98.28),
    ThresholdRow(
        "Error Rate", "request_error_rate", "percent", "< 0.1", ">= 0.1", "P1", None, None, "T1, T9, Q11",
    ),
    ThresholdRow(
        "P95 Latency", "request_latency_p95", "milliseconds", "< 200", ">= 200", "P1", None, 131.57, "T1",
    ),
    ThresholdRow("System Health", "system_health", "score", ">= 95", "< 95", "P2", None, 98.62),
    ThresholdRow("Memory Usage", "memory_usage", "percent", "< 80", "> 85", "P2", 90, None, "T1, T4"),
    ThresholdRow("CPU Usage", "cpu_usage", "percent", "< 80", "> 85", "P2", 90, None, "T1, T4"),
)  # fmt: skip

HISTOGRAM_EDGES = (
    # Q4: a bucket edge at every threshold in use, in seconds, and a finite one above it
    ("hybrid_rag_retrieval_latency_seconds", (0.05, 0.1, 0.2)),
    ("vector_db_search_latency_seconds", (0.05,)),
    ("genesis_request_duration_seconds", (0.2,)),
    ("htdag_decomposition_duration_seconds", (0.15,)),
    ("halo_routing_duration_seconds", (0.13,)),
)

ALERTS = (
    AlertRow(
        "HybridRAGLatencyHigh", "5m", "P1", "hybrid_rag_retrieval_latency_seconds",
        ("FAISS index", "size", "Redis", "cache", "MongoDB", "queries"),
    ),
    AlertRow(
        "HybridRAGAccuracyLow", "10m", "P1", "hybrid_rag_top3_accuracy_percent",
        ("vector embeddings", "RRF scoring"),
    ),
    AlertRow(
        "HybridRAGErrorRateHigh", "3m", "P1", "hybrid_rag_errors_total", ("MongoDB", "Redis", "FAISS", "log"),
    ),
    AlertRow(
        "CostReductionTargetMissed", "30m", "P0", "total_system_cost_total",
        ("LLM usage", "memory compression"), "Q1, Q2",
    ),
    AlertRow(
        "MonthlyCostProjectionHigh", "1h", "P1", "total_system_cost_total",
        ("token usage", "spike", "cache efficiency", "compression ratios"), "Q1, Q2",
    ),
    AlertRow(
        "MemoryStoreServiceDown", "1m", "P1", 'service="memory_store"', ("Restart memory_store.py", "log"),
        "T2",
    ),
    AlertRow(
        "VectorDBServiceDown", "1m", "P1", 'service="vector_db"',
        ("Restart vector_database.py", "FAISS index", "integrity"), "T2",
    ),
    AlertRow(
        "GraphDBServiceDown", "1m", "P1", 'service="graph_db"', ("Restart MongoDB", "connection pool"), "T2",
    ),
    AlertRow(
        "TestPassRateLow", "5m", "P1", "genesis_regression_pass_rate", ("full test suite", "failing tests"),
    ),
    AlertRow("CacheHitRateLow", "10m", "P2", "redis_cache_hits_total", ("TTL policies", "memory", "evict")),
    AlertRow(
        "VectorDBSlowQueries", "10m", "P2", "vector_db_search_latency_seconds",
        ("FAISS index", "fragmentation", "rebuild"),
    ),
    AlertRow("LLMTokenUsageSpike", "15m", "P2", "llm_output_tokens_total", ("prompt", "retrieval"), "Q8"),
    AlertRow(
        "SystemHealthScoreDegrading", "30m", "P2", "genesis_system_health",
        ("component metrics", "resource utilisation"),
    ),
)  # fmt: skip
