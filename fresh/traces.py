"""What a command leaves on a machine that it should not: temporary files, and servers of the next boot."""

from dataclasses import dataclass
from pathlib import Path

_TEMPORARY = ("tmp", "var/tmp", "dev/shm")
_ENABLED = ("etc/systemd/system/*.wants/*", "etc/rc[2-5].d/S*")
_SERVERS = ("prometheus", "alertmanager", "victoria")
_POLICY = "usr/sbin/policy-rc.d"


@dataclass(frozen=True, slots=True)
class Traces:
    """As they are at one time."""

    temporary: frozenset[str]
    enabled: frozenset[str]
    policy: bool

    @classmethod
    def of(cls, root: Path) -> "Traces":
        """Look."""
        temporary = (path for name in _TEMPORARY for path in (root / name).glob("*"))
        links = (path for pattern in _ENABLED for path in root.glob(pattern))
        return cls(
            frozenset(map(str, temporary)),
            frozenset(str(path) for path in links if any(server in path.name for server in _SERVERS)),
            (root / _POLICY).exists(),
        )

    def wrong_since(self, before: "Traces") -> str:
        """What is there now and was not before, in words; empty if nothing is."""
        if left := sorted(self.temporary - before.temporary):
            return f"left behind: {', '.join(left)}"
        if enabled := sorted(self.enabled - before.enabled):
            return f"starts at the next boot: {', '.join(enabled)}"
        if self.policy and not before.policy:
            return f"left behind: /{_POLICY}"
        return ""
