"""What provisions Grafana: its data source and where its dashboards are. A spec in, documents out."""

from genesis_monitoring.addresses import Server
from genesis_monitoring.conventions import (
    DASHBOARDS_MOUNT,
    DATASOURCE_UID,
    GRAFANA_DASHBOARD_PROVIDER,
    GRAFANA_DATASOURCES,
)
from genesis_monitoring.documents.compose import literally
from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.jobs import asked_at
from genesis_monitoring.spec.model import Spec


def datasources_document(spec: Spec) -> Document:
    """The one data source; others that Grafana had from an earlier file are removed (``prune``)."""
    prometheus = spec.prometheus
    scraped = spec.stack.services[prometheus.service].scrape is not None
    server = asked_at(spec, prometheus.service) if scraped else Server("http", f"{prometheus.service}:9090")
    source = Node(
        "prometheus.service",
        {
            "name": "Prometheus",
            "uid": DATASOURCE_UID,
            "type": "prometheus",
            "access": "proxy",
            "url": literally(server.url),
            "isDefault": True,
            "editable": False,
            "jsonData": {
                "httpMethod": "POST",
                "prometheusType": "Prometheus",
                "timeInterval": format_duration(prometheus.scrape_interval),
            },
        },
    )
    return Document(
        GRAFANA_DATASOURCES,
        Node("prometheus", {"apiVersion": 1, "prune": True, "datasources": [source]}),
    )


def dashboard_provider_document(spec: Spec) -> Document:
    """Dashboards come from files alone: nobody edits or deletes them in the page."""
    provider = Node(
        "dashboards",
        {
            "name": "genesis",
            "type": "file",
            "folder": literally(spec.metadata.title),
            "disableDeletion": True,
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": DASHBOARDS_MOUNT},
        },
    )
    return Document(
        GRAFANA_DASHBOARD_PROVIDER, Node("dashboards", {"apiVersion": 1, "providers": [provider]})
    )
