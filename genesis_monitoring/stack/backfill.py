"""Gives a new Prometheus a past, so that what looks hours back has values from the start."""

import time
from collections.abc import Callable
from pathlib import Path

from genesis_monitoring.clients.process import ToolMissing
from genesis_monitoring.clients.prometheus import store_series
from genesis_monitoring.clients.tools import NODE_EXPORTER, find_tool
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.folder import StateFolder, told
from genesis_monitoring.stack.ground import SIMULATOR
from genesis_monitoring.stack.history import history_needed, write_history
from genesis_monitoring.stack.launch import Launch
from genesis_monitoring.stack.scenario import load_scenario


def give_past(
    plan: Plan, scenario: str, folder: StateFolder, launch: Launch, tell: Callable[[str], None]
) -> None:
    """Store what the scenario's application has been doing; nothing if Prometheus has data already.

    Without promtool there is no past, which is told. Raises ToolCrashed, and as ``told``.
    """
    data = _data(plan, folder)
    if data is None or any(data.iterdir()):
        return
    now = int(time.time())
    file = folder.run / "past.om"
    with told(folder.path):
        try:
            start = now - history_needed(plan)
            write_history(
                plan, load_scenario(scenario), file, start=start, end=now, instances=_instances(plan, launch)
            )
            store_series(file, data)
            tell(f"{(now - start) // 60} minutes of past are stored")
        except ToolMissing as error:
            tell(f"there is no past, so some SLIs have no value for a while: {error.message}")
        finally:
            file.unlink(missing_ok=True)


def _data(plan: Plan, folder: StateFolder) -> Path | None:
    service = next(one for one in plan.stack.services if one.name == plan.spec.prometheus.service)
    volumes = [mount.source for mount in service.mounts if mount.type == "volume" and mount.source]
    return folder.data / volumes[0] if volumes else None


def _instances(plan: Plan, launch: Launch) -> dict[str, str]:
    """Where each job is here. Not the real node exporter: its counters would not go on from made-up ones."""
    simulator = launch.unit(SIMULATOR)
    real = find_tool(NODE_EXPORTER).argv[0]
    outside = plan.spec.prometheus.targets.keys() - {one.name for one in launch.left_out}
    found = {}
    for job in plan.prometheus.scrape_configs:
        unit = launch.unit(job.job) or (simulator if job.job in outside else None)
        if unit is not None and real not in unit.command.argv:
            found[job.job] = f"127.0.0.1:{unit.port}"
    return found
