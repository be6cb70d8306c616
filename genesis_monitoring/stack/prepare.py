"""From a plan to a launch: looks for binaries, ports and secrets, and writes the run folder.

Nothing is started here. What is in the way is told all at once where that is possible.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from genesis_monitoring.clients.catcher import need_to_catch
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.clients.process import ToolMissing
from genesis_monitoring.clients.supervised import Command, own_command, own_environment
from genesis_monitoring.clients.tools import find_tool
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.stack import ServicePlan
from genesis_monitoring.stack.folder import told
from genesis_monitoring.stack.ground import CATCHER, SIMULATOR, Ground, PortsOf, Wanted
from genesis_monitoring.stack.launch import VERSION, Launch, LeftOut, Unit
from genesis_monitoring.stack.native import NativeKind, Site, asked_path, grace, link, native_kind
from genesis_monitoring.stack.ports import Ports
from genesis_monitoring.stack.run_folder import SPEC, write_run_folder

_OWN_GRACE_SECONDS = 10.0
_CATCHER_PORT, _MAIL_PORT = 9094, 9095


@dataclass(frozen=True, slots=True)
class _Chosen:
    service: ServicePlan
    kind: NativeKind
    binary: tuple[str, ...]


def prepare(plan: Plan, profile: str, ground: Ground, wanted: Wanted, ports: Ports) -> Launch:
    """Write the run folder and say what is to run; the state folder has been prepared.

    Raises ToolMissing, CouldNotTellError for a busy port or a full disk, GenesisMonError for secrets that
    are missing.
    """
    chosen, absent = _choose(plan)
    left_out = (*absent, *_unplayed(plan, wanted, {one.service.name for one in chosen}))
    secrets = {secret.name: str((ground.tree / secret.file).resolve()) for secret in plan.stack.secrets}
    if not wanted.catching:
        _check_secrets(plan, chosen, secrets)
    own = {CATCHER: ports.of(CATCHER, _catcher_ports(plan))} if wanted.catching else {}
    if wanted.scenario:
        own[SIMULATOR] = ports.of(SIMULATOR, (simulator_port(plan),))
    named = {one.service.name: ports.of(one.service.name, _host_ports(plan, one.service)) for one in chosen}
    all_ports: PortsOf = {**own, **named}
    ports.check(all_ports)
    with told(ground.folder.path):
        names = [one.name for one in left_out]
        files = write_run_folder(plan, ground, wanted, all_ports, secrets, names)
    spec = ground.folder.run / "spec" / ground.spec.name if wanted.scenario else ground.spec
    page = (
        plan.spec.prometheus.targets[plan.instrumentation[0].job].asked_path if plan.instrumentation else "/"
    )
    units = [_own_unit(name, taken, ground, wanted, files, page) for name, taken in own.items()]
    for one in chosen:
        site = Site(
            one.service,
            one.binary,
            named[one.service.name][0],
            ground.naming(spec),
            ground.tree,
            ground.folder.run,
            ground.folder.data,
            secrets,
        )
        units.append(_unit(plan, one, site, named[one.service.name], files))
    return Launch(
        VERSION,
        str(ground.spec),
        str(ground.tree),
        profile,
        wanted.scenario,
        wanted.catching,
        plan.spec.prometheus.service,
        plan.spec.meta_alerts.watchdog.name,
        tuple(units),
        left_out,
        _bytes(plan.stack.log_max_size),
        plan.stack.log_max_files,
    )


def _choose(plan: Plan) -> tuple[tuple[_Chosen, ...], tuple[LeftOut, ...]]:
    """What can run here, each after what it depends on; Prometheus after all that it scrapes."""
    chosen: list[_Chosen] = []
    left_out: list[LeftOut] = []
    for service in _ordered(plan):
        kind = native_kind(plan, service)
        if kind is None:
            left_out.append(LeftOut(service.name, f"we know no local binary for {service.image}"))
            continue
        try:
            binary = find_tool(kind.tool).argv if kind.tool else ()
        except ToolMissing as missing:
            if not kind.stock.optional:
                raise
            left_out.append(LeftOut(service.name, f"{missing.message}; its scrape job is left out, too"))
            continue
        chosen.append(_Chosen(service, kind, binary))
    return tuple(chosen), tuple(left_out)


def _unplayed(plan: Plan, wanted: Wanted, running: Set[str]) -> Iterator[LeftOut]:
    """Jobs outside the stack that cannot be scraped here, or that a scenario cannot make up."""
    played = plan.instrumentation[0].job if wanted.scenario and plan.instrumentation else ""
    for job in plan.prometheus.scrape_configs:
        target = plan.spec.prometheus.targets.get(job.job)
        if target is None:
            continue
        if target.probe is not None and target.probe.service and target.probe.service not in running:
            yield LeftOut(job.job, f"its exporter {target.probe.service} does not run here")
        elif wanted.scenario and target.probe is not None:
            yield LeftOut(job.job, "a scenario makes up an application, and no answers to probes")
        elif wanted.scenario and job.files:
            yield LeftOut(job.job, "a scenario does not know the targets that its files list")
        elif wanted.scenario and job.job != played:
            yield LeftOut(job.job, f"a scenario makes up one application, {played or 'and there is none'}")


def _ordered(plan: Plan) -> tuple[ServicePlan, ...]:
    services = {service.name: service for service in plan.stack.services}
    watching = plan.spec.prometheus.service
    found: dict[str, ServicePlan] = {}

    def add(name: str) -> None:
        if name not in found:
            for other in services[name].depends_on:
                add(other.name)
            found[name] = services[name]

    def behind(name: str) -> bool:
        return name == watching or any(behind(other.name) for other in services[name].depends_on)

    for name in sorted(services, key=behind):
        add(name)
    return tuple(found.values())


def _check_secrets(plan: Plan, chosen: Sequence[_Chosen], files: Mapping[str, str]) -> None:
    used = dict.fromkeys(name for one in chosen for name in one.service.secrets)
    missing = [name for name in used if not Path(files[name]).is_file()]
    if not missing:
        return
    purposes = [f"{files[name]} ({plan.spec.stack.secrets[name].purpose})" for name in missing]
    folders = dict.fromkeys(str(Path(files[name]).parent) for name in missing)
    steps = [f"mkdir -p {' '.join(folders)}", *(f"printf %s VALUE > {files[name]}" for name in missing)]
    writes = "; ".join(steps)
    raise GenesisMonError(
        f"secrets are missing: {', '.join(purposes)}",
        f"{writes}; or use --catch, and nothing leaves this machine",
    )


def _host_ports(plan: Plan, service: ServicePlan) -> tuple[int, ...]:
    """The published ports that lead to the one that is scraped; that one itself if none is published."""
    scrape = plan.spec.stack.services[service.name].scrape
    inside = scrape.port if scrape else None
    ports = tuple(port.host for port in service.ports if inside is None or port.container == inside)
    return ports or ((inside,) if inside else ())


def simulator_port(plan: Plan) -> int:
    """That of the application which it stands in for, or the next that no service has on this machine."""
    services = {service.name for service in plan.stack.services}
    taken = {port for service in plan.stack.services for port in _host_ports(plan, service)} | {
        _CATCHER_PORT,
        _MAIL_PORT,
    }
    for target in (address for job in plan.prometheus.scrape_configs for address in job.own_targets):
        name, _, port = target.rpartition(":")
        if name not in services and port.isdigit():
            return next(free for free in count(int(port)) if free not in taken)
    return 0


def _unit(plan: Plan, one: _Chosen, site: Site, published: tuple[int, ...], files: Mapping[str, str]) -> Unit:
    folders = [mount.source.removeprefix("./") for mount in one.service.mounts if mount.source]
    reads = [files[folder] for folder in folders if folder in files] if one.kind.tool else [files[SPEC]]
    for volume in (mount.source for mount in one.service.mounts if mount.type == "volume" and mount.source):
        with told(site.data):
            (site.data / volume).mkdir(parents=True, exist_ok=True)
    return Unit(
        Command(one.service.name, one.kind.argv(site), str(site.run), one.kind.environment(site)),
        hashlib.sha256("\0".join(reads).encode()).hexdigest(),
        grace(one.service),
        published,
        asked_path(plan, one.service),
        one.service.description,
        link(plan, one.service, site.port),
    )


def _own_unit(
    name: str,
    ports: tuple[int, ...],
    ground: Ground,
    wanted: Wanted,
    files: Mapping[str, str],
    page: str,
) -> Unit:
    """The simulator, whose metrics are at ``page``, or the catcher: not of the spec, and only here."""
    port, *mail = ports
    listen = ("--listen", f"{LOOPBACK}:{port}")
    run = ground.folder.run
    if name == SIMULATOR:
        spec = run / "spec" / ground.spec.name
        results = run / "spec" / "results"
        where = (*ground.naming(spec), "--out", str(ground.tree), "--results", str(results))
        arguments: tuple[str, ...] = ("stack", "simulate", wanted.scenario, *listen, *where)
        about = f"Genesis, made up: scenario {wanted.scenario}"
    else:
        arguments = ("stack", "catch", *listen, "--log", str(ground.folder.logs / "caught.jsonl"))
        arguments += tuple(f"--mail={LOOPBACK}:{one}" for one in mail)
        about, page = "Catches notifications, so that none leaves this machine", "/"
    command = Command(name, own_command(*arguments), str(run), own_environment())
    url = f"http://{LOOPBACK}:{port}{page}"
    digest = files[SPEC] if name == SIMULATOR else ""
    return Unit(command, digest, _OWN_GRACE_SECONDS, ports, "/healthz", about, url)


def _catcher_ports(plan: Plan) -> tuple[int, ...]:
    """A second one if there is mail to be caught. Raises UsageError if a package for that is missing."""
    kinds = plan.alertmanager.kinds
    need_to_catch(kinds)
    mail = any(kind.protocol == "smtp" for kind in kinds)
    return (_CATCHER_PORT, _MAIL_PORT) if mail else (_CATCHER_PORT,)


def _bytes(size: str) -> int:
    """A size of the spec, such as ``10m``."""
    powers = {"k": 1024, "m": 1024**2, "g": 1024**3}
    return int(size[:-1]) * powers[size[-1]]
