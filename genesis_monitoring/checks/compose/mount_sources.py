"""Whether what the services of the spec mount is there, and brings them what they read.

GM807 (error): what is mounted from the generated tree is not in it, or a server reads a generated file or
folder that none of its mounts brings. (Warning): a folder beside the spec that is mounted is not there on
this machine; the stack would not start here. Make it, or correct the mount.
"""

from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.conventions import COMPOSE_FILE
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.mounts import source_of
from genesis_monitoring.plan.stack import MountPlan, ServicePlan
from genesis_monitoring.services.registry import stock_of

CODES: tuple[str, ...] = ("GM807",)

_SPEC_HINT = "correct the mount there, then run genesis-mon render"


def check_mounts(context: CheckContext) -> Iterator[Finding]:
    """GM807, at the mounts in the spec."""
    spec = context.plan.spec
    for service in context.plan.stack.services:
        for index, mount in enumerate(service.mounts):
            yield from _absent(context, service, f"{service.origin}.mounts.{index}", mount)
        stock = stock_of(spec, service.name)
        for target, source in stock.reads(spec.stack.services[service.name]) if stock else ():
            if source_of(service.mounts, target) != f"./{source}":
                message = f"{service.name} reads {target}, and no mount brings {source} there"
                is_file = source.endswith(".yml")
                brought, at = (text.rpartition("/")[0] if is_file else text for text in (source, target))
                hint = f"mount it: {{generated: {brought}, target: {at}, read_only: true}}"
                yield _finding(context, f"{service.origin}.mounts", message, hint)


def _absent(context: CheckContext, service: ServicePlan, origin: str, mount: MountPlan) -> Iterator[Finding]:
    source = mount.source or ""
    if mount.type != "bind" or not source.startswith(".") or (context.out / source).exists():
        return
    if source.startswith("./"):
        message = f"{service.name} mounts {source}, which is not in the generated tree"
        yield _finding(context, origin, message, _SPEC_HINT)
    elif context.out.resolve().parent == Path(context.source.file).resolve().parent:
        folder = source.removeprefix("../")
        message = f"{service.name} mounts {source}, which is not there: the stack would not start here"
        hint = f"make it beside the spec (mkdir -p {folder}), or correct the mount"
        yield _finding(context, origin, message, hint, Severity.WARNING)


def _finding(
    context: CheckContext, origin: str, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Finding:
    place = context.source.locate_dotted(origin)
    return Finding("GM807", severity, place, message, hint, (context.locate(COMPOSE_FILE),))
