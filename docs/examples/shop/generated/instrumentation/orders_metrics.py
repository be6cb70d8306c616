# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of orders by the catalogue: Orders.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Gauge,
)


# from: prometheus.targets.orders
class OrdersMetrics:
    """Every metric that the job orders exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.orders_exported_timestamp_seconds
        self.orders_exported_timestamp_seconds = Gauge(
            "orders_exported_timestamp_seconds",
            "When orders were last exported",
            registry=registry,
        )
        """When orders were last exported. Unit: timestamp."""
