"""Prometheus itself: what it scrapes and evaluates, and where it sends alerts."""

from dataclasses import dataclass

from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Scrape, ScrapeTarget


@dataclass(frozen=True, slots=True)
class ScrapeConfig:
    """One job with its targets (``host:port``). ``interval`` is None where the global one holds."""

    job: str
    targets: tuple[str, ...]
    path: str
    interval: str | None
    timeout: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class PrometheusPlan:
    """``prometheus.yml``. Durations are in Prometheus notation; paths are relative to the file."""

    scrape_interval: str
    scrape_timeout: str
    evaluation_interval: str
    external_labels: tuple[tuple[str, str], ...]
    alertmanager: str
    alertmanager_origin: str
    rule_files: tuple[str, ...]
    scrape_configs: tuple[ScrapeConfig, ...]


def compile_prometheus(spec: Spec) -> PrometheusPlan:
    """One scrape config for each service that has metrics, then one for each target outside the stack."""
    prometheus = spec.prometheus
    services = spec.stack.services
    alertmanager = services[prometheus.alertmanager].scrape
    if alertmanager is None:
        raise AssertionError("the reference checks let an Alertmanager without a port pass")
    return PrometheusPlan(
        scrape_interval=format_duration(prometheus.scrape_interval),
        scrape_timeout=format_duration(prometheus.scrape_timeout),
        evaluation_interval=format_duration(prometheus.evaluation_interval),
        external_labels=tuple(sorted(prometheus.external_labels.items())),
        alertmanager=f"{prometheus.alertmanager}:{alertmanager.port}",
        alertmanager_origin="prometheus.alertmanager",
        rule_files=("rules/*.yml",),
        scrape_configs=(
            *(
                _scrape_config(
                    spec,
                    name,
                    (f"{name}:{service.scrape.port}",),
                    service.scrape,
                    f"stack.services.{name}.scrape",
                )
                for name, service in services.items()
                if service.scrape is not None
            ),
            *(
                _scrape_config(spec, name, target.addresses, target, f"prometheus.targets.{name}")
                for name, target in prometheus.targets.items()
            ),
        ),
    )


def _scrape_config(
    spec: Spec, job: str, targets: tuple[str, ...], scraped: Scrape | ScrapeTarget, origin: str
) -> ScrapeConfig:
    own = scraped.interval
    timeout = min(own, spec.prometheus.scrape_timeout) if own is not None else None
    return ScrapeConfig(
        job=job,
        targets=targets,
        path=scraped.path,
        interval=format_duration(own) if own is not None else None,
        timeout=format_duration(timeout) if timeout is not None else None,
        origin=origin,
    )
