"""What is known of a product by its name: how its container is run, and the metrics that it exposes.

A product is one YAML file beside this module: ``image`` (a release to run where a spec names none),
``service`` and ``metrics``, both in the words of a spec.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def kind_names() -> tuple[str, ...]:
    """Every product, by the name that ``kind:`` has."""
    folder = files(__name__)
    return tuple(sorted(one.name[:-5] for one in folder.iterdir() if one.name.endswith(".yaml")))


@cache
def known(kind: str) -> Mapping[str, Any]:
    """All of a product. Raises KeyError if it is not known."""
    import yaml

    if kind not in kind_names():
        raise KeyError(kind)
    text = files(__name__).joinpath(f"{kind}.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded


def kind_of(service: Mapping[str, Any]) -> str:
    """The product that a service says it is; empty if it says none that is known."""
    kind = service.get("kind")
    return kind if isinstance(kind, str) and kind in kind_names() else ""
