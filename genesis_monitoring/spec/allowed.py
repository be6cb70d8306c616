"""A spec model and a validation error's path in; the place in the file and what is allowed there out.

The path of an error goes through the models: it names union members and tags that no file contains. It
is followed through the models' schema and the file's values side by side.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel

from genesis_monitoring.defaults.forms import filled
from genesis_monitoring.spec.patterns import PROSE, WORDS, fits
from genesis_monitoring.spec.scalars import Value, show

Schema: TypeAlias = dict[str, Any]

_LISTED = 30
_COLLECTIONS = frozenset({"list", "tuple", "set", "frozenset"})
_MAPPINGS = frozenset({"dict", "model", "model-fields", "tagged-union", "typed-dict"})
_UNREADABLE = frozenset({"function-before", "function-plain", "function-wrap"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file an error's path leads.

    ``path`` holds only steps that the file has, ``value`` is what stands there (the key itself, with
    ``on_key``), and ``schemas`` are the alternatives that the models allow there.
    """

    path: tuple[str | int, ...]
    value: Value
    schemas: tuple[Schema, ...]
    on_key: bool = False


class Shape:
    """The schema of a model, to be followed along paths."""

    def __init__(self, model: type[BaseModel]) -> None:
        model.model_rebuild()
        self._definitions: dict[str, Schema] = {}
        self._root = self._define(dict(model.__pydantic_core_schema__))

    def follow(self, loc: Sequence[str | int], value: Value) -> Place:
        """The place that ``loc``, the path of a pydantic error, means in ``value``."""
        path: tuple[str | int, ...] = ()
        schemas: tuple[Schema, ...] = (self._root,)
        for index, step in enumerate(loc):
            leaves = tuple(self._leaves(schemas))
            if index + 2 == len(loc) and loc[-1] == "[key]" and any(s["type"] == "dict" for s in leaves):
                keys = tuple(s["keys_schema"] for s in leaves if "keys_schema" in s)
                return Place((*path, step), str(step), keys, on_key=True)
            tagged = [s["choices"][step] for s in leaves if _has_tag(s, step)]
            if tagged:
                schemas = tuple(tagged)
                continue
            schemas = self.members(leaves, step) or schemas
            child = _child(value, step)
            if child is not None:
                path, value = (*path, step), child[0]
        return Place(path, value, schemas)

    def members(self, schemas: Iterable[Schema], step: str | int) -> tuple[Schema, ...]:
        """What is allowed at a key or a position, one step further in."""
        found = (_member(schema, step) for schema in self._leaves(schemas))
        return tuple(one for one in found if one is not None)

    def keys(self, schemas: Iterable[Schema]) -> tuple[str, ...]:
        """The keys that a mapping may have, as they are written in a file."""
        found: dict[str, None] = {}
        for schema in self._leaves(schemas):
            if schema["type"] == "model-fields":
                found.update((_written(name, one), None) for name, one in schema["fields"].items())
            elif schema["type"] == "tagged-union" and isinstance(schema["discriminator"], str):
                found[schema["discriminator"]] = None
        return tuple(found)

    def needed(self, schemas: Iterable[Schema]) -> tuple[str, ...]:
        """The keys that a mapping must have, and no default gives."""
        found: dict[str, None] = {}
        for schema in self._leaves(schemas):
            if schema["type"] == "model-fields":
                by_default = filled(schema.get("model_name", ""))
                needed = (one for one in schema["fields"].items() if one[1]["schema"]["type"] != "default")
                found.update((_written(*one), None) for one in needed)
                found = {key: None for key in found if key not in by_default}
        return tuple(found)

    def keys_of_entries(self, schemas: Iterable[Schema]) -> frozenset[str]:
        """The keys of what a mapping of names holds, of any kind; none for a mapping with keys of its own."""
        held = [
            one["values_schema"]
            for one in self._leaves(schemas)
            if one["type"] == "dict" and "values_schema" in one
        ]
        found: set[str] = set()
        for schema in self._leaves(held):
            if schema["type"] == "tagged-union":
                found.update(self.keys(schema["choices"].values()))
            found.update(self.keys((schema,)))
        return frozenset(found)

    def choices(self, schemas: Iterable[Schema]) -> tuple[Value, ...]:
        """The only values allowed, where they can be listed; else nothing."""
        found: dict[Value, None] = {}
        for schema in self._leaves(schemas):
            if schema["type"] == "literal":
                found.update((value, None) for value in schema["expected"])
            elif schema["type"] == "enum":
                found.update((member.value, None) for member in schema["members"])
        return tuple(found)

    def tags(self, schemas: Iterable[Schema]) -> tuple[str, tuple[str, ...]]:
        """The key that says which kind a mapping is ("" if it is no single key), and the kinds."""
        for schema in self._leaves(schemas):
            if schema["type"] == "tagged-union":
                key = schema["discriminator"]
                return key if isinstance(key, str) else "", tuple(map(str, schema["choices"]))
        return "", ()

    def kinds_with(self, schemas: Iterable[Schema], keys: Iterable[str]) -> tuple[str, ...]:
        """The kinds of a mapping that have all of ``keys``; all kinds where none has."""
        given = set(keys)
        choices: Schema = next(
            (one["choices"] for one in self._leaves(schemas) if one["type"] == "tagged-union"), {}
        )
        fitting = [str(kind) for kind, one in choices.items() if given <= set(self.keys((one,)))]
        return tuple(fitting or map(str, choices))

    def describe(self, schemas: Iterable[Schema], *, brief: bool = False) -> str:
        """What is allowed, in the words of YAML; "" where the schema does not say.

        ``brief`` names the type only, without bounds, sizes and patterns.
        """
        words = dict.fromkeys(_words(schema, brief) for schema in self._leaves(schemas, readable=True))
        return "" if "" in words else " or ".join(words)

    def respell(self, schemas: Iterable[Schema], text: str) -> str:
        """``text`` in the spelling that a pattern asks for, such as snake_case; "" if there is none."""
        # Digits stay with their letters: p95, rate5m.
        words = re.findall(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+", text[:100])
        lower = [word.lower() for word in words]
        forms = ("_".join(lower), "-".join(lower), "".join(map(str.capitalize, lower)))
        patterns = [found for schema in self._leaves(schemas) if (found := _pattern(schema))]
        names = [pattern for pattern in patterns if pattern != PROSE]
        fit = (form for form in forms if form != text and any(fits(one, form) for one in names))
        return next(fit, "")

    def accepts(self, schemas: Iterable[Schema], value: Value) -> bool:
        """Whether one of them takes ``value``."""
        from pydantic_core import SchemaValidator

        definitions = list(self._definitions.values())
        for schema in schemas:
            own = schema["schema"] if schema["type"] == "model-field" else schema
            whole: Any = {"type": "definitions", "schema": own, "definitions": definitions}
            if SchemaValidator(whole).isinstance_python(value):
                return True
        return False

    def _define(self, schema: Schema) -> Schema:
        if schema["type"] != "definitions":
            return schema
        self._definitions.update((one["ref"], one) for one in schema["definitions"])
        return self._define(schema["schema"])

    def _leaves(self, schemas: Iterable[Schema], *, readable: bool = False) -> Iterator[Schema]:
        """The schemas behind wrappers and unions; ``readable``: as written, before any conversion."""
        for schema in schemas:
            kind = schema["type"]
            if kind == "definition-ref":
                yield from self._leaves((self._definitions[schema["schema_ref"]],), readable=readable)
            elif kind == "definitions":
                yield from self._leaves((self._define(schema),), readable=readable)
            elif readable and kind in _UNREADABLE:
                written = schema.get("json_schema_input_schema")
                yield from self._leaves((written,), readable=True) if written else (schema,)
            elif kind == "union":
                members = (one[0] if isinstance(one, tuple) else one for one in schema["choices"])
                yield from self._leaves(members, readable=readable)
            elif kind in ("lax-or-strict", "json-or-python"):
                inner = schema.get("strict_schema") or schema["python_schema"]
                yield from self._leaves((inner,), readable=readable)
            elif kind == "chain":
                yield from self._leaves(schema["steps"][:1], readable=readable)
            elif isinstance(schema.get("schema"), dict):
                yield from self._leaves((schema["schema"],), readable=readable)
            else:
                yield schema


def list_words(values: Sequence[Value]) -> str:
    """Choices for people: ``a, b, c``, cut where there are very many."""
    shown = [value if isinstance(value, str) and value.isidentifier() else show(value) for value in values]
    more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
    return ", ".join(shown[:_LISTED]) + more


def _written(name: str, field: Schema) -> str:
    alias = field.get("validation_alias")
    return alias if isinstance(alias, str) else name


def _has_tag(schema: Schema, step: str | int) -> bool:
    return schema["type"] == "tagged-union" and step in schema["choices"]


def _member(schema: Schema, step: str | int) -> Schema | None:
    """The schema of the member that ``step`` names, if the schema has one."""
    kind = schema["type"]
    if kind == "model-fields":
        for name, one in schema["fields"].items():
            if step in (_written(name, one), name):
                found: Schema = one
                return found
    if kind == "dict" and isinstance(step, str):
        return schema.get("values_schema")
    if kind in _COLLECTIONS and isinstance(step, int):
        items = schema.get("items_schema")
        if isinstance(items, list):
            last = schema.get("variadic_item_index", len(items) - 1)
            return items[min(step, last)] if items else None
        return items
    return None


def _child(value: Value, step: str | int) -> tuple[Value] | None:
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return (value[step],)
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        return (value[step],)
    return None


def _words(schema: Schema, brief: bool) -> str:
    kind = schema["type"]
    if kind == "str":
        return "text" if brief else _text_words(schema)
    if kind in ("int", "float"):
        return ("a whole number" if kind == "int" else "a number") + ("" if brief else _bounds(schema))
    if kind == "bool":
        return "true or false"
    if kind == "none":
        return "null"
    if kind in ("literal", "enum"):
        values = schema["expected"] if kind == "literal" else [one.value for one in schema["members"]]
        return ("one of " if len(values) > 1 else "") + list_words(values)
    if kind in _COLLECTIONS:
        return "a list" + ("" if brief else _sizes(schema, ("entry", "entries")))
    if kind in _MAPPINGS:
        return "a mapping" + ("" if brief else _sizes(schema, ("key", "keys")))
    return ""


def _pattern(schema: Schema) -> str:
    pattern = schema.get("pattern") or ""
    return pattern if isinstance(pattern, str) else str(pattern.pattern)


def _text_words(schema: Schema) -> str:
    words = "text"
    if schema.get("max_length"):
        words += f" of at most {schema['max_length']} characters"
    elif schema.get("min_length"):
        words += " that is not empty"
    pattern = _pattern(schema)
    if pattern in WORDS:
        described = WORDS[pattern]
        longest = f", of at most {schema['max_length']} characters" if schema.get("max_length") else ""
        return words + described.removeprefix("text") if pattern == PROSE else described + longest
    examples = schema.get("metadata", {}).get("pydantic_js_updates", {}).get("examples")
    if pattern:
        words += f" that matches {pattern}"
    return f"{words}, for example {list_words(examples)}" if examples else words


def _bounds(schema: Schema) -> str:
    if schema.get("ge") is not None and schema.get("le") is not None:
        return f" from {schema['ge']} to {schema['le']}"
    names = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}
    found = [f"{words} {schema[key]}" for key, words in names.items() if schema.get(key) is not None]
    return f" {' and '.join(found)}" if found else ""


def _sizes(schema: Schema, units: tuple[str, str]) -> str:
    low, high = schema.get("min_length"), schema.get("max_length")
    if schema["type"] == "tuple" and "variadic_item_index" not in schema:
        low = high = len(schema["items_schema"])
    unit = units[(high or low) != 1]
    if low and low == high:
        return f" of exactly {low} {unit}"
    parts = [f"{words} {size}" for words, size in (("at least", low), ("at most", high)) if size]
    return f" of {' and '.join(parts)} {unit}" if parts else ""
