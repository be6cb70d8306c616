"""The rollback in words: the steps of the spec, one line each, wherever they are restated."""

from collections.abc import Iterator

from genesis_monitoring.spec.rollout import Rollout


def rollback_lines(rollout: Rollout) -> tuple[str, ...]:
    """Each step with its command, and at last how to write down what is done. A page numbers them itself."""
    return tuple(_lines(rollout))


def _lines(rollout: Rollout) -> Iterator[str]:
    for step in rollout.rollback.steps:
        yield f"{step.text.rstrip('.')}: `{step.command}`" if step.command else step.text
    yield "Write down what is done: `genesis-mon rollout rollback N --by NAME --evidence TEXT`"
