"""Prometheus itself: what it scrapes and evaluates, and where it sends alerts."""

from dataclasses import dataclass, replace

from genesis_monitoring.addresses import Server
from genesis_monitoring.conventions import SHADOW_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.jobs import asked_at
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.scraping import Scrape, Scraped, ScrapeTarget

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Addresses that have the same labels."""

    addresses: tuple[str, ...]
    labels: Pairs


@dataclass(frozen=True, slots=True)
class ScrapeConfig:
    """One job with its targets. ``interval`` is None where the global one holds.

    ``labels`` are those of all its targets, ``file_labels`` the names of those that ``files`` give: lists of
    targets, at paths as Prometheus sees them. ``prober`` is the address of an exporter that asks the targets;
    empty if they are asked themselves.
    """

    job: str
    groups: tuple[TargetGroup, ...]
    labels: Pairs
    files: tuple[str, ...]
    file_labels: tuple[str, ...]
    path: str
    scheme: str
    params: tuple[tuple[str, tuple[str, ...]], ...]
    honor_labels: bool
    prober: str
    interval: str | None
    timeout: str | None
    origin: str

    @property
    def targets(self) -> tuple[str, ...]:
        """All addresses that the spec knows: ``host:port``, or what is probed."""
        return tuple(address for group in self.groups for address in group.addresses)

    @property
    def example(self) -> tuple[str, Pairs]:
        """The instance and the labels of one of its targets, made up where files alone know them."""
        if self.groups:
            return self.targets[0], self.groups[0].labels
        return self.job, (*self.labels, *((label, f"synthetic-{label}") for label in self.file_labels))

    @property
    def own_targets(self) -> tuple[str, ...]:
        """The targets that Prometheus asks itself, as far as the spec knows."""
        return () if self.prober else self.targets

    @property
    def asked(self) -> tuple[str, ...]:
        """``host:port`` of all that Prometheus itself asks, as far as the spec knows."""
        return (self.prober,) if self.prober else self.targets


@dataclass(frozen=True, slots=True)
class PrometheusPlan:
    """``prometheus.yml``. Durations are in Prometheus notation; paths are relative to the file.

    Alerts with the label ``dropped`` stay in Prometheus; empty if all go on to Alertmanager.
    """

    scrape_interval: str
    scrape_timeout: str
    evaluation_interval: str
    external_labels: tuple[tuple[str, str], ...]
    alertmanager: Server
    alertmanager_origin: str
    dropped: str
    rule_files: tuple[str, ...]
    scrape_configs: tuple[ScrapeConfig, ...]


def compile_prometheus(spec: Spec) -> PrometheusPlan:
    """One scrape config for each service that has metrics, then one for each target outside the stack."""
    prometheus = spec.prometheus
    services = spec.stack.services
    return PrometheusPlan(
        scrape_interval=format_duration(prometheus.scrape_interval),
        scrape_timeout=format_duration(prometheus.scrape_timeout),
        evaluation_interval=format_duration(prometheus.evaluation_interval),
        external_labels=tuple(sorted(prometheus.external_labels.items())),
        alertmanager=asked_at(spec, prometheus.alertmanager),
        alertmanager_origin="prometheus.alertmanager",
        dropped=SHADOW_LABEL if any(one.budget and one.budget.shadow for one in spec.slis.values()) else "",
        rule_files=("rules/*.yml",),
        scrape_configs=(
            *(
                _of_service(spec, name, service.scrape)
                for name, service in services.items()
                if service.scrape is not None
            ),
            *(_of_target(spec, name, target) for name, target in prometheus.targets.items()),
        ),
    )


def _of_service(spec: Spec, name: str, scrape: Scrape) -> ScrapeConfig:
    server = asked_at(spec, name)
    groups = (TargetGroup((server.target,), tuple(scrape.labels.items())),)
    config = _scrape_config(spec, name, groups, scrape, scrape.path, f"stack.services.{name}.scrape")
    return _asked_by(config, server)


def _of_target(spec: Spec, name: str, target: ScrapeTarget) -> ScrapeConfig:
    """Addresses with the same labels are one group, in the order of the spec."""
    groups: dict[Pairs, list[str]] = {}
    for one in target.endpoints:
        groups.setdefault(tuple({**target.labels, **one.labels}.items()), []).append(one.address)
    found = tuple(TargetGroup(tuple(addresses), labels) for labels, addresses in groups.items())
    config = _scrape_config(spec, name, found, target, target.asked_path, f"prometheus.targets.{name}")
    if target.probe is None:
        return replace(config, files=target.file_sd, file_labels=target.file_labels)
    probing = replace(config, params=(*config.params, ("module", (target.probe.module,))))
    if not target.probe.service:
        return replace(probing, prober=target.probe.exporter)
    server = asked_at(spec, target.probe.service)
    return _asked_by(replace(probing, prober=server.target), server)


def _asked_by(config: ScrapeConfig, server: Server) -> ScrapeConfig:
    scheme = "https" if server.scheme == "https" else config.scheme
    return replace(config, scheme=scheme, path=f"{server.prefix}{config.path}")


def _scrape_config(
    spec: Spec, job: str, groups: tuple[TargetGroup, ...], how: Scraped, path: str, origin: str
) -> ScrapeConfig:
    own = how.interval
    timeout = min(own, spec.prometheus.scrape_timeout) if own is not None else None
    return ScrapeConfig(
        job=job,
        groups=groups,
        labels=tuple(how.labels.items()),
        files=(),
        file_labels=(),
        path=path,
        scheme=how.scheme,
        params=tuple(how.params.items()),
        honor_labels=how.honor_labels,
        prober="",
        interval=format_duration(own) if own is not None else None,
        timeout=format_duration(timeout) if timeout is not None else None,
        origin=origin,
    )
