"""Reads a user's Alertmanager, 0.25 and later: what fires, and what is silenced. It changes nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from genesis_monitoring.clients.http import Transport
from genesis_monitoring.clients.http_errors import ServerError, refusal
from genesis_monitoring.clients.prometheus_answers import FAULTS, read_labels, read_time
from genesis_monitoring.clients.samples import Cost, ManagedAlert, Silence

_T = TypeVar("_T")


class HttpAlertmanager:
    """See AlertmanagerReader. ``transport`` is not closed here."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._queries = 0
        self._seconds = 0.0

    @property
    def url(self) -> str:
        """See AlertmanagerReader."""
        return self._transport.url

    @property
    def cost(self) -> Cost:
        """See AlertmanagerReader."""
        return Cost(self._queries, self._seconds)

    def alerts(self) -> tuple[ManagedAlert, ...]:
        """See AlertmanagerReader."""
        return tuple(self._read(_alert, item) for item in self._list("/api/v2/alerts"))

    def silences(self) -> tuple[Silence, ...]:
        """See AlertmanagerReader."""
        found = (self._read(_silence, item) for item in self._list("/api/v2/silences"))
        return tuple(silence for silence in found if silence is not None)

    def _list(self, path: str) -> list[Any]:
        self._queries += 1
        answer = self._transport.get(path, {})
        self._seconds += answer.seconds
        if answer.status // 100 != 2:
            raise refusal(self.url, answer.status, str(answer.document))
        if not isinstance(answer.document, list) or not all(isinstance(one, dict) for one in answer.document):
            raise ServerError(
                f"{self.url}{path} does not answer as Alertmanager does",
                "correct the address; behind a proxy it needs the path prefix too",
            )
        return answer.document

    def _read(self, read: Callable[[Mapping[str, Any]], _T], item: Mapping[str, Any]) -> _T:
        try:
            return read(item)
        except FAULTS as error:
            raise ServerError(
                f"{self.url} answered in a form that is not Alertmanager's: {str(error)[:200]}",
                "Alertmanager 0.25 and later is supported",
            ) from error


def _alert(item: Mapping[str, Any]) -> ManagedAlert:
    status = item["status"]
    return ManagedAlert(
        read_labels(item["labels"]),
        str(status["state"]),
        read_time(str(item["startsAt"])),
        tuple(str(silence) for silence in status.get("silencedBy") or ()),
    )


def _silence(item: Mapping[str, Any]) -> Silence | None:
    """None for one that is not active."""
    if item["status"]["state"] != "active":
        return None
    signs = {(True, False): "=", (True, True): "=~", (False, False): "!=", (False, True): "!~"}
    return Silence(
        str(item["id"]),
        tuple(
            f'{m["name"]}{signs[bool(m.get("isEqual", True)), bool(m["isRegex"])]}"{m["value"]}"'
            for m in item["matchers"]
        ),
        str(item.get("createdBy", "")),
        str(item.get("comment", "")),
        read_time(str(item["endsAt"])),
    )
