# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of shop by the catalogue: Shop.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
)


# from: prometheus.targets.shop
class ShopMetrics:
    """Every metric that the job shop exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.http_requests_total
        self.http_requests_total = Counter(
            "http_requests_total",
            "HTTP requests",
            labelnames=[
                "code",
            ],
            registry=registry,
        )
        """HTTP requests. Unit: count."""

        # from: metrics.http_request_duration_seconds
        self.http_request_duration_seconds = Histogram(
            "http_request_duration_seconds",
            "HTTP request duration",
            buckets=[
                0.1,
                0.3,
                1,
                3,
            ],
            registry=registry,
        )
        """HTTP request duration. Unit: seconds."""

    # from: metrics.http_requests_total
    def http_requests_total_for(
        self,
        *,
        code: str,
    ) -> Counter:
        """HTTP requests: the series of these labels. Unit: count."""
        return self.http_requests_total.labels(
            code,
        )
