"""What a container finds at a path: a service's mounts in, the path on the host side out."""

from collections.abc import Iterable

from genesis_monitoring.plan.stack import MountPlan


def source_of(mounts: Iterable[MountPlan], path: str) -> str | None:
    """Where ``path`` in the container comes from, relative to the Compose file; None if from no folder of it.

    The mount with the longest target counts, as in the container.
    """
    wanted = path.rstrip("/")
    best: MountPlan | None = None
    for mount in mounts:
        target = mount.target.rstrip("/")
        inside = wanted == target or wanted.startswith(f"{target}/")
        if inside and (best is None or len(target) > len(best.target.rstrip("/"))):
            best = mount
    if best is None or best.type != "bind" or best.source is None:
        return None
    return f"{best.source.rstrip('/')}{wanted.removeprefix(best.target.rstrip('/'))}"
