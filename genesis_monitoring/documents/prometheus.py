"""``prometheus.yml``: the server's plan in, its document out."""

from genesis_monitoring.conventions import PROMETHEUS_CONFIG
from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.plan.prometheus import PrometheusPlan, ScrapeConfig


def prometheus_document(plan: PrometheusPlan) -> Document:
    """What is scraped, evaluated, and where alerts go."""
    return Document(
        PROMETHEUS_CONFIG,
        Node(
            "prometheus",
            {
                "global": Node(
                    "prometheus",
                    {
                        "scrape_interval": plan.scrape_interval,
                        "scrape_timeout": plan.scrape_timeout,
                        "evaluation_interval": plan.evaluation_interval,
                        "external_labels": dict(plan.external_labels),
                    },
                ),
                "rule_files": list(plan.rule_files),
                "alerting": {
                    "alertmanagers": [
                        Node(
                            plan.alertmanager_origin, {"static_configs": [{"targets": (plan.alertmanager,)}]}
                        )
                    ]
                },
                "scrape_configs": [_scrape_config(job) for job in plan.scrape_configs],
            },
        ),
    )


def _scrape_config(job: ScrapeConfig) -> Node:
    return Node(
        job.origin,
        {
            "job_name": job.job,
            "scrape_interval": job.interval,
            "scrape_timeout": job.timeout,
            "metrics_path": job.path,
            "static_configs": [{"targets": job.targets}],
        },
    )
