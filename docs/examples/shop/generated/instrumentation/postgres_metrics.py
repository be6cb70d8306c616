# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of postgres by the catalogue: Postgres.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Gauge,
)


# from: prometheus.targets.postgres
class PostgresMetrics:
    """Every metric that the job postgres exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.pg_up
        self.pg_up = Gauge(
            "pg_up",
            "1 if the exporter could ask PostgreSQL",
            registry=registry,
        )
        """1 if the exporter could ask PostgreSQL. Unit: state."""

        # from: metrics.pg_stat_activity_count
        self.pg_stat_activity_count = Gauge(
            "pg_stat_activity_count",
            "Connections by database and state",
            labelnames=[
                "datname",
                "state",
            ],
            registry=registry,
        )
        """Connections by database and state. Unit: count."""

        # from: metrics.pg_settings_max_connections
        self.pg_settings_max_connections = Gauge(
            "pg_settings_max_connections",
            "Connections that the server takes",
            registry=registry,
        )
        """Connections that the server takes. Unit: count."""

    # from: metrics.pg_stat_activity_count
    def pg_stat_activity_count_for(
        self,
        *,
        datname: str,
        state: str,
    ) -> Gauge:
        """Connections by database and state: the series of these labels. Unit: count."""
        return self.pg_stat_activity_count.labels(
            datname,
            state,
        )
