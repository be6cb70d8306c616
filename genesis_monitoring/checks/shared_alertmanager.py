"""Environments that send to one Alertmanager and tell others: a spec in each of them in, findings out.

GM154: two environments send to the same address, and what Alertmanager loads is otherwise in each: it can
load one of them, and no route tells environments apart. It is a warning between environments, and between the
spec as it is written and its only environment. With more of them that tree may be in use nowhere, so then it
is for information. Give the environment an Alertmanager of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.page_links import is_loopback
from genesis_monitoring.documents.alertmanager import alertmanager_document
from genesis_monitoring.documents.node import Node
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.alertmanager import compile_alertmanager
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.jobs import asked_at
from genesis_monitoring.spec.load import LoadedSpec

_PARTS = {
    "route": "routes",
    "receivers": "receivers",
    "inhibit_rules": "inhibition rules",
    "time_intervals": "time intervals",
}
_SAID_IN = ("severities", "teams", "receivers", "routing", "time_intervals", "slack", "email", "meta_alerts")
"""The sections of a spec that decide who is told."""


@dataclass(frozen=True, slots=True)
class _Sender:
    title: str
    told: Node
    at: Location


def check_shared_alertmanager(base: LoadedSpec, loaded: Mapping[str, LoadedSpec]) -> Iterator[Finding]:
    """GM154, once for an environment."""
    at_base = _address(base)
    told = _told(base)
    senders: dict[str, list[_Sender]] = {}
    for name, there in loaded.items():
        address = _address(there)
        if address:
            one = _Sender(f"environment {name}", _told(there), _difference(base, there, name))
            senders.setdefault(address, []).append(one)
    for address, found in senders.items():
        first = next((one for one in found if one.told == told), found[0])
        others = [one for one in found if one.told != first.told]
        yield from (_shared(one, first, address, Severity.WARNING) for one in others)
        if address == at_base and first.told != told:
            written = _Sender("the spec as it is written", told, base.source.locate(("prometheus",)))
            severity = Severity.WARNING if len(loaded) == 1 else Severity.INFO
            yield from (_shared(one, written, address, severity) for one in found if one.told == first.told)


def _address(loaded: LoadedSpec) -> str:
    """Where alerts are sent; empty where each has its own: in its stack, or beside its Prometheus."""
    name = loaded.spec.prometheus.alertmanager
    if loaded.spec.stack.services[name].address is None:
        return ""
    server = asked_at(loaded.spec, name)
    if is_loopback(server.target.rpartition(":")[0].strip("[]")):
        return ""
    return f"{server.target.lower()}{server.prefix}"


def _told(loaded: LoadedSpec) -> Node:
    return alertmanager_document(compile_alertmanager(loaded.spec)).data


def _difference(base: LoadedSpec, there: LoadedSpec, name: str) -> Location:
    """The first entry that says otherwise who is told; else the environment's name."""
    changes = there.source.changes if isinstance(there.source, EnvironmentSource) else ()
    at = next((one.at for one in changes if one.path[0] in _SAID_IN), ("environments", name))
    return base.source.locate_key(at)


def _shared(one: _Sender, other: _Sender, address: str, severity: Severity) -> Finding:
    parts = [text for key, text in _PARTS.items() if one.told.get(key) != other.told.get(key)]
    shown = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts) or "settings"
    return Finding(
        "GM154",
        severity,
        one.at,
        f"{one.title} has other {shown} than {other.title}, and both send to the Alertmanager {address}: "
        "it can load one of them",
        f"give {one.title} its own, by set: {{prometheus.alertmanager: {{value: ADDRESS, reason: why}}}}",
        (other.at,),
    )
