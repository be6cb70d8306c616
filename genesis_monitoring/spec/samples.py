"""A place in a spec in, a value that may stand there out: as YAML on one line, made of the schema.

Names that a spec has are taken from it, so that a sample of a severity is one of its own.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genesis_monitoring.spec.patterns import PROSE, SEVERITY, fits
from genesis_monitoring.spec.scalars import Value, read_plain
from genesis_monitoring.spec.written_schema import Node, Steps, Written, written_schema

if TYPE_CHECKING:
    from pydantic import BaseModel


_WORDS = "what it is"
_TEXTS = (
    *("request_latency", "on-call", "LatencyHigh", "P1", "shop:8080", "https://shop.example.com"),
    *("on-call@example.com", "#alerts", "06:30", "512m", "1000:1000", "GM136", "shop.log"),
    *("shop_metrics", "results/smoke.xml", "/etc/app", "/etc/targets/*.yml"),
)
"""The first that fits a pattern is the sample of it."""
SECTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("sli", "slis", "objectives"), ("slis",)),
    **dict.fromkeys(("severity", "severities", "page", "ticket", "exhausted"), ("severities",)),
    **dict.fromkeys(("receiver", "receivers", "default_receiver", "fallback"), ("receivers",)),
    **dict.fromkeys(("component", "components"), ("components",)),
    **dict.fromkeys(("mute", "active"), ("time_intervals",)),
    **dict.fromkeys(("suite", "suites"), ("suites",)),
    **dict.fromkeys(("metric", "metrics", "numerator", "denominator", "counters"), ("metrics",)),
    **dict.fromkeys(("service", "alertmanager", "depends_on"), ("stack", "services")),
    "alerts": ("alerts",),
    "slack": ("slack", "channels"),
    "team": ("teams",),
    "profile": ("profiles",),
}
"""The section whose names may stand under a key, where a text or a list of texts does."""
_MILD_FIRST = ("severity", "ticket", "exhausted")
"""Of severities the least urgent is the sample, so that nobody is woken by one: P1 is the most urgent."""
_PLAIN = re.compile(r"[A-Za-z0-9_/][^\n]*")
_MARKS = re.compile(r":| #|[\[\]{},\"'\\]|\s$")


class Samples:
    """Of one model, as people may write it, with short forms and without what has a default."""

    def __init__(self, model: "type[BaseModel]", whole: Value) -> None:
        """``whole`` is the spec that names are taken from."""
        self._model = model
        self._whole = whole

    @property
    def written(self) -> Written:
        """The schema that they are made of."""
        return written_schema(self._model)

    def of(self, path: Steps, kind: str = "") -> Value:
        """A value for ``path``, of the JSON type ``kind`` where one of several is wanted."""
        return self._made(self.written.at(path, self._whole), _key(path), kind)

    def of_key(self, path: Steps) -> str:
        """A name for the last step of ``path``."""
        sample = self.of(path[:-1], "object")
        return next(iter(sample)) if isinstance(sample, dict) and sample else _WORDS

    def names(self, path: Steps) -> tuple[str, ...]:
        """The names of this spec that may stand at ``path``; none where it takes no names, or has none."""
        texts = any(
            one.get("type") == "string" for one in self.written.leaves(self.written.at(path, self._whole))
        )
        return self._known(_key(path)) if texts else ()

    def choices(self, path: Steps) -> tuple[Value, ...]:
        """All that may stand at ``path``, where that can be listed."""
        found: dict[Value, None] = {}
        for leaf in self.written.leaves(self.written.at(path, self._whole)):
            found.update(dict.fromkeys(leaf.get("enum", [leaf["const"]] if "const" in leaf else [])))
        return (*found, *self.names(path))

    def note(self, path: Steps) -> str:
        """What the schema says besides of the key at the end of ``path``."""
        said = str(self.written.at(path, self._whole).get("description", ""))
        return "" if "\n" in said else said

    def named(self, path: Steps) -> bool:
        """Whether a mapping of names stands at ``path``, and none with keys of its own."""
        return any(
            "properties" not in one
            for one in self.written.leaves(self.written.at(path, self._whole))
            if one.get("type") == "object"
        )

    def takes_anything(self, path: Steps) -> bool:
        """Whether any value may stand at ``path``."""
        return not {"type", "anyOf", "oneOf", "$ref", "enum", "const"} & set(
            self.written.at(path, self._whole)
        )

    def _known(self, key: str) -> tuple[str, ...]:
        section: Any = self._whole
        for step in SECTIONS.get(key, ("",)):
            section = section.get(step) if isinstance(section, dict) else None
        names = tuple(section) if isinstance(section, dict) else ()
        return tuple(sorted(names, reverse=True)) if key in _MILD_FIRST else names

    def _made(self, node: Node, key: str, kind: str = "") -> Value:
        found = [one for one in self.written.leaves(node) if one.get("type") != "null"]
        leaf = next((one for one in found if not kind or one.get("type") == kind), found[0] if found else {})
        names = self._known(key)
        if names and leaf.get("type") == "string":
            return names[0]
        if names and leaf.get("type") == "array" and leaf["items"].get("type") == "string":
            return (names[0],)
        if key.endswith("_secret") and leaf.get("type") == "string":
            return key.removesuffix("_secret")
        for given in (node, leaf):
            fitting = [one for one in given.get("examples", ()) if not kind or _type(one) == kind]
            if fitting:
                return self._given(fitting[0], node)
        for word in ("const", "default"):
            if leaf.get(word) not in (None, [], {}):
                return frozen(leaf[word])
        if "enum" in leaf:
            return frozen(leaf["enum"][0])
        if leaf.get("type") == "object":
            return self._mapping(leaf)
        return (self._made(leaf["items"], key),) if leaf.get("type") == "array" else _scalar(leaf)

    def _given(self, value: Any, node: Node) -> Value:
        """An example, its keys in the order of the model: a JSON Schema sorts them."""
        if isinstance(value, list):
            items: Node = next((one["items"] for one in self.written.leaves(node) if "items" in one), {})
            return tuple(self._given(one, items) for one in value)
        if not isinstance(value, dict):
            return frozen(value)
        known: Node = next(
            (one["properties"] for one in self.written.leaves(node) if "properties" in one), {}
        )
        return {
            key: self._given(value[key], known.get(key, {}))
            for key in dict.fromkeys((*known, *value))
            if key in value
        }

    def _mapping(self, leaf: Node) -> Value:
        if "properties" in leaf:
            return {key: self._made(leaf["properties"][key], key) for key in leaf.get("required", ())}
        made: dict[str, Value] = {}
        for pattern, node in leaf.get("patternProperties", {}).items():
            severities = self._known("severities") if pattern == SEVERITY else ()
            name = severities[0] if severities else str(_scalar({"pattern": pattern}))
            # Of a team's receivers by severity each is a receiver.
            made[name] = self._made(node, "receivers" if pattern == SEVERITY else "")
        if isinstance(leaf.get("additionalProperties"), dict):
            named = leaf.get("propertyNames", {})
            made[str(frozen(named.get("examples", [_scalar(named)])[0]))] = self._made(
                leaf["additionalProperties"], ""
            )
        return made


def _key(path: Steps) -> str:
    """The key that a place is under, also if that is one of several entries of a list."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _type(value: Any) -> str:
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    return "string" if isinstance(value, str) else ""


def _scalar(leaf: Node) -> Value:
    kind = leaf.get("type", "string")
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        least, above = leaf.get("minimum"), leaf.get("exclusiveMinimum")
        if least is not None and least > 0:
            return float(least) if kind == "number" else int(least)
        most, below = leaf.get("maximum", 1), leaf.get("exclusiveMaximum")
        if below is not None and below <= 1:
            return float(below) / 2
        return 1 if above is not None or most >= 1 else float(most)
    pattern = leaf.get("pattern", "")
    if not pattern or pattern == PROSE:
        return _WORDS
    return next((text for text in _TEXTS if fits(pattern, text)), _WORDS)


def frozen(value: Any) -> Value:
    """A value of JSON as a spec is read: its lists are tuples."""
    if isinstance(value, dict):
        return {key: frozen(one) for key, one in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def flow(value: Value) -> str:
    """As YAML on one line: ``{times: [{start_time: "22:00", end_time: "24:00"}]}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return (
        _text(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
    )


def _text(text: str) -> str:
    """Without quotes where it means the same without them to every reader of YAML."""
    if _PLAIN.fullmatch(text) and not _MARKS.search(text) and read_plain(text) == (text, None):
        return text
    import json

    return json.dumps(text, ensure_ascii=False)
