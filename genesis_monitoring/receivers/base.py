"""What a kind of integration is to the product. A member's module says everything that is special about it.

In: a receiver's value in the spec. Out: its node in ``alertmanager.yml``, how to read what it sends, and how
a catcher on this machine stands in for whoever gets it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from genesis_monitoring.receivers.dialects import PLAIN, Dialect
from genesis_monitoring.receivers.message import Keys, Message

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

Protocol = Literal["http", "smtp"]
Settings = Mapping[str, str | bool | tuple[str, ...] | Mapping[str, str]]
Secrets = Mapping[Keys, str]
"""Names of secrets by where the spec names them."""
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name at ``path`` of the spec that must be among ``known``; ``what`` says what it names."""

    path: Keys
    what: str
    name: str
    known: Collection[str]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a person reads: where it is set in the integration, and where a message has it."""

    setting: Keys
    sent: Keys


@dataclass(frozen=True, slots=True)
class Weight:
    """What shows how urgent a message is: ``word`` in prose, made by the template ``genesis.<template>``.

    ``ranks`` are for the severities in their order, the last for all that follow; ``otherwise`` is for what
    is none of them. ``over`` is for the end of an alert; empty if nothing is then different.
    """

    field: Field
    word: str
    template: str
    ranks: tuple[str, ...]
    otherwise: str
    over: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a message made by our templates has; the first title is the one that people see.

    ``html`` is the same text once more, with marks. ``added`` are texts that Alertmanager puts in by itself.
    """

    titles: tuple[Field, ...]
    text: Field
    link: Field | None = None
    weight: Weight | None = None
    html: Field | None = None
    added: tuple[Keys, ...] = ()

    @property
    def all(self) -> tuple[Field, ...]:
        """Everything that a template makes."""
        own = (self.link, self.html, self.weight.field if self.weight else None)
        return (*self.titles, self.text, *(field for field in own if field is not None))


@dataclass(frozen=True, slots=True)
class Stand:
    """What has to be on this machine so that a message comes here without a setting being changed.

    ``host`` is a name that leads elsewhere; empty if a made-up secret says where to send. ``tls``: all is TLS
    from the first byte on. ``secrets`` are the texts of their files, by path.
    """

    host: str
    port: int
    tls: bool
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlannedIntegration:
    """A way in which a receiver is told: ``node`` is its entry in ``alertmanager.yml``, ``says`` names it.

    ``address`` is what ``Kind.address`` gives for a message of this one.
    """

    kind: "Kind[Any]"
    says: str
    node: Settings
    address: str
    stand: Stand

    def setting(self, keys: Keys) -> str:
        """The text at these keys of ``node``; empty if there is none."""
        value: object = self.node
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) else ""


class Kind(ABC, Generic[S]):
    """A kind of integration; ``S`` is what the spec says of one."""

    key: ClassVar[str]
    """Its key in a receiver of the spec; with ``_configs`` that in ``alertmanager.yml``."""
    title: ClassVar[str]
    """Its name in prose."""
    model: ClassVar[Any]
    """The type of the key's value."""
    addressed: ClassVar[tuple[str, ...]]
    """The settings that say where a message goes and by which key, in any version of Alertmanager."""
    protocol: ClassVar[Protocol] = "http"
    """What a catcher has to speak to get its messages."""
    dialect: ClassVar[Dialect] = PLAIN
    fields: ClassVar[Fields | None] = None
    """None if Alertmanager alone makes the message."""
    pages: ClassVar[bool] = False
    """Whether it wakes somebody."""
    switchable: ClassVar[bool] = False
    """Whether the spec can switch it off as a whole, see ``in_force``."""
    tells_the_end: ClassVar[bool] = True
    """Alertmanager's default of ``send_resolved``."""

    def in_force(self, spec: "Spec") -> bool:
        """Whether the spec has it switched on."""
        return True

    def references(self, at: Keys, settings: S, spec: "Spec") -> tuple[Reference, ...]:
        """What it names of the spec besides secrets; ``at`` is where ``settings`` stand."""
        return ()

    def lacking(self, settings: S, spec: "Spec") -> tuple[str, ...]:
        """The keys that must be there, since nothing else in the spec says what they would."""
        return ()

    def shared_secrets(self, spec: "Spec") -> Secrets:
        """What all receivers of this kind need."""
        return {}

    def secrets(self, at: Keys, settings: S) -> Secrets:
        """What this receiver needs besides."""
        return {}

    @abstractmethod
    def plan(self, receiver: str, settings: S, spec: "Spec") -> PlannedIntegration:
        """What becomes of it."""

    @abstractmethod
    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        """``settings``, which lack those of ``addressed``, sending to the catcher at ``url``.

        That is its address, and the path that a message of this receiver is to have. There is no TLS.
        ``secret`` puts a text into a file and gives its path.
        """

    @abstractmethod
    def address(self, message: Message) -> str:
        """To whom a caught message was sent; empty if it is of another kind."""

    def addressee(self, message: Message) -> str:
        """The same for people."""
        return self.address(message)

    def subject(self, message: Message) -> str:
        """The title of a message."""
        return message.text_at(*self.fields.titles[0].sent) if self.fields else ""

    def text(self, message: Message) -> str:
        """What a person reads below it."""
        return message.text_at(*self.fields.text.sent) if self.fields else "\n".join(message.texts)

    def html(self, message: Message) -> str | None:
        """The same with marks; None for a kind that has no such thing."""
        return message.text_at(*self.fields.html.sent) if self.fields and self.fields.html else None

    def link(self, message: Message) -> str:
        """Where it leads; empty if it leads nowhere."""
        return message.text_at(*self.fields.link.sent) if self.fields and self.fields.link else ""

    def weight(self, message: Message) -> str:
        """How urgent it looks; empty if that does not show."""
        return message.text_at(*self.fields.weight.field.sent) if self.fields and self.fields.weight else ""

    def own_texts(self, message: Message) -> tuple[str, ...]:
        """The texts that our templates made."""
        added = {message.text_at(*keys) for keys in self.fields.added} if self.fields else set()
        return tuple(text for text in message.texts if text not in added)

    def is_end(self, message: Message) -> bool:
        """Whether it says that the alert is over: that is in the bracket in front, and none is firing."""
        head = self.subject(message).partition("]")[0]
        return "resolved" in head and "firing" not in head


def template(name: str) -> str:
    """The use of one of our notification templates."""
    return f'{{{{ template "genesis.{name}" . }}}}'
