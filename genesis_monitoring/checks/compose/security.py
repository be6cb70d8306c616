"""Whether the services of the spec are safe to start, whatever they are: the plan in, findings out.

What all services share (no capabilities, a read-only root, no user that is root) a spec cannot change; and a
Compose file that says otherwise is not the one of the spec (GM209).

GM802 (warning): an image's tag names many versions, such as ``v3``. Two starts may run two of them.

GM803 (error): Grafana's admin has the default password. Everybody who can guess ``admin`` gets in. Keep it in
a file and name that under ``secrets`` in the spec.

GM804 (information): a port that other machines reach. Prometheus and Alertmanager ask for no password.

GM808 (error; warning for a folder that is not of the system): a mount by which a container gets into the
host, see ``host_mounts``.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.compose.host_mounts import mount_fault
from genesis_monitoring.checks.context import SPEC_HINT, CheckContext
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.stack import ServicePlan
from genesis_monitoring.services.registry import stock_of
from genesis_monitoring.spec.images import parse_image

CODES: tuple[str, ...] = ("GM802", "GM803", "GM804", "GM808")

_MAJOR = re.compile(r"v?[0-9]{1,3}")


def check_compose_security(context: CheckContext) -> Iterator[Finding]:
    """GM802, GM803, GM804 and GM808, at lines of the spec."""
    folder = context.out.absolute().as_posix()
    spec = context.plan.spec
    for service in context.plan.stack.services:
        stock = stock_of(spec, service.name)
        unsafe = stock.unsafe(spec.stack.services[service.name]) if stock else ("", "")
        for code, severity, below, message, hint in _faults(service, unsafe, folder):
            place = context.source.locate_dotted(f"{service.origin}.{below}")
            yield Finding(code, severity, place, f"{service.name}: {message}", hint)


def _faults(
    service: ServicePlan, unsafe: tuple[str, str], folder: str
) -> Iterator[tuple[str, Severity, str, str, str]]:
    """Code, severity, path below the service, message and mend."""
    image = parse_image(service.image)
    if not image.digest and _MAJOR.fullmatch(image.tag):
        message = f'the tag "{image.tag}" names many versions: give it in full'
        yield "GM802", Severity.WARNING, "image", message, SPEC_HINT
    if unsafe[0]:
        yield "GM803", Severity.ERROR, "environment", *unsafe
    for index, port in enumerate(service.ports):
        if not port.loopback:
            message = f"port {port.interface}:{port.host} can be reached from other machines, as it says here"
            yield "GM804", Severity.INFO, f"ports.{index}", message, "127.0.0.1 is for this one"
    for index, mount in enumerate(service.mounts):
        if mount.type == "bind" and mount.source and (found := mount_fault(mount, folder)):
            yield "GM808", found[1], f"mounts.{index}", found[0], SPEC_HINT
