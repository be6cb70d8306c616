"""Proves alert delivery: a plan and its tree in, what a real Alertmanager made of every alert out.

First all alerts fire at once while everything is silenced: receivers, groups and inhibition as Alertmanager
tells them. Then wave by wave, without a silence: what arrives is read. Each wave ends with a restart: the
new process knows from its log what was sent, so the ends of alerts are told at once instead of after a
``group_interval``. Alerts are posted as if they had begun long ago, so no ``group_wait`` is waited for
either. No setting is shortened for that.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import AlertmanagerSession
from genesis_monitoring.clients.moved_zones import move_zones
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.server import scratch_folder
from genesis_monitoring.clients.tools import ALERTMANAGER, find_tool
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.plan.alertmanager import zones_of
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.hours import holding
from genesis_monitoring.spec.nights import spell_moment
from genesis_monitoring.stack.drill_cases import Scene, Subject, loudest, scenes, silencers, subjects, waves
from genesis_monitoring.stack.drill_judging import Seen, arrived, judge
from genesis_monitoring.stack.drill_messages import is_about
from genesis_monitoring.stack.drill_report import VERSION, DrillReport, InhibitionDrill, Labels
from genesis_monitoring.stack.drill_room import Room, open_room

_PATIENCE_SECONDS = 30.0
_QUIET_SECONDS = 0.5
_SIDE_BY_SIDE = 3
_TIMEOUT_SECONDS = 120.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Started:
    """An Alertmanager with the arguments that it runs with in the stack; ``clock`` is what moves its time."""

    server: Alertmanager
    command: tuple[str, ...]
    clock: Mapping[str, str] = field(default_factory=dict)

    def ask(self, tree: Path) -> AbstractContextManager[AlertmanagerSession]:
        """With everything silenced."""
        return self.server.ask(tree, ALERTMANAGER_CONFIG, self.command)

    def keep(self, room: Room, storage: Path) -> AbstractContextManager[AlertmanagerSession]:
        """With what it knows in ``storage``, and sending."""
        folder, config = (room.tree / ALERTMANAGER_CONFIG).parent, Path(ALERTMANAGER_CONFIG).name
        return self.server.keep(folder, config, storage, {**room.environment, **self.clock}, self.command)


def run_drill(plan: Plan, tree: Path, only: str, tell: Tell, at: datetime | None = None) -> DrillReport:
    """``only`` is the name of one alert, or empty for all. The process may be sealed afterwards.

    It is as if at the moment ``at``; without one, when most is told.

    Raises ToolMissing, ToolCrashed or ToolTimedOut if Alertmanager gives no answer.
    """
    server = _Started(Alertmanager(timeout=_TIMEOUT_SECONDS), _command(plan))
    version = find_tool(ALERTMANAGER).version
    cases = alert_cases(plan)
    holds, moment = loudest(plan, cases) if at is None else (holding(plan.spec.time_intervals, at), at)
    every = subjects(plan, cases, holds)
    wanted = tuple(one for one in every if only in ("", one.case.name))
    config = tree / ALERTMANAGER_CONFIG
    with scratch_folder() as scratch, open_room(plan, tree, scratch) as room:
        tell(_way(room))
        clock: dict[str, str] = {}
        if moment is not None:
            zones = zones_of(plan.alertmanager)
            clock = move_zones(scratch / "zones", zones, moment, datetime.now(UTC))
            most = ", when most is told" if at is None else ""
            tell(f"its clock says that it is {spell_moment(moment, zones[0])}{most}")
        server = replace(server, clock=clock)
        tell(f"{len(every)} alerts at once: who gets them, in which groups, and what falls silent")
        seen = _all_at_once(server, tree, every, silencers(plan, every))
        planned = waves(plan, wanted)
        done: list[int] = []

        def play(number: int) -> None:
            _play(server, room, scratch / f"wave-{number}", planned[number])
            done.append(number)
            tell(f"wave {len(done)} of {len(planned)}: {len(planned[number])} alerts sent and resolved")

        run_side_by_side([partial(play, number) for number in range(len(planned))], _SIDE_BY_SIDE)
        acts = _scenes(plan, only, holds)
        inhibitions = tuple(
            _inhibit(server, room, scratch / f"scene-{number}", scene) for number, scene in enumerate(acts)
        )
        tell(f"{len(inhibitions)} inhibit rules played")
        posted = room.posted
        alerts = tuple(judge(plan, one, every, seen, posted) for one in wanted)
    ok = not any(alert.problems for alert in alerts) and not any(one.problems for one in inhibitions)
    digest = sha256(config.read_bytes()).hexdigest()
    told_at = None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return DrillReport(
        VERSION, room.way, room.why, ALERTMANAGER_CONFIG, digest, version, ok, alerts, inhibitions, told_at
    )


def _command(plan: Plan) -> tuple[str, ...]:
    name = plan.spec.prometheus.alertmanager
    return next(service.command for service in plan.stack.services if service.name == name)


def _way(room: Room) -> str:
    if room.way == "sealed":
        return "sealed room: the generated alertmanager.yml itself, and nothing leaves this machine"
    return f"a copy of alertmanager.yml with other addresses and secrets, for {room.why}"


def _scenes(plan: Plan, only: str, holds: frozenset[str]) -> tuple[Scene, ...]:
    acts = scenes(plan, subjects(plan, alert_cases(plan), holds, "inhibited"))
    return tuple(
        scene
        for scene in acts
        if not only or only in {one.case.name for one in (scene.source, *scene.targets) if one}
    )


def _all_at_once(
    server: _Started,
    tree: Path,
    every: Sequence[Subject],
    silenced: dict[Labels, frozenset[Labels]],
) -> Seen:
    with server.ask(tree) as session:
        session.fire([one.posted for one in every])

        def done() -> bool:
            found = session.fire(())
            quiet = {alert.labels for alert in found if alert.inhibited_by}
            grouped = {labels for group in session.groups() for labels in group.alerts}
            return len(found) == len(grouped) == len(every) and quiet == silenced.keys()

        session.settle(done)
        return Seen({alert.labels: alert for alert in session.fire(())}, session.groups())


def _play(server: _Started, room: Room, storage: Path, wave: Sequence[Subject]) -> None:
    storage.mkdir()
    alerts = [one.posted for one in wave]
    with server.keep(room, storage) as session:
        session.fire(alerts)
        _wait(session, room, wave, end=False)
        if any(one.muted for one in wave):
            # A message that is not to come would come at once.
            _settle(session, wave)
        # It writes a message down as sent when it has the answer, which is after we have the message.
        until = monotonic() + _PATIENCE_SECONDS
        while session.sent() < sum(len(one.due) for one in wave) and monotonic() < until:
            session.pause()
    with server.keep(room, storage) as session:
        session.resolve(alerts)
        _wait(session, room, wave, end=True)


def _wait(session: AlertmanagerSession, room: Room, wave: Sequence[Subject], *, end: bool) -> None:
    """Until all that is due has come, or Alertmanager gives up, or nothing has come for too long."""
    count, until = 0, monotonic() + _PATIENCE_SECONDS
    while monotonic() < until:
        posted = [one for one in room.posted if one.is_end is end]
        if len(posted) > count:
            count, until = len(posted), monotonic() + _PATIENCE_SECONDS
        if all(arrived(subject, key, posted) for subject in wave for key in subject.due):
            return
        session.pause()


def _settle(session: AlertmanagerSession, wave: Sequence[Subject]) -> None:
    """Until Alertmanager has got to all of them, and has had time to send what it would."""
    labels, until = {one.case.labels for one in wave}, monotonic() + _PATIENCE_SECONDS
    while monotonic() < until and not labels <= {one for group in session.groups() for one in group.alerts}:
        session.pause()
    settled = monotonic() + _QUIET_SECONDS
    while monotonic() < settled:
        session.pause()


def _inhibit(server: _Started, room: Room, storage: Path, scene: Scene) -> InhibitionDrill:
    """The source first; once it acts, the targets, and then an alert that stays loud."""
    if scene.source is None:
        problem = ("it can never silence anything: no source and target agree in its equal labels",)
        return InhibitionDrill(scene.rule, scene.reason, "", (), problem)
    storage.mkdir()
    labels = {target.case.labels for target in scene.targets}
    loud = (scene.source, *((scene.control,) if scene.control else ()))
    with server.keep(room, storage) as session:
        session.fire([scene.source.posted])
        _wait(session, room, (scene.source,), end=False)
        session.fire([target.posted for target in scene.targets])
        session.fire([one.posted for one in loud[1:]])
        _wait(session, room, loud, end=False)
        until = monotonic() + _PATIENCE_SECONDS
        quiet: set[Labels] = set()
        while quiet != labels and monotonic() < until:
            session.pause()
            quiet = {alert.labels for alert in session.fire(()) if alert.inhibited_by}
        _settle(session, scene.targets)
    posted = room.posted
    problems = [
        f"{target.name} is not inhibited by {scene.source.name}"
        for target in scene.targets
        if target.case.labels not in quiet
    ]
    problems += [
        f"a message of {target.name} came all the same"
        for target in scene.targets
        if any(is_about(one, target) for one in posted)
    ]
    problems += [
        f"{one.name} should stay loud, and no message came"
        for one in loud
        if any(arrived(one, key, posted) is None for key in one.due)
    ]
    names = tuple(target.name for target in scene.targets)
    return InhibitionDrill(scene.rule, scene.reason, scene.source.name, names, tuple(problems))
