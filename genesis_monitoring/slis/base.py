"""What every SLI kind has."""

from typing import Literal

from genesis_monitoring.spec.base import Amount, LabelName, Model, Slug, Text, UnitName


class Baseline(Model):
    """What the value was before. ``value`` is left out while it has not been measured."""

    value: Amount | None = None
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


class SliKind(Model):
    """An SLI. Each kind is a class below this one."""

    title: Text
    unit: UnitName
    component: Slug
    by: tuple[LabelName, ...] = ()
    objective: Objective | None = None
    baseline: Baseline | None = None
