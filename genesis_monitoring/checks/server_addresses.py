"""GM139: where alerts are sent is only guessed, since a spec without ``stack`` does not say it.

A warning where it is guessed to be this machine: with Alertmanager on another one, every alert is lost. An
information where it is the link of people, which may lead through a proxy that wants a login. Say it in
``prometheus.alertmanager``.
"""

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source

CODES = ("GM139",)

_LINK = ("metadata", "links", "alertmanager")


def check_server_addresses(spec: Spec, source: Source) -> tuple[Finding, ...]:
    """GM139, once."""
    if any(source.place(path) for path in (("stack",), ("prometheus", "alertmanager"))):
        return ()
    address = spec.stack.services[spec.prometheus.alertmanager].address
    if source.place(_LINK):
        message = (
            f"alerts are sent to {address}, where people open Alertmanager: the spec says no other place"
        )
        hint = "if Prometheus reaches it elsewhere, write prometheus.alertmanager, as host:port or as a URL"
        return (Finding("GM139", Severity.INFO, source.locate(_LINK), message, hint),)
    message = f"alerts are sent to {address}: nothing in the spec says where Alertmanager is"
    hint = 'write it in prometheus, such as alertmanager: "mon-1:9093", or its URL'
    return (Finding("GM139", Severity.WARNING, source.locate(("prometheus",)), message, hint),)
