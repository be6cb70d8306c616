"""The run folder: the generated files that services mount, mapped to this machine.

Each file is replaced in one step, and only what no service needs any more is removed, so a server that is
running can read its configuration at any time.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.conventions import (
    ALERTMANAGER_CONFIG,
    DASHBOARDS_FOLDER,
    DASHBOARDS_MOUNT,
    PROMETHEUS_CONFIG,
    RULES_FOLDER,
)
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.mounts import source_of
from genesis_monitoring.receivers.base import Protocol
from genesis_monitoring.slis.first_hours import FirstHours
from genesis_monitoring.spec.includes import load_with_included
from genesis_monitoring.spec.jobs import reached
from genesis_monitoring.spec.source import Source
from genesis_monitoring.stack.folder import replace_file
from genesis_monitoring.stack.ground import CATCHER, SIMULATOR, Ground, PortsOf, Wanted
from genesis_monitoring.stack.mapping import (
    Here,
    first_hours_in,
    map_first_hours,
    map_prometheus,
    map_secrets,
    map_values,
)

SPEC = "spec"
"""The digest of the spec among those of the folders."""
_GRAFANA = ("grafana", "provisioning")

_SETTLED = "3s"
"""Alerts of one evaluation reach Alertmanager one after the other; what silences one may be the last."""


def write_run_folder(
    plan: Plan,
    ground: Ground,
    wanted: Wanted,
    ports: PortsOf,
    secrets: Mapping[str, str],
    left_out: Sequence[str],
) -> Mapping[str, str]:
    """Write it; the digest of what each mounted folder holds. ``secrets`` says where each one's file is.

    Raises OSError, and ValueError for a configuration that is none.
    """
    run = ground.folder.run
    hours = tuple(one.compared_with for one in plan.slis.values() if one.compared_with)
    addresses, lists, servers = _addresses(plan, ports), _lists(plan, ground), _servers(plan, ports)
    made_up = tuple(plan.spec.prometheus.targets) if wanted.scenario else ()
    values = _Values(run, addresses, secrets, left_out, ports, wanted, lists, made_up, servers, hours)
    folders = {
        mount.source.removeprefix("./")
        for service in plan.stack.services
        for mount in service.mounts
        if mount.source is not None and mount.source.startswith("./")
    }
    digests = {folder: _copy(ground, folder, values) for folder in sorted(folders)}
    spec = load_with_included(ground.spec)
    if wanted.scenario:
        _made(run / "spec" / "results")
        copy_spec(spec, run / "spec" / ground.spec.name)
    return {**digests, SPEC: spec.digest}


def copy_spec(spec: Source, to: Path) -> None:
    """Write the spec, and beside it what it includes. Raises OSError."""
    for name, part in spec.files.items():
        file = to.parent / name if name else to
        _made(file.parent)
        replace_file(file, part.written.encode())


def _copy(ground: Ground, folder: str, values: "_Values") -> str:
    digest = hashlib.sha256()
    kept: set[Path] = set()
    run, tree = ground.folder.run, ground.tree
    for file in sorted(path for path in (tree / folder).rglob("*") if path.is_file()):
        inside = file.relative_to(tree)
        text = values.mapped(inside, file.read_text("utf-8"))
        _made((run / inside).parent)
        replace_file(run / inside, text.encode())
        kept.add(run / inside)
        digest.update(f"{inside}\0{text}\0".encode())
    for stray in [path for path in (run / folder).rglob("*") if path.is_file() and path not in kept]:
        stray.unlink()
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Values:
    """What mapping needs to know."""

    run: Path
    addresses: Mapping[str, str]
    secrets: Mapping[str, str]
    left_out: Sequence[str]
    ports: PortsOf
    wanted: Wanted
    lists: Mapping[str, str]
    made_up: Sequence[str]
    servers: Mapping[str, Here]
    hours: tuple[FirstHours, ...]

    def mapped(self, file: Path, text: str) -> str:
        """``text`` of ``file``, which is relative to the tree."""
        if file.as_posix() == PROMETHEUS_CONFIG:
            return map_prometheus(text, self.addresses, self.left_out, self.lists, self.made_up, self.servers)
        if file.as_posix() == ALERTMANAGER_CONFIG and self.wanted.catching:
            web, *mail = self.ports[CATCHER]
            addresses: dict[Protocol, str] = {"http": f"http://{LOOPBACK}:{web}"}
            if mail:
                addresses["smtp"] = f"{LOOPBACK}:{mail[0]}"
            wait = _SETTLED if self.wanted.hurried else None
            return redirect(text, addresses.get, _made(self.run / "secrets"), group_wait=wait)
        if file.as_posix() == ALERTMANAGER_CONFIG:
            return map_secrets(text, self.secrets)
        if file.parent.as_posix() == RULES_FOLDER and self.wanted.scenario and self.hours:
            # The past that a new server is given ends now, and a baseline has just been observed in it.
            before = self.run / file
            known = first_hours_in(before.read_text("utf-8")) if before.exists() else None
            return map_first_hours(text, self.hours, known or int(time.time()))
        if file.parts[: len(_GRAFANA)] == _GRAFANA:
            urls = {f"http://{target}": f"http://{here}" for target, here in self.addresses.items()}
            return map_values(text, {**urls, DASHBOARDS_MOUNT: str(self.run / DASHBOARDS_FOLDER)})
        return text


def _addresses(plan: Plan, ports: PortsOf) -> Mapping[str, str]:
    """Where each target is on this machine; one outside the stack is where the simulator is, if it runs."""
    services = plan.spec.stack.services
    names = {reached(plan.spec, name): name for name, one in services.items() if one.scrape is not None}
    found = {}
    scraped = [target for job in plan.prometheus.scrape_configs for target in job.asked]
    for target in (*scraped, plan.prometheus.alertmanager.target):
        name = names.get(target, target.rpartition(":")[0])
        if name in ports and name in services:
            found[target] = f"{LOOPBACK}:{ports[name][0]}"
        elif name not in services and SIMULATOR in ports:
            found[target] = f"{LOOPBACK}:{ports[SIMULATOR][0]}"
    return found


def _servers(plan: Plan, ports: PortsOf) -> Mapping[str, Here]:
    """Services that have an address of their own elsewhere, by their jobs; Alertmanager as no job as well."""
    found = {
        name: Here(f"{LOOPBACK}:{ports[name][0]}", one.scrape.path)
        for name, one in plan.spec.stack.services.items()
        if one.address is not None and one.scrape is not None and name in ports
    }
    alertmanager = found.get(plan.spec.prometheus.alertmanager)
    return found if alertmanager is None else {**found, "": alertmanager}


def _lists(plan: Plan, ground: Ground) -> Mapping[str, str]:
    """Where the files with targets are on this machine, by their paths in the container."""
    watching = (one.mounts for one in plan.stack.services if one.name == plan.spec.prometheus.service)
    mounts = next(watching, ())
    found = {}
    for file in (file for job in plan.prometheus.scrape_configs for file in job.files):
        source = source_of(mounts, file)
        if source is not None:
            beside = ground.folder.run if source.startswith("./") else ground.tree
            # Not resolved as a whole: a pattern is no file.
            found[file] = str((beside / source).parent.resolve() / file.rpartition("/")[2])
    return found


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
