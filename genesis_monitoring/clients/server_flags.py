"""The arguments of a server for a run on this machine: those that a container is given in, those kept out."""

from collections.abc import Collection, Sequence


def kept_flags(command: Sequence[str], replaced: Collection[str]) -> tuple[str, ...]:
    """``command`` without the flags in ``replaced``: ``--name=value``, or ``--name`` and its value."""
    kept: list[str] = []
    value_of_replaced = False
    for word in command:
        name, equals, _ = word.partition("=")
        if name in replaced:
            value_of_replaced = not equals
        elif not (value_of_replaced and not word.startswith("-")):
            kept.append(word)
            value_of_replaced = False
    return tuple(kept)
