"""Prometheus itself: how often it looks, how long it remembers, and the targets in short form."""

from typing import Any

from genesis_monitoring.defaults.kinds import kind_of
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Tree

_TIMINGS = {
    "scrape_interval": "15s",
    "scrape_timeout": "5s",
    "evaluation_interval": "15s",
    "retention": "30d",
}


def fill_prometheus(tree: Tree) -> None:
    """The servers by their kind; targets as one address or several."""
    servers: dict[str, Any] = {}
    for name, entry in tree.named("stack", "services"):
        if kind_of(entry) in ("prometheus", "alertmanager"):
            key = "service" if kind_of(entry) == "prometheus" else "alertmanager"
            servers.setdefault(key, name)
    tree.fill(("prometheus",), servers, "stack.services")
    tree.fill(("prometheus",), _TIMINGS, "prometheus")
    if "external_labels" not in tree.section("prometheus"):
        system = tree.section("metadata").get("name")
        labels = {"monitor": system} if isinstance(system, str) else {}
        tree.fill(("prometheus",), {"external_labels": labels}, "metadata.name")
    targets = tree.section("prometheus", "targets")
    for name, target in tuple(targets.items()):
        if isinstance(target, str | tuple):
            addresses = target if isinstance(target, tuple) else (target,)
            tree.write_out(("prometheus", "targets", name), {"addresses": addresses})
        elif isinstance(target, dict) and isinstance(target.get("addresses"), str):
            target["addresses"] = (target["addresses"],)
    for name, target in tree.named("prometheus", "targets"):
        if kind_of(target) == "pushgateway":
            tree.fill(("prometheus", "targets", name), {"honor_labels": True}, "kind pushgateway")
        tree.fill(("prometheus", "targets", name), {"description": title_of(name)}, "prometheus.targets")


def name_environment(tree: Tree, environment: str) -> None:
    """An external label tells its alerts from those of other environments; a spec with labels keeps them."""
    path = ("prometheus", "external_labels")
    if path in tree.origins:
        tree.fill(path, {"environment": environment}, f"environments.{environment}")
