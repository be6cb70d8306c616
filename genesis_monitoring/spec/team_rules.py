"""Whether what belongs to which team makes sense."""

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter


def check_team_references(spec: Spec, reporter: Reporter) -> None:
    """What teams name, and who names them."""
    grouped = {label for sli in spec.slis.values() for label in sli.by}
    seen: dict[object, Path] = {}
    for name, team in spec.teams.items():
        at: Path = ("teams", name)
        reporter.references((*at, "components"), "component", team.components, spec.components)
        for index, component in enumerate(team.components):
            if component in spec.components and ("teams", name, "components", index) not in reporter.dangling:
                reporter.unique((*at, "components", index), "component of a team", component, seen)
        for label in team.series:
            if not reporter.partial:
                reporter.reference(
                    (*at, "series", label), "label that an SLI is grouped by:", label, grouped, at_key=True
                )
        for severity, receivers in team.receivers.items():
            reporter.reference(
                (*at, "receivers", severity),
                "severity",
                severity,
                spec.severities,
                usable=[one for one in spec.severities if one not in team.receivers],
                at_key=True,
            )
            reporter.references((*at, "receivers", severity), "receiver", receivers, spec.receivers)
    for section, owned in (("slis", spec.slis), ("alerts", spec.alerts)):
        for name, one in owned.items():
            if one.team is not None:
                reporter.reference((section, name, "team"), "team", one.team, spec.teams)


def check_teams(spec: Spec, reporter: Reporter) -> None:
    """Teams that nothing belongs to, and series that belong to two."""
    taken: dict[tuple[str, str], Path] = {}
    owned = {sli.team for sli in spec.slis.values()} | {alert.team for alert in spec.alerts.values()}
    owned.add(spec.metadata.team)
    for name, team in spec.teams.items():
        at: Path = ("teams", name)
        if not team.components and not team.series and name not in owned and not reporter.incomplete:
            reporter.contradiction(
                at,
                f"nothing belongs to team {name}, so nobody of it is ever told",
                "give it components or series, name it in team of an SLI or alert, or remove it",
            )
        for severity, receivers in team.receivers.items():
            if not receivers:
                reporter.contradiction(
                    (*at, "receivers", severity),
                    f"{severity} alerts of team {name} are sent to nobody",
                    f"name a receiver, or leave {severity} out: then those of the severity are told",
                )
        if len(team.series) != 1:
            continue
        ((label, values),) = team.series.items()
        for index, value in enumerate(values):
            place: Path = (*at, "series", label, index)
            first = taken.setdefault((label, value), place)
            if first is not place:
                reporter.contradiction(
                    place,
                    f"series with {label} {value} belong to team {first[1]} already, which comes first",
                    "leave it out of one of the two",
                    first,
                )
