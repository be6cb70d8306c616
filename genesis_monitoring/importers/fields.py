"""A mapping of a document, read key by key: what is not of the right type is an error at its line."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.durations import parse_duration
from genesis_monitoring.findings import Location
from genesis_monitoring.importers.documents import Document, Path_
from genesis_monitoring.importers.report import Report
from genesis_monitoring.spec.scalars import Value, show, type_words
from genesis_monitoring.words import suggest


@dataclass(frozen=True, slots=True)
class Fields:
    """The mapping at ``path``. A key that is left out, or has no value, is as if it were not there."""

    document: Document
    path: Path_
    values: dict[str, Value]
    report: Report

    @classmethod
    def of(cls, document: Document, report: Report) -> "Fields":
        """The document itself, where it is a mapping."""
        value = document.value
        return cls(document, (), value if isinstance(value, dict) else {}, report)

    def has(self, key: str) -> bool:
        """Whether there is a value."""
        return self.values.get(key) is not None

    def at(self, key: str = "") -> Location:
        """Where the value of ``key`` stands, or the mapping."""
        return self.document.at((*self.path, key) if key else self.path)

    def name(self, key: str = "") -> str:
        """How a person calls it: ``slos[0].sli.events``."""
        steps = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in (*self.path, key) if one != "")
        return "".join(steps).removeprefix(".")

    def error(self, key: str, message: str, hint: str) -> None:
        """The value of ``key`` cannot be taken over."""
        self.report.error(self.at(key), f"{self.name(key)}: {message}", hint)

    def text(self, key: str, *, needed: bool = False) -> str:
        """Text; empty if there is none."""
        value = self.values.get(key)
        if isinstance(value, str):
            if value.strip() or not needed:
                return value
            value = None
        if value is None:
            if needed:
                self.error(key, "is missing" if key not in self.values else "is empty", f"write {key}")
        else:
            self._wrong(key, value, "text")
        return ""

    def number(self, key: str) -> float | None:
        """A number; None if there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(key, value, "a number")
            return None
        return value

    def flag(self, key: str) -> bool:
        """True or false; false if there is none."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._wrong(key, value, "true or false")
        return False

    def seconds(self, key: str) -> int:
        """A duration above zero; 0 if it is none, which is told, or if there is none."""
        text = self.text(key)
        if not text:
            return 0
        try:
            seconds = parse_duration(text)
        except ValueError as error:
            self.error(key, f"{show(text)}: {error}", "write a duration that Prometheus reads")
            return 0
        if not seconds:
            self.error(key, "is zero", "write a longer one")
        return seconds

    def below(self, key: str) -> "Fields":
        """The mapping at ``key``; an empty one if there is none."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            self._wrong(key, value, "a mapping")
        return Fields(self.document, (*self.path, key), value if isinstance(value, dict) else {}, self.report)

    def each(self, key: str) -> Iterator["Fields"]:
        """The mappings of the list at ``key``."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, tuple):
            self._wrong(key, value, "a list")
            return
        for index, one in enumerate(value or ()):
            if isinstance(one, dict):
                yield Fields(self.document, (*self.path, key, index), one, self.report)
            else:
                place = self.document.at((*self.path, key, index))
                found = f"{self.name(key)}[{index}]: is {type_words(one)}, and a mapping is needed"
                self.report.error(place, found, "correct it")

    def texts(self, key: str) -> dict[str, str]:
        """A mapping of names to text; whole numbers, true and false are taken as they are written."""
        found = {}
        for name, value in self.below(key).values.items():
            if isinstance(value, str):
                found[name] = value
            elif isinstance(value, bool | int):
                found[name] = str(value).lower()
            else:
                place = self.document.at((*self.path, key, name))
                message = f"{self.name(key)}.{name}: is {type_words(value)}, and text is needed"
                self.report.error(place, message, "put it in quotes")
        return found

    def unknown(self, *known: str) -> None:
        """Says of every other key that it is not kept."""
        for key in self.values:
            if key not in known:
                place = self.document.at_key((*self.path, key))
                message = f"{self.name(key)}: is not known, and not kept{suggest(key, known)}"
                self.report.warning(place, message, "correct the key, or remove it")

    def _wrong(self, key: str, value: Value, wanted: str) -> None:
        self.error(key, f"is {type_words(value)}, and {wanted} is needed", "correct it")
