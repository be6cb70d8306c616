"""What a value should be, and what it was before anything was done about it."""

from typing import Literal

from genesis_monitoring.spec.base import Amount, Model, PositiveSeconds, Text


class Baseline(Model):
    """What the value was before. ``value`` is left out while it has not been measured.

    With ``first`` it is observed: the average over so long from the start of the rollout, and fixed then.
    """

    value: Amount | None = None
    first: PositiveSeconds | None = None
    note: Text


class Objective(Model):
    """What a good value is, and the levels at which people act; all in the SLI's unit.

    A value is good when ``value good target`` holds. The alert fires on the negation of that; with a
    level of its own (``alert``) it fires strictly beyond it. ``no_go`` is violated strictly beyond it.
    So exactly on a level of its own is still quiet, and no value is neither good nor alerted.
    """

    good: Literal["<", "<=", ">=", ">"]
    target: Amount
    alert: Amount | None = None
    no_go: Amount | None = None

    @property
    def levels(self) -> tuple[tuple[str, float], ...]:
        """The levels that it has by name, the best one first."""
        every = (("target", self.target), ("alert", self.alert), ("no_go", self.no_go))
        return tuple((name, value) for name, value in every if value is not None)
