"""The questions of ``genesis-mon init`` on a terminal: each answer is read as a spec is, at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import typer

from genesis_monitoring.commands.init import ask_prometheus, fault_of, read_scrape
from genesis_monitoring.commands.rollout_inputs import ServerOptions
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.importers.first_spec import Answers, Found, products_offered, usual_address
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.paint import fold

NOTHING = "nothing"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """What options have answered; None is asked for. ``server`` is how a Prometheus is reached."""

    name: str | None
    addresses: tuple[str, ...] | None
    products: dict[str, str] | None
    told: str | None
    mail_server: str | None
    found: Found | None
    server: ServerOptions


def interview(given: Given, console: Console) -> Answers:
    """Ask for what is not given. Raises typer.Abort at ^C and at the end of input."""
    answers = Answers(found=given.found)
    _say(console, "A first spec. Return takes what is in brackets; ^C leaves nothing behind.")
    answers = _answered(
        "Name of the system", given.name, answers.name, lambda text: replace(answers, name=text), console
    )
    if given.found is None:
        _say(console, "Metrics that exist: the URL of a Prometheus, or a file with a scrape of the service.")
        answers = _ask(
            "Metrics", NOTHING, lambda text: _with_metrics(answers, text, given.server, console), console
        )
    if answers.found is None or answers.found.targets is None:
        answers = _answered(
            "Address of its metrics, HOST:PORT",
            None if given.addresses is None else ",".join(given.addresses),
            ",".join(answers.addresses),
            lambda text: replace(answers, addresses=_several(text)),
            console,
        )
    answers = _with_products(answers, given.products, console)
    _say(console, "Who is told: a URL (webhook), #channel of Slack, a mail address, or pagerduty.")
    answers = _answered(
        "Who is told", given.told, answers.told, lambda text: replace(answers, told=text), console
    )
    if answers.by_mail:
        answers = _answered(
            "Mail server, HOST:PORT",
            given.mail_server,
            answers.likely_mail_server,
            lambda text: replace(answers, mail_server=text),
            console,
        )
    return answers


def _answered(
    question: str, given: str | None, default: str, made: Callable[[str], Answers], console: Console
) -> Answers:
    def read(text: str) -> Answers:
        return _valid(made(text.strip()))

    return read(given) if given is not None else _ask(question, default, read, console)


def _ask(question: str, default: str, read: Callable[[str], T], console: Console) -> T:
    """Until there is an answer that can be taken. What is wrong with one is told below it."""
    while True:
        text = str(typer.prompt(question, default=default))
        try:
            return read(text)
        except (UsageError, CouldNotTellError) as error:
            hint = f"; {error.hint}" if error.hint else ""
            _say(console, escape(f"{error.message}{hint}"))


def _with_metrics(answers: Answers, text: str, server: ServerOptions, console: Console) -> Answers:
    text = text.strip()
    if text in ("", NOTHING):
        return answers
    if text.startswith(("http://", "https://")):
        found = ask_prometheus(replace(server, url=text), console)
    else:
        found = read_scrape(Path(text).expanduser(), answers.name)
    return _valid(replace(answers, found=found))


def _valid(answers: Answers) -> Answers:
    fault = fault_of(answers)
    if fault:
        raise UsageError(fault)
    return answers


def _with_products(answers: Answers, given: dict[str, str] | None, console: Console) -> Answers:
    if given is not None:
        return replace(answers, products=given)
    _say(console, f"Also there, with commas between: {', '.join(products_offered())}.")
    answers = _answered(
        "Also there",
        None,
        NOTHING,
        lambda text: replace(
            answers, products={kind: usual_address(kind) for kind in _several(text) if kind != NOTHING}
        ),
        console,
    )
    for kind, usual in answers.products.items():
        before = answers
        answers = _answered(
            f"Address of {kind}",
            None,
            usual,
            lambda text, kind=kind, before=before: replace(  # type: ignore[misc]
                before, products={**before.products, kind: text}
            ),
            console,
        )
    return answers


def _several(text: str) -> tuple[str, ...]:
    parts: Sequence[str] = [part.strip() for part in text.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))


def _say(console: Console, text: str) -> None:
    for line in fold(text, console.width):
        console.out(line)
