"""GM137 (warning): a certificate is read of an address that is probed by plain HTTP.

It has one only where it redirects to ``https://``; else the SLI has no data. Write ``https://``. Source: the
HTTP prober of github.com/prometheus/blackbox_exporter, which puts ``http://`` before a bare host.
"""

from collections.abc import Iterator

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.written import metrics_read, written_queries

_CERTIFICATES = "probe_ssl_"


def check_probes(spec: Spec, source: Source) -> tuple[Finding, ...]:
    """GM137, at the address."""
    return tuple(_doubts(spec, source))


def _doubts(spec: Spec, source: Source) -> Iterator[Finding]:
    read = {one.metric for sli in spec.slis.values() for one in sli.metrics_named}
    read |= {name for query in written_queries(spec) for name in metrics_read(spec, query.text)}
    jobs = {spec.metrics[name].job for name in read if name.startswith(_CERTIFICATES)}
    for job in jobs & spec.prometheus.targets.keys():
        probe = spec.prometheus.targets[job].probe
        for index, one in enumerate(probe.addresses if probe and probe.module.startswith("http") else ()):
            if not one.address.startswith("https://"):
                host = one.address.removeprefix("http://")
                yield Finding(
                    "GM137",
                    Severity.WARNING,
                    source.locate(("prometheus", "targets", job, "probe", "addresses", index)),
                    f"{one.address} is probed by plain HTTP, and a certificate is read of {job}",
                    f"write https://{host}",
                )
