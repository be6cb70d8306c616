"""Who is told of an alert: its team, and the receivers of that team for a severity.

The references of the spec have been checked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.teams import Contacts


def effective_receiver(spec: Spec, name: str) -> str:
    """Who really gets what is sent to ``name``: the fallback, if all that it has is switched off."""
    seen: set[str] = set()
    while name in spec.receivers and name not in seen:
        seen.add(name)
        receiver = spec.receivers[name]
        if receiver.in_force(spec) or not receiver.integrations or receiver.fallback is None:
            break
        name = receiver.fallback
    return name


def team_of(spec: Spec, component: str, sli: str | None = None, alert: str = "") -> str:
    """Who looks after an alert: said by the alert, else its SLI, else its component, else the system."""
    own = spec.alerts[alert].team if alert in spec.alerts else None
    if own is None and sli is not None and sli in spec.slis:
        own = spec.slis[sli].team
    if own is None:
        own = next((name for name, team in spec.teams.items() if component in team.components), None)
    return spec.metadata.team if own is None else own


def team_by_series(spec: Spec, labels: Mapping[str, str]) -> str | None:
    """The first team whose ``series`` an alert with these labels is of."""
    return next(
        (
            name
            for name, team in spec.teams.items()
            if team.series and all(labels.get(label) in values for label, values in team.series.items())
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A receiver, and when it is told: not within ``mute``, and within one of ``active`` if there are any."""

    receiver: str
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()

    def hears(self, holds: Collection[str]) -> bool:
        """Whether it is told while the time intervals ``holds`` hold."""
        if any(name in holds for name in self.mute):
            return False
        return not self.active or any(name in holds for name in self.active)

    @property
    def spelled(self) -> str:
        """``mail except nights + weekends``."""
        return " ".join(part for part in (self.receiver, self.times) if part)

    @property
    def times(self) -> str:
        """``except nights + weekends``; empty for any time."""
        return " ".join(
            f"{word} {' + '.join(names)}"
            for word, names in (("except", self.mute), ("in", self.active))
            if names
        )


def told_of(spec: Spec, team: str, severity: str) -> tuple[Told, ...]:
    """Who gets the alerts of a team, and when; in order and none twice."""
    own, known = spec.teams.get(team), spec.severities[severity]
    mute = own.mute.get(severity, known.mute) if own else known.mute
    active = own.active.get(severity, known.active) if own else known.active
    return tuple(
        dict.fromkeys(told_at(spec, name, mute, active) for name in named_receivers(spec, team, severity))
    )


def told_at(spec: Spec, name: str, mute: tuple[str, ...] = (), active: tuple[str, ...] = ()) -> Told:
    """The receiver that stands for ``name``, with its times beside those of a severity."""
    one = spec.receivers[name]
    return Told(
        effective_receiver(spec, name), tuple(dict.fromkeys((*mute, *one.mute))), active or one.active
    )


def named_receivers(spec: Spec, team: str, severity: str) -> tuple[str, ...]:
    """Who gets the alerts of a team as the spec has it, whether or not another stands in."""
    own = spec.teams[team].receivers if team in spec.teams else {}
    return own.get(severity, spec.severities[severity].receivers)


def contacts_of(spec: Spec, team: str) -> Contacts:
    """Who is called of a team."""
    known = spec.teams.get(team)
    return spec.metadata.contacts if known is None or known.contacts is None else known.contacts


def teams_by_series(spec: Spec, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The teams that a value of ``labels`` may choose."""
    return tuple(name for name, team in spec.teams.items() if team.series and team.series.keys() <= {*labels})


def spell_series(spec: Spec, team: str) -> str:
    """Which series are a team's: ``tenant is acme or beta``."""
    named = spec.teams[team].series.items()
    return " and ".join(f"{label} is {' or '.join(values)}" for label, values in named)


def every_team(spec: Spec) -> tuple[str, ...]:
    """All values of the label ``team``."""
    return tuple(dict.fromkeys((spec.metadata.team, *spec.teams)))
