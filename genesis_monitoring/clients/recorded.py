"""Answers kept: what a server said, written down while it says it, and told again without it.

A ``Record`` holds every answer as it came, so what was judged once can be judged again, to the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.clients.http import Answer, Transport
from genesis_monitoring.clients.http_errors import RefusedError, ServerError, refusal
from genesis_monitoring.times import LATEST


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer; one without a document is a refusal."""

    path: str
    parameters: tuple[tuple[str, str], ...]
    answer: Answer


class Recorder:
    """A transport that remembers what passes through it."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        """See Transport."""
        return self._inner.url

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked and answered so far."""
        return tuple(self._exchanges)

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """See Transport."""
        try:
            answer = self._inner.get(path, parameters)
        except RefusedError as error:
            self._exchanges.append(Exchange(path, _key(parameters), Answer(None, error.status, 0.0)))
            raise
        self._exchanges.append(Exchange(path, _key(parameters), answer))
        return answer

    def close(self) -> None:
        """See Transport."""
        self._inner.close()


class Replay:
    """A transport that answers from ``exchanges`` as the server at ``url`` did."""

    def __init__(self, url: str, exchanges: tuple[Exchange, ...]) -> None:
        self._url = url
        self._answers: dict[tuple[str, tuple[tuple[str, str], ...]], list[Answer]] = {}
        for one in reversed(exchanges):
            self._answers.setdefault((one.path, one.parameters), []).append(one.answer)

    @property
    def url(self) -> str:
        """See Transport."""
        return self._url

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """See Transport."""
        answers = self._answers.get((path, _key(parameters)))
        if not answers:
            what = parameters.get("query", path)
            raise ServerError(
                f"the record has no answer to {what[:200]}",
                "replay it with the spec and the options that it was recorded with",
            )
        # What was asked twice was answered twice, perhaps not the same.
        answer = answers.pop()
        if answer.document is None:
            raise refusal(self._url, answer.status, "")
        return answer

    def close(self) -> None:
        """See Transport."""


def write_exchanges(exchanges: tuple[Exchange, ...]) -> list[dict[str, Any]]:
    """As JSON data."""
    return [
        {
            "path": one.path,
            "parameters": dict(one.parameters),
            "status": one.answer.status,
            "seconds": one.answer.seconds,
            "document": one.answer.document,
        }
        for one in exchanges
    ]


def read_exchanges(data: Any) -> tuple[Exchange, ...]:
    """Raises KeyError, TypeError, ValueError, AttributeError or OverflowError for what is no such data."""
    return tuple(
        Exchange(
            str(one["path"]),
            _key(one["parameters"]),
            Answer(one["document"], int(one["status"]), _seconds(one["seconds"])),
        )
        for one in data
    )


def _key(parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if not all(isinstance(text, str) for pair in parameters.items() for text in pair):
        raise ValueError("a parameter of a question is no text")
    return tuple(sorted(parameters.items()))


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not 0 <= seconds < LATEST:
        raise ValueError("an answer took no time that there is")
    return seconds
