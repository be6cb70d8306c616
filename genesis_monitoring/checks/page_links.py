"""GM132: the links that pages and messages carry lead to nobody's host, or to the reader's own machine.

A warning for a host that only examples have: nobody is behind it, so whoever is paged opens nothing. An
information for a loopback address: right beside the stack, and anywhere else it is another machine. Set
``metadata.links`` to addresses that lead there from where people read. Sources: RFC 2606 and RFC 6761.
"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.model import Links
from genesis_monitoring.spec.source import Source

CODES = ("GM132",)

_EXAMPLES = frozenset({"example", "invalid", "test", "example.com", "example.net", "example.org"})


def check_page_links(links: Links, source: Source) -> tuple[Finding, ...]:
    """GM132: one finding for all links of a sort, at the first of them."""
    hosts = {name: urlsplit(getattr(links, name)).hostname or "" for name in Links.model_fields}
    return (
        *_finding(
            source,
            {name: host for name, host in hosts.items() if _is_example(host)},
            Severity.WARNING,
            "a host that only examples have: whoever is paged opens nothing",
            "set it to where people open it",
        ),
        *_finding(
            source,
            {name: host for name, host in hosts.items() if is_loopback(host)},
            Severity.INFO,
            "the reader's own machine: only who sits at the stack's own gets there",
            "set it to an address that leads to the stack from where messages are read",
        ),
    )


def _finding(
    source: Source, hosts: Mapping[str, str], severity: Severity, what: str, hint: str
) -> Iterator[Finding]:
    if not hosts:
        return
    places = [source.locate(("metadata", "links", name)) for name in hosts]
    leads, named = "lead" if len(hosts) > 1 else "leads", ", ".join(dict.fromkeys(hosts.values()))
    message = f"{', '.join(hosts)} {leads} to {named}, {what}"
    yield Finding("GM132", severity, places[0], message, hint, tuple(places[1:]))


def _is_example(host: str) -> bool:
    labels = host.rstrip(".").split(".")
    return any(".".join(labels[-count:]) in _EXAMPLES for count in (1, 2))


def is_loopback(host: str) -> bool:
    """Whether a host, without brackets, is the machine that asks for it."""
    name = host.rstrip(".")
    if name.rpartition(".")[2] == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
