"""What the services have mounted, against the spec and against the tree on disk.

GM807 (error): what is mounted from the generated tree is not in it. (Warning): a folder beside the spec that
is mounted is not there on this machine; the stack would not start here. Make it, or correct the mount.

GM810 (error): a mount is not that of the spec, or Prometheus or Alertmanager is not given its configuration.
"""

from collections.abc import Iterator
from pathlib import Path as FilePath

from genesis_monitoring.checks.compose.file import ComposeFault, Mounted, ServiceNode, size_of
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.differences import show
from genesis_monitoring.checks.mounts import source_of
from genesis_monitoring.checks.positions import Path
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG
from genesis_monitoring.findings import Severity
from genesis_monitoring.plan.stack import MountPlan, ServicePlan

CODES: tuple[str, ...] = ("GM807", "GM810")


def mount_faults(context: CheckContext, service: ServiceNode, plan: ServicePlan) -> Iterator[ComposeFault]:
    """GM807 and GM810 of one service."""
    planned = {mount.target: mount for mount in plan.mounts}
    for mount in service.mounts:
        absent = _absent_source(context, service, mount)
        if absent is not None:
            yield absent
        mount_plan = planned.pop(mount.target, None)
        if mount_plan is None:
            message = f"the spec mounts nothing at {mount.target}"
            yield ComposeFault("GM810", service.name, (*mount.path, "target"), message)
        elif absent is None or absent.severity is not Severity.ERROR:
            yield from _differences(service, mount, mount_plan)
    for target, missing in planned.items():
        message = f"{missing.source or missing.type} is not mounted at {target}"
        yield ComposeFault("GM810", service.name, (*service.path, "volumes"), message)
    yield from _without_configuration(context, service, plan)


def _differences(service: ServiceNode, mount: Mounted, plan: MountPlan) -> Iterator[ComposeFault]:
    size = size_of(plan.size) if plan.size is not None else None
    seen_source = mount.source.removesuffix("/") or mount.source
    for key, seen, wanted in (
        (("type",), mount.type, plan.type),
        (("source",), seen_source, plan.source.removesuffix("/") or plan.source if plan.source else ""),
        (("read_only",), mount.read_only, plan.read_only),
        (("tmpfs", "size"), mount.size, size),
        (("bind", "propagation"), mount.propagation, plan.propagation),
        (("bind", "create_host_path"), mount.type == "bind" and mount.creates, False),
    ):
        if seen != wanted:
            told = "not set" if seen is None else show(seen)
            message = f"{'.'.join(key)} of the mount at {mount.target} is {told}, and must be {show(wanted)}"
            path: Path = (*mount.path, *key)
            yield ComposeFault("GM810", service.name, path, message)


def _absent_source(context: CheckContext, service: ServiceNode, mount: Mounted) -> ComposeFault | None:
    if mount.type != "bind" or not mount.source.startswith("."):
        return None
    path = (*mount.path, "source")
    if mount.source.startswith("./"):
        if (context.out / mount.source).exists():
            return None
        message = f"{mount.source}, which it mounts, is not in the generated tree"
        return ComposeFault("GM807", service.name, path, message)
    spec_folder = FilePath(context.source.file).resolve().parent
    if context.out.resolve().parent != spec_folder or (context.out / mount.source).exists():
        return None
    message = f"{mount.source}, which it mounts, is not there, so the stack would not start on this machine"
    folder = mount.source.removeprefix("../")
    hint = f"make it beside the spec (mkdir -p {folder}), or correct the mount in the spec"
    return ComposeFault("GM807", service.name, path, message, Severity.WARNING, hint)


def _without_configuration(
    context: CheckContext, service: ServiceNode, plan: ServicePlan
) -> Iterator[ComposeFault]:
    """A mount of the spec that leads Prometheus or Alertmanager past its configuration."""
    if context.plan is None:
        return
    prometheus = context.plan.spec.prometheus
    files = {prometheus.service: PROMETHEUS_CONFIG, prometheus.alertmanager: ALERTMANAGER_CONFIG}
    file = files.get(service.name)
    if file is None:
        return
    target = f"/etc/{file}"
    if source_of(plan.mounts, target) != f"./{file}":
        folder = file.partition("/")[0]
        message = f"it reads {target}, and no mount brings {file} there"
        hint = f"mount it in the spec: {{generated: {folder}, target: /etc/{folder}, read_only: true}}"
        path = (*service.path, "volumes")
        yield ComposeFault("GM810", service.name, path, message, hint=hint)
