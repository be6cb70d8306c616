"""What a service is given of the host by its mounts: sockets that rule it, and folders that it can change.

GM808 (error): a socket by which a container rules the host, or a folder that holds one, read-only, too: a
connection needs no write. And a folder of the system that can be written to. Another folder of the host that
can be written to is a warning: a named volume does as well. Mount it read-only, or not at all.
"""

from posixpath import isabs, join, normpath

from genesis_monitoring.findings import Severity
from genesis_monitoring.plan.stack import MountPlan

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


def mount_fault(mount: MountPlan, folder: str) -> tuple[str, Severity] | None:
    """What a bind mount lets into the host; None if nothing. ``folder`` is where the Compose file stands."""
    source = mount.source or ""
    path = _on_host(source, folder)
    shown = source if source == path else f"{source} ({path})"
    if path in _RULING or path.endswith((".sock", ".socket")):
        return f"{shown} gives it the whole host", Severity.ERROR
    held = next((socket for socket in _RULING if socket.startswith(f"{path}/")), None)
    if held is not None and path.startswith(_RUN):
        return f"{shown} holds {held}, which gives it the whole host", Severity.ERROR
    if mount.read_only:
        return None
    if path in _SYSTEM or any(path.startswith(f"{root}/") for root in _BELOW):
        return f"it can write to {shown} of the host", Severity.ERROR
    if isabs(source):
        message = f"it can write to {shown} of the host: a named volume does as well"
        return message, Severity.WARNING
    return None


def _on_host(source: str, folder: str) -> str:
    """``/var/../run//docker.sock`` is ``/run/docker.sock``."""
    path = normpath(source if isabs(source) else join(folder, source))
    return f"/{path.lstrip('/')}"
