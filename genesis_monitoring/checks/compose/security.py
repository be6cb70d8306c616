"""Whether the stack's file is safe to start, whatever it is meant to run: a file in, findings out.

GM802 (error; warning for a tag such as ``v3``): an image without an exact tag. Two starts of the stack may
run two versions.

GM803 (error): a password or key in plain text, or Grafana's default password. Everybody who can read the
repository, or guess ``admin``, gets in. Keep it in a file and name that under ``secrets`` in the spec.

GM804 (error; information where the spec names the address itself): a port that other machines reach.
Prometheus and Alertmanager ask for no password. Publish it on 127.0.0.1.

GM806 (error): a port of the host is published twice. The second container does not start.

GM808 (error): a service keeps capabilities, may gain privileges, can write to its root, runs as root or is
let into the host. Whoever breaks into the container gets further than need be.

Run ``genesis-mon render``, or mend the template or the spec.
"""

import re
from collections.abc import Iterator, Mapping

from genesis_monitoring.checks.compose.file import (
    ComposeData,
    ComposeFault,
    Port,
    ServiceNode,
    read_compose,
    report,
)
from genesis_monitoring.checks.compose.host_mounts import host_faults
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.secret_shapes import secrets_in
from genesis_monitoring.checks.yaml_files import section
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.images import is_grafana

CODES: tuple[str, ...] = ("GM802", "GM803", "GM804", "GM806", "GM808")

PRIVILEGES = frozenset(
    (
        *("privileged", "cap_add", "devices", "device_cgroup_rules", "pid", "ipc", "uts", "cgroup"),
        *("cgroup_parent", "userns_mode", "group_add", "sysctls", "runtime", "gpus", "credential_spec"),
        *("volumes_from", "use_api_socket"),
    )
)
"""Keys of a service that let it further into the host."""

_MOVING = frozenset(
    ("latest", "stable", "main", "master", "edge", "nightly", "dev", "develop", "lts", "rolling", "current")
)
_MAJOR = re.compile(r"v?[0-9]{1,3}")
_SECRET_NAME = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)PASS|(?:^|_)SECRET|(?:^|_)TOKEN"
    r"|(?:API|PRIVATE|ACCESS|ROUTING|SIGNING|ENCRYPTION)_?KEY|CREDENTIALS?)"
    r"(?:_[A-Z0-9]+)?$"
)
_NOT_THE_SECRET = re.compile(r"(?:_FILE|_PATH|_URL|_NAME|_TTL|_ENABLED|_POLICY|_LENGTH|_COUNT|_DAYS)$")
_SECRET_ARGUMENT = re.compile(r"--?[\w.-]*(?:password|passwd|secret|token|api-?key)[=: ](?P<value>.+)", re.I)
_SWITCH = re.compile(r"(?i)true|false|yes|no|on|off|[01]?")
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")


def check_compose_security(context: CheckContext) -> Iterator[Finding]:
    """GM802, GM803, GM804, GM806 and GM808, for the file by itself."""
    compose, findings = read_compose(context)
    yield from findings
    if compose is not None:
        folder = context.out.absolute().as_posix()
        yield from report(context, compose, security_faults(compose, context.plan, folder))


def security_faults(compose: ComposeData, plan: Plan | None, folder: str) -> Iterator[ComposeFault]:
    """What ``check_compose_security`` reports. Without a plan no address is meant to be open.

    ``folder`` is where the Compose file stands.
    """
    for service in compose.services:
        yield from _image(service)
        yield from _plain_secrets(service)
        yield from _default_password(service)
        yield from _published(service, _meant(plan, service.name))
        yield from _hardening(service)
        yield from host_faults(service, folder)
    yield from _twice(compose)
    for name, secret in section(compose.data, "secrets").items():
        for key in ("content", "environment"):
            if key in section(secret):
                message = f"the secret {name} is given by {key}: keep it in a file"
                yield ComposeFault("GM803", "", ("secrets", name, key), message)


def _image(service: ServiceNode) -> Iterator[ComposeFault]:
    name, _, digest = service.image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    path = (*service.path, "image")
    if digest:
        return
    if not tag:
        shown = f'the image "{service.image}" has no tag' if service.image else "there is no image"
        yield ComposeFault("GM802", service.name, path, f"{shown}: name one version")
    elif tag.lower() in _MOVING or "$" in tag:
        yield ComposeFault("GM802", service.name, path, f'the tag "{tag}" is no version: it moves')
    elif _MAJOR.fullmatch(tag):
        message = f'the tag "{tag}" names many versions: give it in full'
        yield ComposeFault("GM802", service.name, path, message, Severity.WARNING)


def _plain_secrets(service: ServiceNode) -> Iterator[ComposeFault]:
    hint = "write it to a file, name that under stack.secrets in the spec, then run genesis-mon render"
    for name, value in service.environment.items():
        path = (*service.path, "environment", name)
        if value is not None and (environment_with_secret(name, value) or secrets_in(value)):
            yield ComposeFault("GM803", service.name, path, f"{name} holds a secret in plain text", hint=hint)
    for key in ("command", "entrypoint"):
        words = service.words(key)
        for index, word in enumerate(words):
            after = words[index + 1] if index + 1 < len(words) else ""
            if name := argument_with_secret(word, after):
                message = f"{name} is given a secret in plain text"
                yield ComposeFault("GM803", service.name, (*service.path, key, index), message, hint=hint)
            elif secrets_in(word):
                message = f"an argument of the {key} holds a secret in plain text"
                yield ComposeFault("GM803", service.name, (*service.path, key, index), message, hint=hint)


def environment_with_secret(name: str, value: str) -> bool:
    """Whether a variable of this name holds a secret itself, and not where one is kept."""
    upper = name.upper()
    named = _SECRET_NAME.search(upper) and not _NOT_THE_SECRET.search(upper)
    return bool(named) and not _SWITCH.fullmatch(value) and not _VARIABLE.fullmatch(value)


def argument_with_secret(word: str, after: str) -> str:
    """The name of an argument that is given a secret, in itself or in the word after it; empty if none is."""
    match = _SECRET_ARGUMENT.search(word) or _SECRET_ARGUMENT.fullmatch(f"{word} {after}")
    if match is None or _VARIABLE.fullmatch(match["value"]) or match["value"].startswith("/"):
        return ""
    return word.partition("=")[0].partition(" ")[0]


def _default_password(service: ServiceNode) -> Iterator[ComposeFault]:
    given = service.environment
    if not is_grafana(service.image) or "GF_PATHS_CONFIG" in given:
        return
    if given.get("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION") == "true":
        return
    if any(mount.target in ("/etc/grafana", "/etc/grafana/grafana.ini") for mount in service.mounts):
        return
    if not {"GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE"} & set(given):
        hint = "set GF_SECURITY_ADMIN_PASSWORD__FILE to a secret in the spec, then run genesis-mon render"
        message = "the password of Grafana's admin is the default one"
        yield ComposeFault("GM803", service.name, (*service.path, "environment"), message, hint=hint)


def _published(service: ServiceNode, meant: Mapping[int, str]) -> Iterator[ComposeFault]:
    if service.data.get("network_mode") == "host":
        message = "network_mode is host, so every port it opens is open to others"
        yield ComposeFault("GM804", service.name, (*service.path, "network_mode"), message)
    for port in service.ports:
        if port.loopback:
            continue
        says_so = port.host is not None and meant.get(port.host) == port.address
        message = f"port {port} can be reached from other machines"
        if says_so:
            message += ", as the spec says"
        severity = Severity.INFO if says_so else Severity.ERROR
        yield ComposeFault(
            "GM804", service.name, port.path, f"{message}; 127.0.0.1 is for this one", severity
        )


def _meant(plan: Plan | None, name: str) -> Mapping[int, str]:
    """The address of each host port of a service, as the spec says."""
    services = plan.stack.services if plan is not None else ()
    return {port.host: port.address for service in services if service.name == name for port in service.ports}


def _hardening(service: ServiceNode) -> Iterator[ComposeFault]:
    def fault(key: str, message: str, severity: Severity = Severity.ERROR, hint: str = "") -> ComposeFault:
        extra = {"hint": hint} if hint else {}
        return ComposeFault("GM808", service.name, (*service.path, key), message, severity, **extra)

    if [name.upper() for name in service.names("cap_drop")] != ["ALL"]:
        yield fault("cap_drop", "not all capabilities are dropped: cap_drop must be [ALL]")
    options = [option.replace("=", ":") for option in service.words("security_opt")]
    if not {"no-new-privileges:true", "no-new-privileges"} & set(options):
        yield fault("security_opt", "it may gain privileges: security_opt lacks no-new-privileges:true")
    for option in options:
        if option.endswith((":unconfined", ":disable")):
            yield fault("security_opt", f"{option} takes a protection of the host away")
    if service.data.get("read_only") is not True:
        yield fault("read_only", "its root can be written to: read_only must be true")
    if service.data.get("init") is not True:
        yield fault("init", "nothing reaps its processes: init must be true")
    user = str(service.data.get("user") or "")
    if not user or user.partition(":")[0] in ("0", "root"):
        yield fault("user", f"it runs as root: user is {user or 'not set'}")
    for key in service.data:
        if key in PRIVILEGES and service.data[key] not in (False, [], None):
            yield fault(key, f"{key} lets it further into the host")


def _twice(compose: ComposeData) -> Iterator[ComposeFault]:
    taken: list[tuple[Port, str]] = []
    for service in compose.services:
        for port in service.ports:
            clash = next((owner for other, owner in taken if _clash(port, other)), None)
            if clash is not None:
                message = f"port {port.host} of the host is published by {clash} already"
                yield ComposeFault("GM806", service.name, port.path, message)
            taken.append((port, service.name))


def _clash(one: Port, other: Port) -> bool:
    """``0.0.0.0`` and ``::`` are every address, each of its own kind."""
    return (
        one.host is not None
        and (one.host, one.protocol, ":" in one.address) == (other.host, other.protocol, ":" in other.address)
        and (one.address == other.address or bool({"0.0.0.0", "::"} & {one.address, other.address}))  # noqa: S104
    )
