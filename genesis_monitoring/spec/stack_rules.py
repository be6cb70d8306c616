"""Whether the services of the stack can reach what they need: each other, their ports, their secrets.

What has a dangling reference is left alone.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address
from posixpath import normpath

from genesis_monitoring.conventions import ALERT_LABELS, SECRETS_MOUNT, TARGET_LABELS
from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.services import Service

_LOOKBACK = 300
"""Seconds after which Prometheus no longer sees a sample ("Querying basics", staleness)."""
_ANYWHERE = frozenset({IPv4Address(0), IPv6Address(0)})


def check_stack(spec: Spec, reporter: Reporter) -> None:
    """Prometheus and the services against each other."""
    _intervals(spec, reporter)
    _networks(spec, reporter)
    _secrets(spec, reporter)
    _ports(spec, reporter)
    for name, service in spec.stack.services.items():
        _mounts(reporter, ("stack", "services", name), service)


def _mounts(reporter: Reporter, path: Path, service: Service) -> None:
    """One thing at a path: ``/data/`` and ``//data`` are ``/data``, and a secret is mounted, too."""
    targets: dict[object, Path] = {
        f"{SECRETS_MOUNT}/{secret}": (*path, "secrets", index) for index, secret in enumerate(service.secrets)
    }
    for index, mount in enumerate(service.mounts):
        # normpath keeps two slashes in front, as POSIX lets them mean something else.
        place = normpath(f"/{mount.target.lstrip('/')}")
        reporter.unique((*path, "mounts", index, "target"), "mount target", place, targets)


def _intervals(spec: Spec, reporter: Reporter) -> None:
    prometheus = spec.prometheus
    if prometheus.scrape_timeout > prometheus.scrape_interval:
        reporter.contradiction(
            ("prometheus", "scrape_timeout"),
            "a scrape may take longer than the time to the next one",
            f"make it {format_duration(prometheus.scrape_interval)} or shorter",
            ("prometheus", "scrape_interval"),
        )
    intervals: list[tuple[Path, int]] = [
        (("prometheus", "scrape_interval"), prometheus.scrape_interval),
        (("prometheus", "evaluation_interval"), prometheus.evaluation_interval),
    ]
    for name, service in spec.stack.services.items():
        if service.scrape is not None and service.scrape.interval is not None:
            intervals.append((("stack", "services", name, "scrape", "interval"), service.scrape.interval))
    for name, target in prometheus.targets.items():
        if target.interval is not None:
            intervals.append((("prometheus", "targets", name, "interval"), target.interval))
    for path, interval in intervals:
        if interval >= _LOOKBACK:
            reporter.contradiction(
                path,
                f"Prometheus forgets a sample after {format_duration(_LOOKBACK)}, so between two that are "
                f"{format_duration(interval)} apart there is no data",
                f"make it {format_duration(_LOOKBACK // 2)} or shorter, so that one may fail",
            )
    for label, value in prometheus.external_labels.items():
        if "$" in value:
            reporter.contradiction(
                ("prometheus", "external_labels", label),
                "Prometheus 3 takes what follows a dollar sign for a variable, older ones take it as it is",
                "write the value without a dollar sign",
            )
        if label in (*ALERT_LABELS, *TARGET_LABELS):
            reporter.contradiction(
                ("prometheus", "external_labels", label),
                f"alerts have a label {label} of their own, which this one would clash with",
                "use another name",
            )


def _networks(spec: Spec, reporter: Reporter) -> None:
    services, networks = spec.stack.services, spec.stack.networks
    prometheus = services.get(spec.prometheus.service)
    for name, service in services.items():
        path: Path = ("stack", "services", name, "networks")
        known = [network for network in service.networks if network in networks]
        if len(known) < len(service.networks):
            continue
        if service.ports and all(networks[network].internal for network in known):
            reporter.contradiction(
                path,
                f"{name} publishes ports, and on internal networks nothing is published",
                "add a network that is not internal, or drop the ports",
                ("stack", "services", name, "ports"),
            )
        if service.scrape and prometheus and not set(known) & set(prometheus.networks):
            reporter.contradiction(
                path,
                f"{name} shares no network with {spec.prometheus.service}, so it cannot be scraped",
                f"add one of: {', '.join(prometheus.networks)}",
                ("stack", "services", spec.prometheus.service, "networks"),
            )


def _secrets(spec: Spec, reporter: Reporter) -> None:
    name = spec.prometheus.alertmanager
    alertmanager = spec.stack.services.get(name)
    if alertmanager is None:
        return
    needed: dict[Path, str] = {}
    for receiver, one in spec.receivers.items():
        for kind, settings in one.in_force(spec):
            needed.update(kind.shared_secrets(spec))
            needed.update(kind.secrets(("receivers", receiver, kind.key), settings))
    for path, secret in needed.items():
        if secret in spec.stack.secrets and secret not in alertmanager.secrets:
            reporter.contradiction(
                path,
                f"{name} sends with the secret {secret}, and is not given it",
                f"add {secret} to stack.services.{name}.secrets",
                ("stack", "services", name),
            )


def _ports(spec: Spec, reporter: Reporter) -> None:
    """A port is taken once on each address, and on all of them by ``0.0.0.0`` or ``::``."""
    taken: dict[tuple[int, int], list[tuple[IPv4Address | IPv6Address, Path]]] = {}
    for name, service in spec.stack.services.items():
        for path, shown, host in _published(name, service):
            address = ip_address(shown)
            others = taken.setdefault((host, address.version), [])
            clash = next((p for a, p in others if a == address or _ANYWHERE & {a, address}), None)
            if clash is not None:
                reporter.duplicate(path, f"host port {shown}:{host}", clash)
            others.append((address, path))


def _published(name: str, service: Service) -> list[tuple[Path, str, int]]:
    return [
        (("stack", "services", name, "ports", index), port.address, port.host)
        for index, port in enumerate(service.ports)
    ]
