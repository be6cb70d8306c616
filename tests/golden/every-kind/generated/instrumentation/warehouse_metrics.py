# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of warehouse by the catalogue: The warehouse, on hosts of its own.

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


# from: prometheus.targets.warehouse
class WarehouseMetrics:
    """Every metric that the job warehouse exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.warehouse_parcels_total
        self.warehouse_parcels_total = Counter(
            "warehouse_parcels_total",
            "Parcels sent",
            labelnames=[
                "from",
                "class",
            ],
            registry=registry,
        )
        """Parcels sent. Unit: count."""

        # from: metrics.warehouse_belt_seconds
        self.warehouse_belt_seconds = Histogram(
            "warehouse_belt_seconds",
            'A parcel\'s "way" over the belt',
            labelnames=[
                "belt",
            ],
            buckets=[
                0.5,
                1,
                60,
            ],
            registry=registry,
        )
        """A parcel's \"way\" over the belt. Unit: seconds."""

        # from: metrics.warehouse_parcels_total_for
        self.warehouse_parcels_total_for = Gauge(
            "warehouse_parcels_total_for",
            "Parcels that wait",
            registry=registry,
        )
        """Parcels that wait. Unit: count."""

    # from: metrics.warehouse_parcels_total
    def warehouse_parcels_total_for_(
        self,
        *,
        from_: str,
        class_: str,
    ) -> Counter:
        """Parcels sent: the series of these labels. Unit: count."""
        return self.warehouse_parcels_total.labels(
            from_,
            class_,
        )

    # from: metrics.warehouse_belt_seconds
    def warehouse_belt_seconds_for(
        self,
        *,
        belt: str,
    ) -> Histogram:
        """A parcel's \"way\" over the belt: the series of these labels. Unit: seconds."""
        return self.warehouse_belt_seconds.labels(
            belt,
        )
