"""What Prometheus scrapes: a spec in, its jobs out, each with the interval at which it is scraped."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from genesis_monitoring.addresses import Server, server_at
from genesis_monitoring.conventions import TARGET_LABELS, UP_METRIC
from genesis_monitoring.defaults.metrics import offered_by

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.scraping import Scrape, ScrapeTarget
    from genesis_monitoring.spec.services import Service


def scraped_services(spec: "Spec") -> tuple[str, ...]:
    """The services of the stack that have metrics."""
    return tuple(name for name, service in spec.stack.services.items() if service.scrape is not None)


def asked_at(spec: "Spec", name: str) -> Server:
    """Where a service that has metrics is asked by others. Raises ValueError without any."""
    service = spec.stack.services[name]
    if service.scrape is None:
        raise ValueError(f"{name} has no port that is scraped")
    if service.address is not None:
        return server_at(service.address)
    return Server("http", f"{name}:{service.scrape.port}")


def reached(spec: "Spec", name: str) -> str:
    """``host:port`` at which a service that has metrics is asked by others. Raises ValueError without any."""
    return asked_at(spec, name).target


def job_names(spec: "Spec") -> tuple[str, ...]:
    """Every job: the scraped services, then the targets outside the stack."""
    return (*scraped_services(spec), *spec.prometheus.targets)


def scraped(spec: "Spec", job: str) -> "Scrape | ScrapeTarget | None":
    """How a job is scraped; None for one that does not exist."""
    service = spec.stack.services.get(job)
    own = service.scrape if service is not None else None
    return own if own is not None else spec.prometheus.targets.get(job)


def job_labels(spec: "Spec", job: str) -> tuple[str, ...]:
    """The labels that some target of ``job`` is given, beside ``job`` and ``instance``."""
    how, target = scraped(spec, job), spec.prometheus.targets.get(job)
    own: list[str] = [*how.labels] if how is not None else []
    if target is not None:
        own += [*target.file_labels, *(label for one in target.endpoints for label in one.labels)]
    return tuple(dict.fromkeys(own))


def scrape_labels(spec: "Spec", metric: str) -> tuple[str, ...]:
    """The labels that the scrape gives to a metric of the catalogue; ``up`` has those of every job.

    What a rule of the spec records has only its own.
    """
    if spec.metrics[metric].recording is not None:
        return ()
    jobs = job_names(spec) if metric == UP_METRIC else (spec.metrics[metric].job,)
    return tuple(dict.fromkeys((*TARGET_LABELS, *(label for job in jobs for label in job_labels(spec, job)))))


def sample_interval(spec: "Spec", metric: str) -> int:
    """Seconds between two samples of a metric of the catalogue."""
    known = spec.metrics[metric]
    return spec.prometheus.evaluation_interval if known.recording else scrape_interval(spec, known.job)


def reaches_outside(spec: "Spec", service: "Service") -> bool:
    """Whether some network of the service leads out of the stack, or is not known."""
    networks = [spec.stack.networks.get(name) for name in service.networks]
    return not all(network is not None and network.internal for network in networks)


def planned_jobs(spec: "Spec") -> tuple[str, ...]:
    """The jobs that are not there yet: targets outside the stack, of whose metrics every one is planned."""
    statuses: dict[str, set[str]] = {}
    for metric in spec.metrics.values():
        statuses.setdefault(metric.job, set()).add(metric.status)
    return tuple(job for job in spec.prometheus.targets if statuses.get(job) == {"planned"})


def scrape_interval(spec: "Spec", job: str) -> int:
    """Seconds between two scrapes of ``job``; the global ones for a job that does not exist."""
    how = scraped(spec, job)
    own = how.interval if how is not None else None
    return own if own is not None else spec.prometheus.scrape_interval


def offered(spec: "Spec") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The metrics of known products that are scraped, whether they are in the catalogue yet or not."""
    jobs = (
        *((one.kind, False) for one in spec.stack.services.values() if one.scrape is not None),
        *((one.kind, one.probe is not None) for one in spec.prometheus.targets.values()),
    )
    for kind, probes in jobs:
        yield from offered_by(kind or "", probes=probes).items()
