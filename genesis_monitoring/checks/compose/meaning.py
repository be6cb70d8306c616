"""Whether the Compose file on disk starts the stack of the spec: file and plan in, findings out.

GM802 (error): a service runs another image than the spec says.

GM805 (error): a healthcheck is missing, switched off, or not that of the spec. ``service_healthy`` then waits
for ever or for nothing.

GM807: a mount whose source is missing; see ``compose_mounts``.

GM808 (error): a service runs as another user than the spec says.

GM809 (error): a limit is missing or not that of the spec: CPU, memory, processes, container logs. One runaway
container takes the host, and the monitoring with it.

GM810 (error): anything else of a service, network, volume or secret that the spec says otherwise, or that it
does not have.

Run ``genesis-mon render``, or mend the template. What has no say in what runs, as labels, is free.
"""

from collections.abc import Iterator, Mapping

from genesis_monitoring.checks.compose.file import (
    ComposeData,
    ComposeFault,
    ServiceNode,
    number_of,
    plain,
    read_compose,
    report,
    seconds_of,
    size_of,
)
from genesis_monitoring.checks.compose.mount_sources import mount_faults
from genesis_monitoring.checks.compose.security import PRIVILEGES
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.differences import show
from genesis_monitoring.checks.positions import Path
from genesis_monitoring.checks.yaml_files import section
from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.stack import ServicePlan, StackPlan

CODES: tuple[str, ...] = ("GM802", "GM805", "GM807", "GM808", "GM809", "GM810")

_COMPARED = frozenset(
    (
        *(
            "image",
            "build",
            "user",
            "command",
            "environment",
            "ports",
            "volumes",
            "secrets",
        ),
        *("networks", "depends_on", "healthcheck", "cpus", "mem_limit", "pids_limit", "deploy", "logging"),
        *("stop_grace_period", "restart", "init", "read_only", "cap_drop", "security_opt", "network_mode"),
    )
)
_FREE = frozenset(
    (
        *("labels", "annotations", "expose", "hostname", "domainname", "platform", "pull_policy", "attach"),
        *("stop_signal", "tty", "stdin_open", "shm_size", "ulimits", "oom_score_adj", "mem_reservation"),
        *("memswap_limit", "mem_swappiness", "cpu_shares", "blkio_config", "storage_opt", "develop"),
    )
)
"""Keys that the spec knows nothing of, and that a template may set."""
_TOP = frozenset({"name", "version", "services", "networks", "volumes", "secrets"})


def check_compose_meaning(context: CheckContext) -> Iterator[Finding]:
    """GM802, GM805, GM807, GM808, GM809 and GM810, against the spec."""
    compose, findings = read_compose(context)
    yield from findings
    if compose is None:
        return
    if context.plan is None:
        yield context.unchecked(compose.file.path, "there is no plan of the spec to compare the file with")
        return
    yield from report(context, compose, meaning_faults(context, compose, context.plan.stack))


def meaning_faults(context: CheckContext, compose: ComposeData, plan: StackPlan) -> Iterator[ComposeFault]:
    """What ``check_compose_meaning`` reports."""
    yield from _shared(compose.data, plan)
    planned = {service.name: service for service in plan.services}
    for service in compose.services:
        service_plan = planned.pop(service.name, None)
        if service_plan is None:
            yield _other("", service.path, f"the spec has no service {service.name}")
            continue
        yield from _service(service, service_plan, plan)
        yield from mount_faults(context, service, service_plan)
    for missing in planned.values():
        message = f"the service {missing.name} is missing"
        yield ComposeFault("GM810", "", ("services",), message, origin=missing.origin)


def _other(service: str, path: Path, message: str) -> ComposeFault:
    return ComposeFault("GM810", service, path, message)


def _shared(data: Mapping[str, object], plan: StackPlan) -> Iterator[ComposeFault]:
    if data.get("name") != plan.project:
        yield _other("", ("name",), _must("the project", data.get("name"), plan.project))
    for key in data:
        if key not in _TOP and not key.startswith("x-"):
            yield _other("", (key,), f"the spec knows nothing of {key}")
    networks = {network.name: network.internal for network in plan.networks}
    secrets = {secret.name: secret.file for secret in plan.secrets}
    for kind, wanted in (
        ("networks", networks),
        ("secrets", secrets),
        ("volumes", dict.fromkeys(plan.volumes)),
    ):
        there = section(data, kind)
        for name in dict.fromkeys((*wanted, *there)):
            path: Path = (kind, name)
            if name not in there:
                yield _other("", path, f"{name} is missing from {kind}")
            elif name not in wanted:
                yield _other("", path, f"the spec has no {name} among {kind}")
            elif not isinstance(there[name], dict | None):
                yield _other("", path, f"{name} among {kind} is {show(there[name])}")
            else:
                yield from _resource(path, section(there, name), wanted[name])


def _resource(path: Path, given: Mapping[str, object], wanted: object) -> Iterator[ComposeFault]:
    """One network (``wanted``: whether it is internal), secret (its file) or volume (None)."""
    what = f"{str(path[0]).removesuffix('s')} {path[1]}"
    key = {"networks": "internal", "secrets": "file"}.get(str(path[0]), "")
    if key:
        seen = given.get(key, False if key == "internal" else None)
        if (plain(seen) if isinstance(seen, str) else seen) != wanted:
            yield _other("", (*path, key), _must(f"{what}: {key}", seen, wanted))
    for extra in given:
        if extra not in (key, "labels") and given[extra] not in (False, None):
            yield _other("", (*path, extra), f"{what}: the spec knows nothing of {extra}")


def _service(service: ServiceNode, plan: ServicePlan, stack: StackPlan) -> Iterator[ComposeFault]:
    yield from _identity(service, plan)
    yield from _environment(service, plan)
    yield from _ports(service, plan)
    yield from _lists(service, plan)
    yield from _health(service, plan)
    yield from _limits(service, plan, stack)
    for key in service.data:
        if key not in _COMPARED | _FREE | PRIVILEGES | {"container_name"} and not key.startswith("x-"):
            yield _other(service.name, (*service.path, key), f"the spec knows nothing of {key}")


def _identity(service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    name, data = service.name, service.data
    if service.image != plan.image:
        message = _must("the image", service.image or None, plan.image)
        yield ComposeFault("GM802", name, (*service.path, "image"), message)
    if plain(data.get("user")) != plan.user:
        message = _must("the user", data.get("user"), plan.user)
        yield ComposeFault("GM808", name, (*service.path, "user"), message)
    build = data.get("build")
    given = build if isinstance(build, dict) else {"context": build, "dockerfile": "Dockerfile"}
    for key, wanted in (("context", plan.build_context), ("dockerfile", plan.dockerfile)):
        seen = given.get(key) if build is not None else None
        if seen != wanted:
            yield _other(name, (*service.path, "build", key), _must(f"build.{key}", seen, wanted))
    if "container_name" in data:
        message = "container_name is the same in every project, so two of them cannot run on one host"
        yield _other(name, (*service.path, "container_name"), message)
    if data.get("restart") not in ("unless-stopped", "always"):
        message = _must("restart", data.get("restart"), "unless-stopped")
        yield _other(name, (*service.path, "restart"), message)
    if seconds_of(data.get("stop_grace_period")) != seconds_of(plan.stop_grace_period):
        message = _must("stop_grace_period", data.get("stop_grace_period"), plan.stop_grace_period)
        yield _other(name, (*service.path, "stop_grace_period"), message)
    mode = data.get("network_mode")
    if mode not in (None, "host"):
        yield _other(name, (*service.path, "network_mode"), f"the spec knows nothing of network_mode {mode}")


def _environment(service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    wanted, seen = dict(plan.environment), service.environment
    for variable in dict.fromkeys((*wanted, *seen)):
        path = (*service.path, "environment", variable)
        if variable not in seen:
            yield _other(service.name, path, f"the variable {variable} is missing")
        elif variable not in wanted:
            yield _other(service.name, path, f"the spec has no variable {variable}")
        elif seen[variable] != wanted[variable]:
            yield _other(service.name, path, _must(variable, seen[variable], wanted[variable]))
        secret = (seen.get(variable) or "").removeprefix(f"{SECRETS_MOUNT}/")
        if (seen.get(variable) or "").startswith(f"{SECRETS_MOUNT}/") and secret not in plan.secrets:
            yield _other(service.name, path, f"{variable} names the secret {secret}, which it is not given")


def _ports(service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    """A port beyond loopback is GM804's, unless nothing else is wrong with it."""
    wanted: dict[tuple[int, int], list[str]] = {}
    for planned in plan.ports:
        wanted.setdefault((planned.host, planned.container), []).append(planned.address)
    path: Path = (*service.path, "ports")
    # What is where it belongs comes first, so that of two addresses the wrong one is told.
    there = [one.address for one in service.ports]
    for port in service.ports:
        left = wanted.get((port.host or 0, port.container), []) if port.protocol == "tcp" else []
        own = port.address if port.address in left else next((one for one in left if one not in there), None)
        address = left.pop(left.index(own)) if own is not None else None
        if address is None:
            yield _other(service.name, port.path, f"the spec does not publish {port}/{port.protocol}")
        elif address != port.address and port.loopback:
            yield _other(service.name, port.path, _must("the address", port.address, address))
    for (host, container), addresses in wanted.items():
        for address in addresses:
            yield _other(service.name, path, f"port {address}:{host}:{container} is not published")


def _lists(service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    name = service.name
    if service.words("command") != plan.command:
        path: Path = (*service.path, "command")
        seen = service.words("command")
        both = list(zip(seen, plan.command, strict=False))
        at = next((index for index, (one, other) in enumerate(both) if one != other), None)
        if len(seen) == len(plan.command) and at is not None:
            message = _must(f"argument {at + 1} of the command", seen[at], plan.command[at])
            yield _other(name, (*path, at), message)
        else:
            yield _other(name, path, _must("the command", list(seen), list(plan.command)))
    for key, wanted in (
        ("networks", plan.networks),
        ("secrets", plan.secrets),
        ("depends_on", tuple(other.name for other in plan.depends_on)),
    ):
        given = service.names(key)
        for item in dict.fromkeys((*wanted, *given)):
            if item not in given:
                yield _other(name, (*service.path, key), f"{item} is missing from {key}")
            elif item not in wanted:
                yield _other(name, (*service.path, key, item), f"the spec has no {item} among its {key}")
    conditions = {other.name: other.condition for other in plan.depends_on}
    for other in service.names("depends_on"):
        entry = section(service.data, "depends_on", other)
        path = (*service.path, "depends_on", other, "condition")
        condition = conditions.get(other, "service_healthy")
        if entry.get("condition", "service_started") != condition or entry.get("required") is False:
            state = "healthy" if condition == "service_healthy" else "started"
            yield _other(name, path, f"it does not wait for {other} to be {state}")


def _health(service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    path: Path = (*service.path, "healthcheck")
    given, health = section(service.data, "healthcheck"), plan.health
    off = not given or given.get("disable") is True or given.get("test") in ("NONE", ["NONE"])
    if health is None:
        if not off or not given:
            message = (
                "its image may have a healthcheck, which must be off" if not given else "it has a healthcheck"
            )
            yield ComposeFault("GM805", service.name, path, f"{message}; the spec says health: none")
        return
    if off:
        yield ComposeFault("GM805", service.name, path, "it has no healthcheck")
        return
    test = given.get("test")
    words = [plain(word) for word in test] if isinstance(test, list) else ["CMD-SHELL", plain(test)]
    if words != ["CMD", *health.test]:
        message = _must("the healthcheck's test", words, ["CMD", *health.test])
        yield ComposeFault("GM805", service.name, (*path, "test"), message)
    for key, wanted in (
        ("interval", health.interval),
        ("timeout", health.timeout),
        ("start_period", health.start_period),
    ):
        if seconds_of(given.get(key, "0s" if key == "start_period" else "")) != seconds_of(wanted):
            message = _must(f"the healthcheck's {key}", given.get(key), wanted)
            yield ComposeFault("GM805", service.name, (*path, key), message)
    if number_of(given.get("retries")) != health.retries:
        message = _must("the healthcheck's retries", given.get("retries"), health.retries)
        yield ComposeFault("GM805", service.name, (*path, "retries"), message)


def _limits(service: ServiceNode, plan: ServicePlan, stack: StackPlan) -> Iterator[ComposeFault]:
    deployed = section(service.data, "deploy", "resources", "limits")
    options = section(service.data, "logging", "options")
    logs: Path = ("logging", "options")
    for path, seen, read, wanted in (
        (("cpus",), service.data.get("cpus", deployed.get("cpus")), number_of, plan.cpus),
        (("mem_limit",), service.data.get("mem_limit", deployed.get("memory")), size_of, plan.memory),
        (("pids_limit",), service.data.get("pids_limit", deployed.get("pids")), number_of, plan.pids),
        ((*logs, "max-size"), options.get("max-size"), size_of, stack.log_max_size),
        ((*logs, "max-file"), options.get("max-file"), number_of, stack.log_max_files),
    ):
        if read(seen) != read(wanted):
            message = _must(str(path[-1]), seen, wanted)
            yield ComposeFault("GM809", service.name, (*service.path, *path), message)
    driver = section(service.data, "logging").get("driver")
    if driver not in ("json-file", "local"):
        message = _must("the log driver", driver, "json-file")
        yield ComposeFault("GM809", service.name, (*service.path, "logging", "driver"), message)
    for key in section(service.data, "deploy"):
        if key != "resources":
            path = (*service.path, "deploy", key)
            yield _other(service.name, path, f"the spec knows nothing of deploy.{key}")


def _must(what: str, seen: object, wanted: object) -> str:
    if wanted is None:
        return f"{what} is {show(seen)}, and must not be there"
    return f"{what} is {'not set' if seen is None else show(seen)}, and must be {show(wanted)}"
