# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of genesis-app by the catalogue: The Genesis application, its agents, orchestration and memory.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
)


# from: prometheus.targets.genesis-app
class GenesisMetrics:
    """Every metric that the job genesis-app exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.hybrid_rag_retrieval_latency_seconds
        self.hybrid_rag_retrieval_latency_seconds = Histogram(
            "hybrid_rag_retrieval_latency_seconds",
            "Duration of a Hybrid RAG retrieval",
            buckets=[
                0.005,
                0.01,
                0.025,
                0.05,
                0.075,
                0.1,
                0.15,
                0.2,
                0.3,
                0.5,
                1,
                2.5,
            ],
            registry=registry,
        )
        """Duration of a Hybrid RAG retrieval. Unit: seconds."""

        # from: metrics.hybrid_rag_top3_accuracy_percent
        self.hybrid_rag_top3_accuracy_percent = Gauge(
            "hybrid_rag_top3_accuracy_percent",
            "Retrievals with the right document among the first three",
            registry=registry,
        )
        """Retrievals with the right document among the first three. Unit: percent."""

        # from: metrics.hybrid_rag_queries_total
        self.hybrid_rag_queries_total = Counter(
            "hybrid_rag_queries_total",
            "Hybrid RAG queries",
            registry=registry,
        )
        """Hybrid RAG queries. Unit: count."""

        # from: metrics.hybrid_rag_errors_total
        self.hybrid_rag_errors_total = Counter(
            "hybrid_rag_errors_total",
            "Hybrid RAG queries that failed",
            registry=registry,
        )
        """Hybrid RAG queries that failed. Unit: count."""

        # from: metrics.vector_db_searches_total
        self.vector_db_searches_total = Counter(
            "vector_db_searches_total",
            "Searches in the FAISS vector database",
            registry=registry,
        )
        """Searches in the FAISS vector database. Unit: count."""

        # from: metrics.vector_db_search_latency_seconds
        self.vector_db_search_latency_seconds = Histogram(
            "vector_db_search_latency_seconds",
            "Duration of a vector database search",
            buckets=[
                0.001,
                0.0025,
                0.005,
                0.01,
                0.025,
                0.05,
                0.075,
                0.1,
                0.2,
                0.5,
                1,
            ],
            registry=registry,
        )
        """Duration of a vector database search. Unit: seconds."""

        # from: metrics.vector_db_cache_hits_total
        self.vector_db_cache_hits_total = Counter(
            "vector_db_cache_hits_total",
            "Vector database cache hits",
            registry=registry,
        )
        """Vector database cache hits. Unit: count."""

        # from: metrics.vector_db_cache_misses_total
        self.vector_db_cache_misses_total = Counter(
            "vector_db_cache_misses_total",
            "Vector database cache misses",
            registry=registry,
        )
        """Vector database cache misses. Unit: count."""

        # from: metrics.graph_db_queries_total
        self.graph_db_queries_total = Counter(
            "graph_db_queries_total",
            "Queries to the MongoDB graph database",
            registry=registry,
        )
        """Queries to the MongoDB graph database. Unit: count."""

        # from: metrics.redis_cache_hits_total
        self.redis_cache_hits_total = Counter(
            "redis_cache_hits_total",
            "Redis cache hits",
            registry=registry,
        )
        """Redis cache hits. Unit: count."""

        # from: metrics.redis_cache_misses_total
        self.redis_cache_misses_total = Counter(
            "redis_cache_misses_total",
            "Redis cache misses",
            registry=registry,
        )
        """Redis cache misses. Unit: count."""

        # from: metrics.genesis_service_up
        self.genesis_service_up = Gauge(
            "genesis_service_up",
            "1 while a Genesis service answers",
            labelnames=[
                "service",
            ],
            registry=registry,
        )
        """1 while a Genesis service answers. Unit: state."""

        # from: metrics.mongodb_connections_active
        self.mongodb_connections_active = Gauge(
            "mongodb_connections_active",
            "Open MongoDB connections",
            registry=registry,
        )
        """Open MongoDB connections. Unit: count."""

        # from: metrics.redis_connections_active
        self.redis_connections_active = Gauge(
            "redis_connections_active",
            "Open Redis connections",
            registry=registry,
        )
        """Open Redis connections. Unit: count."""

        # from: metrics.vector_db_connections_active
        self.vector_db_connections_active = Gauge(
            "vector_db_connections_active",
            "Open vector database connections",
            registry=registry,
        )
        """Open vector database connections. Unit: count."""

        # from: metrics.total_system_cost_total
        self.total_system_cost_total = Counter(
            "total_system_cost_total",
            "What the whole system has cost",
            registry=registry,
        )
        """What the whole system has cost. Unit: usd."""

        # from: metrics.llm_api_cost_total
        self.llm_api_cost_total = Counter(
            "llm_api_cost_total",
            "What LLM calls have cost",
            registry=registry,
        )
        """What LLM calls have cost. Unit: usd."""

        # from: metrics.memory_storage_cost_total
        self.memory_storage_cost_total = Counter(
            "memory_storage_cost_total",
            "What memory storage has cost",
            registry=registry,
        )
        """What memory storage has cost. Unit: usd."""

        # from: metrics.vector_db_cost_total
        self.vector_db_cost_total = Counter(
            "vector_db_cost_total",
            "What the vector database has cost",
            registry=registry,
        )
        """What the vector database has cost. Unit: usd."""

        # from: metrics.llm_input_tokens_total
        self.llm_input_tokens_total = Counter(
            "llm_input_tokens_total",
            "Tokens sent to LLMs",
            registry=registry,
        )
        """Tokens sent to LLMs. Unit: tokens."""

        # from: metrics.llm_output_tokens_total
        self.llm_output_tokens_total = Counter(
            "llm_output_tokens_total",
            "Tokens received from LLMs",
            registry=registry,
        )
        """Tokens received from LLMs. Unit: tokens."""

        # from: metrics.genesis_requests_total
        self.genesis_requests_total = Counter(
            "genesis_requests_total",
            "Requests to Genesis",
            registry=registry,
        )
        """Requests to Genesis. Unit: count."""

        # from: metrics.genesis_request_errors_total
        self.genesis_request_errors_total = Counter(
            "genesis_request_errors_total",
            "Requests to Genesis that failed",
            registry=registry,
        )
        """Requests to Genesis that failed. Unit: count."""

        # from: metrics.genesis_request_duration_seconds
        self.genesis_request_duration_seconds = Histogram(
            "genesis_request_duration_seconds",
            "Duration of a request to Genesis",
            buckets=[
                0.01,
                0.025,
                0.05,
                0.1,
                0.15,
                0.2,
                0.3,
                0.5,
                1,
                2.5,
                5,
            ],
            registry=registry,
        )
        """Duration of a request to Genesis. Unit: seconds."""

        # from: metrics.htdag_decomposition_duration_seconds
        self.htdag_decomposition_duration_seconds = Histogram(
            "htdag_decomposition_duration_seconds",
            "Duration of an HTDAG task decomposition",
            buckets=[
                0.01,
                0.025,
                0.05,
                0.1,
                0.15,
                0.2,
                0.3,
                0.5,
                1,
            ],
            registry=registry,
        )
        """Duration of an HTDAG task decomposition. Unit: seconds."""

        # from: metrics.halo_routing_duration_seconds
        self.halo_routing_duration_seconds = Histogram(
            "halo_routing_duration_seconds",
            "Duration of a HALO routing decision",
            buckets=[
                0.01,
                0.025,
                0.05,
                0.1,
                0.13,
                0.15,
                0.2,
                0.3,
                0.5,
                1,
            ],
            registry=registry,
        )
        """Duration of a HALO routing decision. Unit: seconds."""

    # from: metrics.genesis_service_up
    def genesis_service_up_for(
        self,
        *,
        service: str,
    ) -> Gauge:
        """1 while a Genesis service answers: the series of these labels. Unit: state."""
        return self.genesis_service_up.labels(
            service,
        )
