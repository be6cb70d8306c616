"""An error budget as a spec says it: how much may be bad over a period, and how fast it may be spent.

Sources: Google's SRE workbook, "Alerting on SLOs" (windows, factors and shares of the default tiers), and
Sloth's specification (names of the SLO and its service).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import (
    LabelName,
    Model,
    Number,
    PositiveSeconds,
    SeverityName,
    Slug,
    Text,
    UtcTime,
)
from genesis_monitoring.units import format_number

SloName = Annotated[str, Field(max_length=120, pattern=patterns.SLO)]
"""A service or an SLO, as Sloth takes it."""
Weekday = Literal["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _in_percent(objective: float) -> float:
    if objective < 1:
        percent = format_number(float(Decimal(repr(objective)) * 100))
        raise ValueError(f"it is in percent, and nearly all might fail; write {percent}")
    return objective


class Tier(Model):
    """Alerts while the budget burns ``factor`` times as fast as it would last for its period.

    Measured over ``long`` and over ``short``: so it ends soon after the errors do. ``share`` is the factor in
    other words: the percentage of the budget that is spent within ``long`` at this pace.
    """

    long: PositiveSeconds
    short: PositiveSeconds
    factor: Annotated[Number, Field(gt=0, le=1_000_000)] | None = None
    share: Annotated[Number, Field(gt=0, le=100)] | None = None
    severity: SeverityName
    enabled: bool = True

    @model_validator(mode="after")
    def _one_pace(self) -> "Tier":
        if (self.factor is None) == (self.share is None):
            raise ValueError(
                "a tier has a factor or a share, and not both; "
                + ("add factor: 14.4" if self.factor is None else "keep one")
            )
        if self.short >= self.long:
            raise ValueError("the short window of a tier is shorter than the long one; write a twelfth of it")
        return self


class Maintenance(Model):
    """A time that does not count: once from ``start``, or at one time (UTC) ``every`` day or week."""

    reason: Text
    start: UtcTime | None = None
    every: Weekday | None = None
    at: Annotated[str, Field(pattern=patterns.TIME_OF_DAY)] | None = None
    lasts: PositiveSeconds

    @model_validator(mode="after")
    def _once_or_again(self) -> "Maintenance":
        if (self.start is None) == (self.every is None) or (self.every is None) != (self.at is None):
            raise ValueError("a maintenance window has a start, or both every and at; add the one that lacks")
        if self.every is not None and self.lasts >= self.cycle:
            raise ValueError(
                "a maintenance window that comes again is shorter than the time between two; "
                "write less for lasts"
            )
        return self

    @property
    def cycle(self) -> int:
        """Seconds from one to the next; 0 for one that does not come again."""
        return 0 if self.every is None else 86400 if self.every == "day" else 7 * 86400


class Budget(Model):
    """How much of the events, or of the time, may be bad over ``period``.

    ``objective`` is the percentage that is to be good. Events are what a ratio or a latency counts, with
    ``errors`` saying which part of a ratio is bad; of any other SLI they are minutes, good while its
    objective is met. ``page`` and ``ticket`` are the severities of the workbook's tiers, scaled to the
    period; ``tiers`` replaces them. With fewer than ``minimum_errors`` in its long window a tier is quiet.
    ``exhausted`` is the severity of an alert when nothing is left. What is in ``shadow`` is recorded and
    alerts nobody. ``service`` and ``slo`` are its names to Sloth's dashboards.
    """

    objective: Annotated[Number, Field(gt=0, lt=100), AfterValidator(_in_percent)]
    period: PositiveSeconds
    minimum_errors: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    errors: Literal["numerator", "rest"] | None = None
    page: SeverityName | None = None
    ticket: SeverityName | None = None
    tiers: dict[Slug, Tier] | None = Field(
        None, examples=[{"fast": {"long": "1h", "short": "5m", "factor": 14.4, "severity": "P1"}}]
    )
    exhausted: SeverityName | None = None
    shadow: bool = False
    service: SloName | None = None
    slo: SloName | None = None
    owner: Text | None = None
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    groups_at_most: Annotated[int, Field(ge=1, le=100_000)] = 1000
    exclude: tuple[Maintenance, ...] = Field(
        (), examples=[[{"reason": "the weekly backup", "every": "sunday", "at": "03:00", "lasts": "1h"}]]
    )

    @model_validator(mode="after")
    def _one_list_of_tiers(self) -> "Budget":
        if self.tiers is not None and (self.page is not None or self.ticket is not None):
            raise ValueError(
                "page and ticket are for the tiers of the workbook, and these are tiers of their own; "
                "leave out page and ticket, or tiers"
            )
        return self

    @property
    def allowed(self) -> Decimal:
        """The share that may be bad, above 0 and below 1."""
        return (100 - Decimal(repr(self.objective))) / 100
