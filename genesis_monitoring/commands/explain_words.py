"""What a word of a spec means: a kind of SLI, a receiver, a panel type, a product, a key."""

import inspect
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.commands.explain_keys import example_of, key_names, key_page, keys_of, model_named
from genesis_monitoring.defaults.kinds import kind_names, known
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.report.explained import Explanation, Kind
from genesis_monitoring.slis.registry import KINDS
from genesis_monitoring.spec.base import Model
from genesis_monitoring.spec.written_schema import NAME

if TYPE_CHECKING:
    from pydantic import BaseModel


def words() -> dict[Kind, tuple[str, ...]]:
    """Every word that has a page, by what it is."""
    return {
        "SLI kind": tuple(_kind_name(kind) for kind in KINDS),
        "receiver": tuple(kind.key for kind in RECEIVERS),
        "panel type": tuple(PANEL_TYPES),
        "product": kind_names(),
        "key": key_names(),
    }


def every_word() -> Iterator[str]:
    """All of ``words`` one after the other."""
    for of_a_kind in words().values():
        yield from of_a_kind


def word_pages(word: str) -> Iterator[Explanation]:
    """A page for each thing that ``word`` is; none if it is no word of a spec."""
    for kind in KINDS:
        if _kind_name(kind) == word:
            own = "".join(_own_models(kind, kind.__module__))
            keys = "\n".join(_keys(kind))
            yield _page(
                "SLI kind",
                word,
                f"SLI kind {word}",
                f"{_docs(kind)}\n\nKeys\n{keys}\n{own}{_example(('slis', NAME), kind=word)}",
            )
    for receiver in RECEIVERS:
        if receiver.key == word:
            model = receiver.model
            keys = "\n\nKeys\n" + "\n".join(_keys(model)) if hasattr(model, "model_fields") else ""
            about = _docs(sys.modules[type(receiver).__module__])
            yield _page(
                "receiver",
                word,
                f"receiver by {receiver.title} ({word})",
                f"{about}{keys}\n{_example(('receivers', NAME, word))}",
            )
    if word in PANEL_TYPES:
        panel = PANEL_TYPES[word]
        takes = ", ".join(panel.takes) or "nothing of its own"
        said = f"{_docs(type(panel))}\n\n  takes        {takes}"
        yield _page("panel type", word, f"panel type {word}", said)
    if word in kind_names():
        yield _page("product", word, f"product {word}", _product(word))
    if page := key_page(word):
        title, _, text = page.partition("\n\n")
        yield _page("key", word, title, text)


def _page(kind: Kind, word: str, heading: str, text: str) -> Explanation:
    return Explanation(kind, word, heading, f"{heading}\n\n{text}\n")


def _kind_name(kind: type) -> str:
    (name,) = kind.model_fields["kind"].annotation.__args__  # type: ignore[attr-defined]
    return str(name)


def _docs(of: object) -> str:
    return inspect.cleandoc(of.__doc__ or "").replace("``", "`")


def _own_models(model: "type[BaseModel]", module: str, above: str = "") -> Iterator[str]:
    """The keys of its keys, of models that no other kind has; one that stands twice is told once."""
    from pydantic import BaseModel

    told = set()
    for key, field in model.model_fields.items():
        below = field.annotation
        if not inspect.isclass(below) or not issubclass(below, BaseModel):
            continue
        if below.__module__ != module or below in told:
            continue
        if not issubclass(below, Model):
            continue
        told.add(below)
        path = f"{above}{key}"
        yield f"\nKeys of {path}: {_docs(below)}\n" + "\n".join(_keys(below)) + "\n"
        yield from _own_models(below, module, f"{path}.")


def _keys(model: "type[BaseModel]") -> Iterator[str]:
    yield from keys_of(model_named(model.__name__))


def _example(path: tuple[str, ...], **holds: str) -> str:
    return "\n".join(("", "Example", *(f"  {line}" for line in example_of(path, **holds))))


def _product(kind: str) -> str:
    about = known(kind)
    service = about["service"]
    lines = [
        f"{service['description']}. As `kind: {kind}` of a service or a target.",
        "",
    ]
    lines += [f"  {'image':<12} such as {about['image']}"]
    if "scrape" in service:
        lines += [f"  {'port':<12} {service['scrape']['port']}"]
    lines += ["", "Metrics, taken in where they are used"]
    lines += [
        f"  {name} ({one['type']}, {one['unit']}): {one['help']}" for name, one in about["metrics"].items()
    ]
    return "\n".join(lines)
