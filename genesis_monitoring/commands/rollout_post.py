"""``--post``: tell a channel of a checkpoint or of the verdict, once, and write down that it was told."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from genesis_monitoring.clients.slack_webhook import post_message, read_webhook
from genesis_monitoring.commands.rollout_inputs import RolloutProject, SpecFile
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.post import Payload
from genesis_monitoring.rollout.ledger import Entry, Ledger, append_entry, read_ledger
from genesis_monitoring.rollout.window import format_iso

POST = "post"
"""The kind of its entry in the ledger."""
_SAME = ("what", "index", "channel")
"""What entries about the same thing have in common: a verdict that was left and is back has to be told."""

Mode = Literal["no", "once", "again", "dry"]
What = Literal["checkpoints", "verdict"]


@dataclass(frozen=True, slots=True)
class Posting:
    """Whether and how it is posted; ``timeout`` is in seconds, for each attempt."""

    mode: Mode
    timeout: float

    @staticmethod
    def of(post: bool, again: bool, dry_run: bool, timeout: float) -> "Posting":
        """As the options say. Raises UsageError for two that contradict each other."""
        if again and dry_run:
            raise UsageError("--post-again sends and --dry-run does not", "leave one out")
        mode: Mode = "dry" if dry_run else "again" if again else "once" if post else "no"
        return Posting(mode, timeout)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as Slack knows it, and the file with the webhook's address."""

    channel: str
    secret: Path


def place_for(project: RolloutProject, spec: SpecFile, what: What) -> Place:
    """Where the spec has ``what`` posted. Raises UsageError if it has it posted nowhere."""
    config = project.plan.spec
    posts = config.rollout.posts if config.rollout else None
    name = getattr(posts, what) if posts else None
    if name is None:
        raise UsageError(
            f"the spec names no channel for {what}", f"name one of slack.channels as rollout.posts.{what}"
        )
    if not config.slack.enabled:
        raise UsageError("Slack is switched off in the spec", "leave --post out, or set slack.enabled: true")
    secret = config.stack.secrets[config.slack.api_url_secret]
    return Place(config.slack.channels[name].name, spec.path.parent / secret.file)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is posted: it is in ``ledger`` as ``key``, of the rollout that began at ``rollout``."""

    words: str
    key: Mapping[str, Any]
    ledger: Path
    rollout: str


def post(
    posting: Posting, place: Place, subject: Subject, make: Callable[[str], Payload], console: Console
) -> None:
    """Post it unless the ledger says that it was. What goes wrong is told, and changes no exit code."""
    payload = make(place.channel)
    if posting.mode == "dry":
        console.data(json.dumps(payload, indent=2) + "\n")
        return
    try:
        known = _known(read_ledger(subject.ledger), subject, place)
        if known is not None and posting.mode != "again":
            told = f"{subject.words} was posted to {place.channel} at {known.time}"
            console.err(f"post: {told}, line {known.line} of the ledger; --post-again repeats it")
            return
        post_message(read_webhook(place.secret), payload, posting.timeout)
    except CouldNotTellError as error:
        console.err(f"post: NOT POSTED to {place.channel}: {error.message}")
        if error.hint:
            console.err(f"  mend: {error.hint}")
        console.err("  the exit code is that of what was to be posted; --post tries it again")
        return
    data = {**subject.key, "channel": place.channel}
    try:
        entry = append_entry(subject.ledger, POST, subject.rollout, format_iso(time.time()), data)
    except CouldNotTellError as error:
        console.err(f"post: posted to {place.channel}, and the ledger cannot say so: {error.message}")
        return
    console.err(f"post: {subject.words} is posted to {place.channel}; line {entry.line} of the ledger")
    # What was printed before is no longer its end, and it is what --ledger-digest asks for.
    console.err(f"  the ledger ends with {entry.digest}")


def _known(ledger: Ledger, subject: Subject, place: Place) -> Entry | None:
    """The entry that says that it was posted, and that nothing else was told of the same thing since."""
    wanted = {**subject.key, "channel": place.channel}
    told = [
        one
        for one in ledger.of(subject.rollout, POST)
        if all(one.data.get(name) == wanted.get(name) for name in _SAME)
    ]
    return told[-1] if told and told[-1].data == wanted else None
