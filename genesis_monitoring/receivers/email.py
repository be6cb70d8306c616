"""Mail by an SMTP server, as plain text with HTML beside it. A subject is one line, whatever a label holds.

The HTML is made by Go's ``html/template``, which escapes all that a label brings by where it stands.

Over TLS unless the spec says otherwise. On port 465 all is TLS from the first byte on, and Alertmanager must
not be told to ask for it again. Source: Alertmanager, "email_config"; RFC 8314.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field as Constraint, ValidationInfo, field_validator, model_validator

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
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import Address, Model, Name, Text

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_TLS_PORT = 465
Mailbox = Annotated[str, Constraint(max_length=254, pattern=patterns.MAILBOX)]
"""An address without a name beside it: ``on-call@example.com``."""


class EmailLogin(Model):
    """How to log in to the mail server; the password is read from a secret file."""

    username: Text
    password_secret: Name


def _keeps_the_password(value: bool | None, info: ValidationInfo) -> bool | None:
    if value is False and info.data.get("auth") is not None:
        raise ValueError("a password is sent over TLS only; leave out require_tls, or auth")
    return value


class MailServer(Model):
    """Who mail is from and which server takes it on, said once for all receivers.

    Over TLS unless ``require_tls`` is false.
    """

    smarthost: Address
    from_: Annotated[Mailbox, Constraint(alias="from")]
    auth: EmailLogin | None = None
    require_tls: bool = True

    _check_tls = field_validator("require_tls")(_keeps_the_password)


class Email(Model):
    """Mail. What is left out is that of the spec's own ``email``.

    A ``smarthost`` of its own is another server: then ``auth`` and ``require_tls`` are its own, too, so that
    no password reaches a server that it is not for.
    """

    to: tuple[Mailbox, ...] = Constraint(min_length=1)
    from_: Annotated[Mailbox | None, Constraint(alias="from")] = None
    smarthost: Address | None = None
    auth: EmailLogin | None = None
    require_tls: bool | None = None

    _check_tls = field_validator("require_tls")(_keeps_the_password)

    @model_validator(mode="after")
    def _of_its_own_server(self) -> "Email":
        if self.smarthost is None and (self.auth is not None or self.require_tls is not None):
            raise ValueError(
                'auth and require_tls are about a smarthost; add smarthost: "smtp.example.com:587"'
            )
        return self

    def server(self, common: MailServer | None) -> MailServer | None:
        """The server that takes it on, with who it is from; None if nothing says so."""
        sender = self.from_ or (common.from_ if common else None)
        if sender is None or (self.smarthost is None and common is None):
            return None
        if self.smarthost is None and common is not None:
            return common.model_copy(update={"from_": sender})
        return MailServer.model_validate(
            {
                "smarthost": self.smarthost,
                "from": sender,
                "auth": self.auth,
                "require_tls": self.require_tls is not False,
            }
        )


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
    fields = Fields(
        titles=(Field(("headers", "Subject"), ("subject",)),),
        text=Field(("text",), ("text",)),
        html=Field(("html",), ("html",)),
    )

    def shared_secrets(self, spec: "Spec") -> Secrets:
        server = spec.email
        return (
            {("email", "auth", "password_secret"): server.auth.password_secret}
            if server and server.auth
            else {}
        )

    def lacking(self, settings: Email, spec: "Spec") -> tuple[str, ...]:
        own = {"smarthost": settings.smarthost, "from": settings.from_}
        return () if spec.email else tuple(key for key, value in own.items() if value is None)

    def secrets(self, at: Keys, settings: Email) -> Secrets:
        return {(*at, "auth", "password_secret"): settings.auth.password_secret} if settings.auth else {}

    def plan(self, receiver: str, settings: Email, spec: "Spec") -> PlannedIntegration:
        server = settings.server(spec.email)
        if server is None:
            raise AssertionError(f"the reference checks let {receiver} pass without a mail server")
        host, _, port = server.smarthost.rpartition(":")
        tls, to = int(port) == _TLS_PORT, ", ".join(settings.to)
        login, secrets = {}, {}
        if server.auth:
            file = f"{SECRETS_MOUNT}/{server.auth.password_secret}"
            login = {"auth_username": server.auth.username, "auth_password_file": file}
            secrets = {file: "made-up"}
        node: Settings = {
            "to": to,
            "from": server.from_,
            "smarthost": server.smarthost,
            **login,
            "require_tls": server.require_tls and not tls,
            "send_resolved": True,
            "headers": {"Subject": template("plain.title")},
            "html": template("html"),
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
