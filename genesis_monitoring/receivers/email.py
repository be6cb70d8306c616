"""Mail by an SMTP server, as plain text. A subject is one line, whatever a label holds.

Over TLS unless the spec says otherwise. On port 465 all is TLS from the first byte on, and Alertmanager must
not be told to ask for it again. Source: Alertmanager, "email_config"; RFC 8314.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field as Constraint, ValidationInfo, field_validator

from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.receivers.base import (
    Field,
    Fields,
    Kind,
    PlannedIntegration,
    Secrets,
    Settings,
    Stand,
    template,
)
from genesis_monitoring.receivers.message import Keys, Message
from genesis_monitoring.spec.base import Address, Model, Name, Text

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_TLS_PORT = 465
_WORD, _LABEL = r"[A-Za-z0-9_+'=-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
Mailbox = Annotated[
    str, Constraint(max_length=254, pattern=rf"^{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*$")
]
"""An address without a name beside it: ``on-call@example.com``."""


class EmailLogin(Model):
    """How to log in to the mail server; the password is read from a secret file."""

    username: Text
    password_secret: Name


class Email(Model):
    """Mail. ``smarthost`` takes it on, over TLS unless ``require_tls`` is false."""

    to: tuple[Mailbox, ...] = Constraint(min_length=1)
    from_: Annotated[Mailbox, Constraint(alias="from")]
    smarthost: Address
    auth: EmailLogin | None = None
    require_tls: bool = True

    @field_validator("require_tls")
    @classmethod
    def _keeps_the_password(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and info.data.get("auth") is not None:
            raise ValueError("a password is sent over TLS only: leave out require_tls, or auth")
        return value


class EmailKind(Kind[Email]):
    """A catcher tells receivers apart by whom a mail is to."""

    key, title, model = "email", "email", Email
    protocol = "smtp"
    addressed = (
        "smarthost",
        "hello",
        "require_tls",
        "force_implicit_tls",
        "tls_config",
        "auth_username",
        "auth_password",
        "auth_password_file",
        "auth_secret",
        "auth_secret_file",
        "auth_identity",
    )
    tells_the_end = False
    fields = Fields(titles=(Field(("headers", "Subject"), ("subject",)),), text=Field(("text",), ("text",)))

    def secrets(self, at: Keys, settings: Email) -> Secrets:
        return {(*at, "auth", "password_secret"): settings.auth.password_secret} if settings.auth else {}

    def plan(self, receiver: str, settings: Email, spec: "Spec") -> PlannedIntegration:
        host, _, port = settings.smarthost.rpartition(":")
        tls, to = int(port) == _TLS_PORT, ", ".join(settings.to)
        login, secrets = {}, {}
        if settings.auth:
            file = f"{SECRETS_MOUNT}/{settings.auth.password_secret}"
            login = {"auth_username": settings.auth.username, "auth_password_file": file}
            secrets = {file: "made-up"}
        node: Settings = {
            "to": to,
            "from": settings.from_,
            "smarthost": settings.smarthost,
            **login,
            "require_tls": settings.require_tls and not tls,
            "send_resolved": True,
            "headers": {"Subject": template("plain.title")},
            "html": "",
            "text": template("plain.text"),
        }
        stand = Stand(host.strip("[]"), int(port), tls, secrets)
        return PlannedIntegration(self, f"email {to}", node, to, stand)

    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        smarthost, _, path = url.partition("/")
        here = {"smarthost": smarthost, "hello": path, "require_tls": False}
        return {"from": "nobody@localhost", **settings, **here}

    def address(self, message: Message) -> str:
        return message.text_at("to")
