"""The services of the stack, in short form and by ``kind``; without ``stack``, the servers that exist."""

import re
from typing import Any

from genesis_monitoring.addresses import server_at
from genesis_monitoring.defaults.kinds import kind_names, kind_of, known
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Entry, Steps, Tree

_PLAIN = {
    "user": "65534:65534",
    "networks": ("metrics",),
    "limits": {"cpus": 1, "memory": "512m", "pids": 128},
    "stop_grace_period": "10s",
}
"""65534 is ``nobody`` in every image."""
_NETWORKS = {
    "metrics": {"purpose": "What services ask each other", "internal": True},
    "edge": {"purpose": "Published ports and the way out to receivers", "internal": False},
}
_HEALTH = {"interval": "15s", "timeout": "5s", "retries": 4, "start_period": "15s"}
_SERVERS = ("prometheus", "alertmanager")
_LONGEST_PROJECT = 60
_ASKS = {"prometheus": "alertmanager", "grafana": "prometheus"}
"""Which product waits for which other."""


def fill_stack(tree: Tree) -> None:
    """Every service written out, and the networks, secrets and logs that they share."""
    if "stack" not in tree.root:
        servers = {name: _existing(tree, name) for name in _SERVERS}
        tree.fill(("stack",), {"compose": False, "services": servers}, "no stack in the spec")
    name = tree.section("metadata").get("name")
    services = tree.section("stack", "services")
    if isinstance(name, str):
        project = f"{name[:_LONGEST_PROJECT].rstrip('-')}-monitoring"
        tree.fill(("stack",), {"project": project}, "metadata.name")
    tree.fill(("stack",), {"logs": {"max_size": "10m", "max_files": 3}}, "stack.logs")
    for service, entry in tuple(services.items()):
        if isinstance(entry, str):
            kind = {"kind": service} if service in kind_names() else {}
            tree.write_out(("stack", "services", service), {**kind, "image": entry})
    for server, key in zip(_SERVERS, ("service", "alertmanager"), strict=True):
        _write_out_server(tree, server, key)
    for service, entry in tree.named("stack", "services"):
        _fill_service(tree, service, entry)
    _fill_networks(tree)


def _existing(tree: Tree, kind: str) -> Entry:
    """A server that runs already: it is asked where people reach it, else on its own port of this host."""
    link = tree.section("metadata", "links").get(kind)
    here = f"localhost:{known(kind)['service']['scrape']['port']}"
    return {"kind": kind, "image": known(kind)["image"], "address": link if _is_server(link) else here}


def _write_out_server(tree: Tree, kind: str, key: str) -> None:
    """``alertmanager: "mon-1:9093"`` is the address of the service of that kind, which the key then names."""
    about = tree.section("prometheus")
    address, services = about.get(key), tree.section("stack", "services")
    if not _is_server(address):
        return
    name = next((name for name, one in tree.named("stack", "services") if kind_of(one) == kind), kind)
    if name not in services:
        about_kind = {"kind": kind, "image": known(kind)["image"]}
        tree.fill(("stack", "services", name), about_kind, f"prometheus.{key}")
    tree.write_out(("stack", "services", name, "address"), address)
    about[key] = name


def _is_server(address: object) -> bool:
    try:
        return isinstance(address, str) and bool(server_at(address))
    except ValueError:
        return False


def _fill_service(tree: Tree, service: str, entry: Entry) -> None:
    path: Steps = ("stack", "services", service)
    kind = kind_of(entry)
    if kind:
        about = known(kind)["service"]
        wanted = _ASKS.get(kind)
        waits = tuple(name for name, other in tree.named("stack", "services") if kind_of(other) == wanted)
        if waits:
            about = {**about, "depends_on": waits}
        tree.fill(path, about, f"kind {kind}")
    if isinstance(entry.get("scrape"), int):
        tree.write_out((*path, "scrape"), {"port": entry["scrape"]})
    if isinstance(entry.get("ports"), tuple):
        entry["ports"] = tuple(_port(one) for one in entry["ports"])
    _write_out_health(tree, path, entry)
    tree.fill(path, {"description": title_of(service), **_PLAIN}, "stack.services")


def _port(port: Any) -> Any:
    """``9090`` and ``"8002:8000"``, the host's first."""
    if isinstance(port, int) and not isinstance(port, bool):
        return {"host": port, "container": port}
    match = re.fullmatch("([0-9]{1,5}):([0-9]{1,5})", port) if isinstance(port, str) else None
    return {"host": int(match[1]), "container": int(match[2])} if match else port


def _write_out_health(tree: Tree, path: Steps, entry: Entry) -> None:
    """``/healthz`` is asked for at the port of the metrics, ``:8080/healthz`` at its own."""
    health = entry.get("health")
    if "health" not in entry:
        tree.fill(path, {"health": "none"}, "stack.services")
        return
    if isinstance(health, dict):
        tree.fill((*path, "health"), _HEALTH, "stack.services")
        return
    match = re.fullmatch(r"(?::([0-9]{1,5}))?(/\S*)", health) if isinstance(health, str) else None
    if match:
        scrape = entry.get("scrape")
        port: Any = match[1] or (scrape.get("port") if isinstance(scrape, dict) else None)
        url = f"http://127.0.0.1:{port or 80}{match[2]}"
        tree.write_out((*path, "health"), {"test": ("wget", "--quiet", "--spider", url), **_HEALTH})


def _fill_networks(tree: Tree) -> None:
    used = [
        network
        for _, entry in tree.named("stack", "services")
        if isinstance(networks := entry.get("networks"), tuple)
        for network in networks
    ]
    if "networks" not in tree.section("stack"):
        wanted = {name: about for name, about in _NETWORKS.items() if name in used}
        tree.fill(("stack", "networks"), wanted, "stack.networks")


def fill_secrets(tree: Tree) -> None:
    """Where the spec lists none: a file for each secret that a receiver or a service names.

    Alertmanager reads those of receivers.
    """
    slack = tree.section("slack")
    told = [
        tree.section("receivers"),
        tree.section("email"),
        *([slack] if slack.get("enabled") is True else []),
    ]
    of_receivers = tuple(dict.fromkeys(name for part in told for name in _secrets(part)))
    for service, entry in tree.named("stack", "services"):
        if kind_of(entry) == "alertmanager" and of_receivers:
            tree.fill(("stack", "services", service), {"secrets": of_receivers}, "receivers")
    listed = tree.section("stack", "secrets")
    for secret, purpose in tuple(listed.items()):
        if isinstance(purpose, str):
            tree.write_out(("stack", "secrets", secret), {"purpose": purpose})
    for secret, _ in tree.named("stack", "secrets"):
        tree.fill(("stack", "secrets", secret), _secret(secret), "stack.secrets")
    if "secrets" in tree.section("stack"):
        return
    named = [*_secrets(tree.root)]
    for _, entry in tree.named("stack", "services"):
        mounted = entry.get("secrets")
        named += [one for one in mounted if isinstance(one, str)] if isinstance(mounted, tuple) else []
    for secret in dict.fromkeys(named):
        tree.fill(("stack", "secrets", secret), _secret(secret), "stack.secrets")


def _secret(name: str) -> Entry:
    return {"file": f"secrets/{name}", "purpose": title_of(name)}


def _secrets(part: Any) -> list[str]:
    """The secrets that are named anywhere below: the values of keys that end in ``_secret``."""
    if not isinstance(part, dict):
        return []
    own = [value for key, value in part.items() if str(key).endswith("_secret") and isinstance(value, str)]
    return own + [name for value in part.values() for name in _secrets(value)]
