"""What a stock service is: all that we know of a product which a service of the spec runs.

In: the spec and the service's name. Out: what it is given besides its own settings, what it reads, who asks
it for what, and how it runs as a process of this machine. What a member does not say has an answer here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service

Variables = tuple[tuple[str, str], ...]
"""Names of the environment with their values."""


@dataclass(frozen=True, slots=True)
class Here:
    """A service as a process of this machine, at ``host`` and ``port``. ``spec`` names the spec to it.

    ``spec`` are options. ``arguments`` are its own, with paths as they are here; ``path`` translates one
    of the container.
    """

    arguments: tuple[str, ...]
    environment: Variables
    host: str
    port: int
    path: Callable[[str], str]
    spec: tuple[str, ...]

    @property
    def listen(self) -> str:
        """What it listens on."""
        return f"{self.host}:{self.port}"


class StockService(ABC):
    """A product that we know."""

    binary: ClassVar[str]
    """The name of its executable; empty for our own program."""
    optional: ClassVar[bool] = False
    """Whether the stack is of use without it, where its binary is not installed."""
    oldest: ClassVar[tuple[int, int] | None] = None
    """The first version that reads what we write for it."""
    about_this_machine: ClassVar[bool] = False
    """Whether its metrics are about the machine that it runs on, which no scenario can make up."""

    @abstractmethod
    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """Whether the service of that name is this one."""

    def arguments(self, spec: Spec) -> tuple[str, ...]:
        """What it is given before the arguments of the spec."""
        return ()

    def environment(self, spec: Spec) -> Mapping[str, str]:
        """What it is given unless the spec says otherwise."""
        return {}

    def reads(self, service: Service) -> tuple[tuple[str, str], ...]:
        """Paths in its container, each with the file or folder of the generated tree that must be there."""
        return ()

    def asked(self, spec: Spec) -> tuple[tuple[str, str], ...]:
        """Paths that others ask for besides its healthcheck and scrapes, each with who that is."""
        return ()

    def page(self, spec: Spec) -> str:
        """Where people look at it, as the spec says; empty if nowhere."""
        return ""

    def reload_address(self, spec: Spec, service: Service) -> str:
        """Where a POST makes it read its configuration again; empty if only a signal does."""
        return ""

    def unsafe(self, service: Service) -> tuple[str, str]:
        """What is unsafe in its environment and how to mend it; empty if nothing is."""
        return "", ""

    def local_arguments(self, here: Here) -> tuple[str, ...]:
        """What its executable is called with on this machine."""
        return (*here.arguments, f"--web.listen-address={here.listen}")

    def local_environment(self, here: Here) -> Variables:
        """What it finds in its environment on this machine."""
        return ()


def web_arguments(link: str) -> tuple[str, ...]:
    """Where people reach a server. Its routes stay at ``/``: else they take on the path of the link."""
    return f"--web.external-url={link}", "--web.route-prefix=/"
