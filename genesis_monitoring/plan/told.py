"""Who hears of an alert: a rule in; each team that may be told of it, with its receivers and times, out."""

from collections.abc import Iterable
from dataclasses import dataclass

from genesis_monitoring.conventions import TEAM_LABEL
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import Told, spell_series, teams_by_series, told_at, told_of


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whom a team has told. ``where`` says which series choose the team; empty for one that none has to."""

    told: tuple[Told, ...]
    where: str = ""

    @property
    def spelled(self) -> tuple[str, ...]:
        """Each receiver with its times: ``web-mail except nights``."""
        where = f" where {self.where}" if self.where else ""
        return tuple(f"{one.spelled}{where}" for one in self.told)


def hearings(spec: Spec, rule: AlertingRule) -> tuple[Hearing, ...]:
    """The rule's own team first; none in shadow."""
    if rule.shadow:
        return ()
    watchdog = spec.meta_alerts.watchdog
    if rule.alert == watchdog.name:
        return (Hearing((told_at(spec, watchdog.receiver),)),)
    return of_team(spec, dict(rule.labels)[TEAM_LABEL], rule.severity, rule.series_labels)


def of_team(spec: Spec, team: str, severity: str, series_labels: tuple[str, ...]) -> tuple[Hearing, ...]:
    """Those of an alert of ``team`` whose series have these labels."""
    chosen = teams_by_series(spec, series_labels)
    return (
        Hearing(told_of(spec, team, severity)),
        *(Hearing(told_of(spec, one, severity), spell_series(spec, one)) for one in chosen),
    )


def who_is_told(spec: Spec, rules: Iterable[AlertingRule]) -> tuple[str, ...]:
    """Every receiver of ``rules`` with its times, none twice."""
    return tuple(
        dict.fromkeys(one for rule in rules for hearing in hearings(spec, rule) for one in hearing.spelled)
    )
