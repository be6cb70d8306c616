"""``prometheus.yml``: the server's plan in, its document out."""

from genesis_monitoring.conventions import PROMETHEUS_CONFIG
from genesis_monitoring.documents.node import Document, Node, Value
from genesis_monitoring.plan.prometheus import PrometheusPlan, ScrapeConfig, TargetGroup


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
                "alerting": Node(
                    "",
                    {
                        "alert_relabel_configs": _dropping(plan.dropped),
                        "alertmanagers": [
                            Node(
                                plan.alertmanager_origin,
                                {
                                    "scheme": _scheme(plan.alertmanager.scheme),
                                    "path_prefix": plan.alertmanager.prefix or None,
                                    "static_configs": [{"targets": (plan.alertmanager.target,)}],
                                },
                            )
                        ],
                    },
                ),
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
            "scheme": _scheme(job.scheme),
            "honor_labels": job.honor_labels or None,
            "params": dict(job.params) or None,
            "static_configs": [_group(group) for group in job.groups] or None,
            "file_sd_configs": [{"files": job.files}] if job.files else None,
            "relabel_configs": [*_listed(job), *_probing(job.prober)] or None,
        },
    )


def _scheme(scheme: str) -> Value | None:
    """Prometheus asks by HTTP where nothing is said."""
    return None if scheme == "http" else scheme


def _group(group: TargetGroup) -> Value:
    labels = {"labels": dict(group.labels)} if group.labels else {}
    return {"targets": group.addresses, **labels}


def _listed(job: ScrapeConfig) -> list[Value]:
    """Targets that files list have the labels of their job, too, unless the file says otherwise."""
    return [
        {
            "source_labels": (label,),
            "regex": "",
            "target_label": label,
            "replacement": value.replace("$", "$$"),
        }
        for label, value in (job.labels if job.files else ())
    ]


def _probing(prober: str) -> list[Value]:
    """The address of a target becomes what the exporter is asked about, and is its ``instance``."""
    if not prober:
        return []
    return [
        {"source_labels": ("__address__",), "target_label": "__param_target"},
        {"source_labels": ("__param_target",), "target_label": "instance"},
        {"target_label": "__address__", "replacement": prober},
    ]


def _dropping(label: str) -> list[Value] | None:
    """Keeps alerts with a label from Alertmanager."""
    return [{"source_labels": (label,), "regex": ".+", "action": "drop"}] if label else None
