"""The stack by Docker Compose: ``up``, ``down`` and its services as ``docker compose ps`` tells them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.process import ToolCrashed, ToolMissing, ToolRun, ToolTimedOut, run_tool
from genesis_monitoring.clients.tools import DOCKER, Tool, find_tool
from genesis_monitoring.conventions import COMPOSE_FILE
from genesis_monitoring.errors import CouldNotTellError, GenesisMonError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.native import link
from genesis_monitoring.stack.status import VERSION, Health, ServiceStatus, StackStatus, with_prometheus

_INFO_SECONDS = 5.0
_CALL_SECONDS = 60.0
_HEALTH: dict[str, Health] = {"healthy": "healthy", "starting": "starting", "unhealthy": "unhealthy"}
_KEPT = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR")


@dataclass(frozen=True, slots=True)
class Docker:
    """A Docker client whose engine has answered."""

    tool: Tool

    @classmethod
    def found(cls) -> "Docker | None":
        """None if there is no client, or its engine does not answer."""
        try:
            return cls.required()
        except CouldNotTellError:
            return None

    @classmethod
    def required(cls) -> "Docker":
        """Raises CouldNotTellError if there is no client, or no engine answers."""
        try:
            docker = cls(find_tool(DOCKER))
        except ToolMissing as error:
            raise CouldNotTellError(error.message, f"{error.hint}; or use --native") from error
        try:
            run = docker._run(("info", "--format", "{{.ServerVersion}}"), Path("/"), _INFO_SECONDS)
        except (ToolMissing, ToolCrashed, ToolTimedOut) as error:
            raise _no_engine(error.message) from error
        if run.exit_code or not run.stdout.strip():
            raise _no_engine((run.stderr.strip() or "docker info says nothing").splitlines()[-1])
        return docker

    def up(self, tree: Path, timeout: float) -> None:
        """Start, and wait until all are healthy. Raises GenesisMonError with what Compose says if not."""
        wait = ("up", "-d", "--wait", "--wait-timeout", f"{timeout:.0f}")
        run = self._compose(tree, wait, timeout + _CALL_SECONDS * 10)
        if run.exit_code:
            said = run.stderr.strip()[-1000:] or "it says nothing"
            raise GenesisMonError(f"docker compose up failed: {said}", "docker compose logs tells more")

    def down(self, tree: Path, *, volumes: bool) -> bool:
        """Stop and remove the containers; whether there were any."""
        if not (tree / COMPOSE_FILE).is_file() or not self._containers(tree):
            return False
        run = self._compose(tree, ("down", *(("--volumes",) if volumes else ())), _CALL_SECONDS * 5)
        if run.exit_code:
            raise CouldNotTellError(f"docker compose down failed: {run.stderr.strip()[-1000:]}")
        return True

    def status(self, plan: Plan, tree: Path) -> StackStatus | None:
        """None if the project has no container."""
        if not (tree / COMPOSE_FILE).is_file():
            return None
        containers = {str(one.get("Service")): one for one in self._containers(tree)}
        if not containers:
            return None
        services = tuple(
            _service(plan, service.name, containers.get(service.name)) for service in plan.stack.services
        )
        status = StackStatus(VERSION, "docker", "", services, (), (), (), (), None, (), ())
        prometheus = next(s for s in plan.stack.services if s.name == plan.spec.prometheus.service)
        port = next((published.host for published in prometheus.ports), None)
        return with_prometheus(status, port, plan.spec.meta_alerts.watchdog.name, plan)

    def _containers(self, tree: Path) -> list[dict[str, Any]]:
        """Compose prints a list, or from 2.21 an object a line."""
        run = self._compose(tree, ("ps", "--all", "--format", "json"), _CALL_SECONDS)
        if run.exit_code:
            raise CouldNotTellError(f"docker compose ps failed: {run.stderr.strip()[-500:]}")
        text = run.stdout.strip()
        try:
            found = json.loads(text) if text.startswith("[") else [json.loads(x) for x in text.splitlines()]
        except ValueError as error:
            raise CouldNotTellError(f"docker compose ps printed no JSON: {text[:200]}") from error
        return [one for one in found if isinstance(one, dict)]

    def _compose(self, tree: Path, arguments: tuple[str, ...], timeout: float) -> ToolRun:
        return self._run(("compose", "-f", COMPOSE_FILE, *arguments), tree, timeout)

    def _run(self, arguments: tuple[str, ...], cwd: Path, timeout: float) -> ToolRun:
        import os

        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        argv = (*self.tool.argv, *arguments)
        return run_tool(argv, cwd=cwd, timeout=timeout, env=env, answers=range(256))


def _service(plan: Plan, name: str, container: dict[str, Any] | None) -> ServiceStatus:
    service = next(service for service in plan.stack.services if service.name == name)
    ports = tuple(f"{port.address}:{port.host}" for port in service.ports)
    page = link(plan, service, service.ports[0].host) if service.ports else ""
    if container is None:
        return ServiceStatus(name, "Missing", "unhealthy", ports, 0, page)
    running = container.get("State") == "running"
    unasked: Health = "running" if service.health is None else "unknown"
    health: Health = _HEALTH.get(str(container.get("Health")), unasked) if running else "unhealthy"
    status = (
        str(container.get("Status", "")).partition(" (")[0] if running else str(container.get("Status", ""))
    )
    return ServiceStatus(name, status, health, ports, 0, page)


def _no_engine(said: str) -> CouldNotTellError:
    return CouldNotTellError(f"no Docker engine answers: {said}", "start Docker, or use --native")
