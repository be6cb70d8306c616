# Generated from slo.yaml by `genesis-mon render`. Do not edit: change slo.yaml and render again.

"""The metrics of hosts by the catalogue: Hosts.

Pass the registry that the application exposes, or none for prometheus_client's own. To leave out the
``_created`` series, which nothing here reads, set ``PROMETHEUS_DISABLE_CREATED_SERIES=True``.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Gauge,
)


# from: prometheus.targets.hosts
class HostsMetrics:
    """Every metric that the job hosts exposes, one attribute each."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register each metric in ``registry``, where it may be there only once."""
        # from: metrics.node_filesystem_avail_bytes
        self.node_filesystem_avail_bytes = Gauge(
            "node_filesystem_avail_bytes",
            "Space that is free for everybody",
            labelnames=[
                "device",
                "fstype",
                "mountpoint",
            ],
            registry=registry,
        )
        """Space that is free for everybody. Unit: bytes."""

        # from: metrics.node_filesystem_size_bytes
        self.node_filesystem_size_bytes = Gauge(
            "node_filesystem_size_bytes",
            "Size of a file system",
            labelnames=[
                "device",
                "fstype",
                "mountpoint",
            ],
            registry=registry,
        )
        """Size of a file system. Unit: bytes."""

    # from: metrics.node_filesystem_avail_bytes
    def node_filesystem_avail_bytes_for(
        self,
        *,
        device: str,
        fstype: str,
        mountpoint: str,
    ) -> Gauge:
        """Space that is free for everybody: the series of these labels. Unit: bytes."""
        return self.node_filesystem_avail_bytes.labels(
            device,
            fstype,
            mountpoint,
        )

    # from: metrics.node_filesystem_size_bytes
    def node_filesystem_size_bytes_for(
        self,
        *,
        device: str,
        fstype: str,
        mountpoint: str,
    ) -> Gauge:
        """Size of a file system: the series of these labels. Unit: bytes."""
        return self.node_filesystem_size_bytes.labels(
            device,
            fstype,
            mountpoint,
        )
