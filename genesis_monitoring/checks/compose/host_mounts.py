"""What a service is given of the host by its mounts: sockets that rule it, and folders that it can change.

GM808 (error): a socket by which a container rules the host, or a folder that holds one, read-only, too: a
connection needs no write. And a folder of the system that can be written to. Another folder of the host that
can be written to is a warning: a named volume does as well. Mount it read-only, or not at all.
"""

from collections.abc import Iterator
from posixpath import isabs, join, normpath

from genesis_monitoring.checks.compose.file import ComposeFault, Mounted, ServiceNode
from genesis_monitoring.checks.context import SPEC_HINT
from genesis_monitoring.findings import Severity

_RUN = ("/run", "/var/run")
_SOCKETS = (
    *("docker.sock", "docker/docker.sock", "docker/containerd/containerd.sock", "containerd/containerd.sock"),
    *("podman/podman.sock", "crio/crio.sock", "k3s/containerd/containerd.sock", "cri-dockerd.sock"),
    *("dbus/system_bus_socket", "systemd/private", "snapd.socket", "lxd.socket"),
)
_RULING = tuple(f"{run}/{socket}" for run in _RUN for socket in _SOCKETS)
_SYSTEM = frozenset(
    (
        *("/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/opt", "/proc", "/root", "/run"),
        *("/sbin", "/sys", "/tmp", "/usr", "/var", "/var/lib", "/var/lib/docker", "/var/run"),  # noqa: S108
    )
)
_BELOW = ("/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/usr", "/var/lib/docker", "/var/lib/containerd")
"""What nothing below may be changed of, either."""


def host_faults(service: ServiceNode, folder: str) -> Iterator[ComposeFault]:
    """GM808 of the mounts of one service; ``folder`` is where the Compose file stands."""
    for mount in service.mounts:
        if mount.type == "bind" and mount.source:
            found = _fault(mount, _on_host(mount.source, folder))
            if found is not None:
                message, severity = found
                yield ComposeFault("GM808", service.name, mount.path, message, severity, SPEC_HINT)


def _on_host(source: str, folder: str) -> str:
    """``/var/../run//docker.sock`` is ``/run/docker.sock``."""
    path = normpath(source if isabs(source) else join(folder, source))
    return f"/{path.lstrip('/')}"


def _fault(mount: Mounted, path: str) -> tuple[str, Severity] | None:
    shown = mount.source if mount.source == path else f"{mount.source} ({path})"
    if path in _RULING or path.endswith((".sock", ".socket")):
        return f"{shown} gives it the whole host", Severity.ERROR
    held = next((socket for socket in _RULING if socket.startswith(f"{path}/")), None)
    if held is not None and path.startswith(_RUN):
        return f"{shown} holds {held}, which gives it the whole host", Severity.ERROR
    if mount.read_only:
        return None
    if path in _SYSTEM or any(path.startswith(f"{root}/") for root in _BELOW):
        return f"it can write to {shown} of the host", Severity.ERROR
    if isabs(mount.source):
        message = f"it can write to {shown} of the host: a named volume does as well"
        return message, Severity.WARNING
    return None
