"""Whether somebody is told at every time that matters, and whether time intervals are used as they can be."""

from collections.abc import Iterator

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.nights import patterns, spell_moment
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.told import named_receivers, told_of


def check_night_references(spec: Spec, reporter: Reporter) -> None:
    """Time intervals that are named and not there."""
    for path, names in _uses(spec):
        reporter.references(path, "time interval", names, spec.time_intervals)
    for name, team in spec.teams.items():
        for key, own in (("mute", team.mute), ("active", team.active)):
            for severity in own:
                reporter.reference(
                    ("teams", name, key, severity), "severity", severity, spec.severities, at_key=True
                )


def check_nights(spec: Spec, reporter: Reporter) -> None:
    """An alert that nobody ever gets, and one of the most urgent severity that somebody must always get."""
    if not spec.time_intervals or reporter.incomplete:
        return
    used = {name for _, names in _uses(spec) for name in names}
    for name in spec.time_intervals:
        if name not in used:
            reporter.contradiction(
                ("time_intervals", name),
                f"nothing is muted or active within {name}",
                "name it in mute or active of a severity, a team or a receiver, or remove it",
            )
    for name, own in spec.time_intervals.items():
        if not any(patterns({name: own})):
            reporter.contradiction(
                ("time_intervals", name),
                f"no moment ever lies within {name}",
                "correct its days, months or years: all that a part says must hold at once",
            )
    default = spec.routing.default_receiver
    for key in ("mute", "active"):
        if getattr(spec.receivers[default], key):
            reporter.contradiction(
                ("receivers", default, key),
                f"{default} gets what no route takes, and Alertmanager cannot mute that",
                f"let another receiver be routing.default_receiver, or remove {key}",
                ("routing", "default_receiver"),
            )
    both = tuple(_active_twice(spec))
    for at, other, receiver in both:
        reporter.contradiction(
            at,
            f"both this and receivers.{receiver} say when it is active, and Alertmanager would take either",
            "say it at one of the two",
            other,
        )
    if not both:
        _heard(spec, reporter)


def _heard(spec: Spec, reporter: Reporter) -> None:
    most, seen = min(spec.severities), set[Path]()
    zone = next(one.location for own in spec.time_intervals.values() for one in own)
    for team in ("", *spec.teams):
        for severity in spec.severities:
            told = told_of(spec, team, severity)
            silent = [
                (holds, moment)
                for holds, moment in patterns(spec.time_intervals).items()
                if not any(one.hears(holds) for one in told)
            ]
            at = _place(spec, team, severity)
            if not silent or at in seen:
                continue
            whose = f"{severity} alerts{f' of team {team}' if team else ''}"
            if len(silent) == len(patterns(spec.time_intervals)):
                seen.add(at)
                reporter.contradiction(
                    at,
                    f"nobody is ever told of {whose}: at no time is one of "
                    f"{', '.join(named_receivers(spec, team, severity))} told",
                    "mute less, or send to a receiver that is told then",
                )
            elif severity == most:
                seen.add(at)
                reporter.contradiction(
                    at,
                    f"nobody is told of {whose}, the most urgent, on {spell_moment(silent[0][1], zone)}",
                    "let one receiver be told at all times, or several that follow each other without a gap",
                )


def _place(spec: Spec, team: str, severity: str) -> Path:
    """What keeps an alert quiet, or the receivers that are to blame together."""
    own = spec.teams.get(team)
    for key in ("mute", "active"):
        if own and severity in getattr(own, key):
            return ("teams", team, key, severity)
        if getattr(spec.severities[severity], key):
            return ("severities", severity, key)
    if own and severity in own.receivers:
        return ("teams", team, "receivers", severity)
    return ("severities", severity, "receivers")


def _active_twice(spec: Spec) -> Iterator[tuple[Path, Path, str]]:
    """Where it is said, the receiver's own, and its name."""
    for name, severity in spec.severities.items():
        for receiver in severity.receivers if severity.active else ():
            if spec.receivers[receiver].active:
                yield ("severities", name, "active"), ("receivers", receiver, "active"), receiver
    for team, one in spec.teams.items():
        for name, active in one.active.items():
            for receiver in named_receivers(spec, team, name) if active else ():
                if spec.receivers[receiver].active:
                    yield ("teams", team, "active", name), ("receivers", receiver, "active"), receiver


def _uses(spec: Spec) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for section, owned in (("severities", spec.severities), ("receivers", spec.receivers)):
        for name, one in owned.items():
            yield (section, name, "mute"), one.mute
            yield (section, name, "active"), one.active
    for name, team in spec.teams.items():
        for key, own in (("mute", team.mute), ("active", team.active)):
            for severity, names in own.items():
                yield ("teams", name, key, severity), names
