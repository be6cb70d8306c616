# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of redis by the catalogue: Redis.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Gauge,
)


# from: prometheus.targets.redis
class RedisMetrics:
    """Every metric that the job redis exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.redis_up
        self.redis_up = Gauge(
            "redis_up",
            "1 if the exporter could ask Redis",
            registry=registry,
        )
        """1 if the exporter could ask Redis. Unit: state."""
