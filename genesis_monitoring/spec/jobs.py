"""What Prometheus scrapes: a spec in, its jobs out, each with the interval at which it is scraped."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec


def scraped_services(spec: "Spec") -> tuple[str, ...]:
    """The services of the stack that have metrics."""
    return tuple(name for name, service in spec.stack.services.items() if service.scrape is not None)


def job_names(spec: "Spec") -> tuple[str, ...]:
    """Every job: the scraped services, then the targets outside the stack."""
    return (*scraped_services(spec), *spec.prometheus.targets)


def scrape_interval(spec: "Spec", job: str) -> int:
    """Seconds between two scrapes of ``job``; the global ones for a job that does not exist."""
    service, target = spec.stack.services.get(job), spec.prometheus.targets.get(job)
    own = service.scrape.interval if service is not None and service.scrape is not None else None
    if own is None and target is not None:
        own = target.interval
    return own if own is not None else spec.prometheus.scrape_interval
