"""A mail server on 127.0.0.1 that keeps what it is given: mail in, typed messages out. See ``catcher``."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.receivers.message import Message

if TYPE_CHECKING:
    from email.message import EmailMessage
    from ssl import SSLContext

    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@contextlib.contextmanager
def catch_mail(
    port: int, take: Callable[[Message], None], context: "SSLContext | None", *, tls: bool
) -> Iterator[str]:
    """Gives its address. With ``context`` a sender can go over to TLS; with ``tls`` all begins with it.

    Whoever logs in may. A message's path is what the sender calls itself; its data are ``from``, ``to``,
    ``subject``, ``text`` and ``html``, empty if it has none. Raises OSError if there is no port.
    """
    import asyncio
    import logging
    from threading import Thread

    from aiosmtpd.smtp import SMTP, AuthResult

    class Box:
        async def handle_DATA(self, _: "SMTP", session: "Session", envelope: "Envelope") -> str:
            take(_message(session.host_name or "", envelope))
            return "250 OK"

    def welcome(*_: object) -> "AuthResult":
        return AuthResult(success=True)

    # It tells of each sender that leaves early.
    logging.getLogger("mail.log").disabled = True
    loop = asyncio.new_event_loop()

    def answer() -> "SMTP":
        return SMTP(
            Box(),
            loop=loop,
            # Else it would ask for our own name, which may be a slow name server's to tell.
            hostname="localhost",
            tls_context=None if tls else context,
            authenticator=welcome,
            auth_require_tls=not tls,
            # Its prompts are not those that Alertmanager waits for.
            auth_exclude_mechanism=["LOGIN"],
        )

    server = loop.run_until_complete(loop.create_server(answer, LOOPBACK, port, ssl=context if tls else None))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end_all())
        loop.close()


async def _end_all() -> None:
    """Senders that are still there are left alone."""
    import asyncio

    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _message(sender: str, envelope: "Envelope") -> Message:
    from email import message_from_bytes, policy

    content = envelope.content or b""
    mail = message_from_bytes(
        content.encode() if isinstance(content, str) else content, policy=policy.default
    )
    data = {
        "from": envelope.mail_from or "",
        "to": ", ".join(envelope.rcpt_tos),
        "subject": str(mail["subject"] or ""),
        **{name: _part(mail, kind) for name, kind in (("text", "plain"), ("html", "html"))},
    }
    return Message(f"/{sender}", data)


def _part(mail: "EmailMessage", kind: str) -> str:
    body = mail.get_body((kind,))
    return body.get_content().replace("\r\n", "\n") if body is not None else ""
