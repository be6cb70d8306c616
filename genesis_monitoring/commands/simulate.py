"""``genesis-mon stack simulate``: a made-up Genesis that plays a scenario until it is told to stop."""

from pathlib import Path

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.stack.simulator import Listen, run_simulator


def run_simulate(scenario: str, listen: str, results: Path | None, inputs: Inputs) -> ExitCode:
    """Serve until SIGTERM or ^C. Raises UsageError for an unknown scenario or an address that is none."""
    host, colon, port = listen.rpartition(":")
    if not host or not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{listen!r} is no address to listen on", "write HOST:PORT, as in 127.0.0.1:8000")
    if results is not None and results.exists() and not results.is_dir():
        raise UsageError(f"{results}: is no folder", "name another one with --results")
    played = load_scenario(scenario)
    project = load_project(inputs)
    run_simulator(
        project.plan,
        project.out,
        played,
        Listen(host.strip("[]"), int(port)),
        results,
        lambda url: print(f"simulate: {played.title}, on {url}", flush=True),
    )
    return ExitCode.OK
