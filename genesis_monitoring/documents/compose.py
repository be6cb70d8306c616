"""``docker-compose.yml``: the stack's plan in, its document out.

Compose fills in variables, so each dollar sign that is meant as one is doubled.
"""

from genesis_monitoring.conventions import COMPOSE_FILE
from genesis_monitoring.documents.node import Document, Node, Value
from genesis_monitoring.plan.stack import HealthPlan, MountPlan, ServicePlan, StackPlan

HARDENING = "x-hardening"
"""What all services share; each takes it in by a merge key."""


def literally(text: str) -> str:
    """``text`` where ``$`` would begin a variable."""
    return text.replace("$", "$$")


def compose_document(plan: StackPlan) -> Document:
    """The project: hardened services, networks, volumes, secrets."""
    hardening = _hardening(plan)
    return Document(
        COMPOSE_FILE,
        Node(
            "stack",
            {
                "name": literally(plan.project),
                HARDENING: hardening,
                "services": {
                    literally(service.name): _service(service, hardening) for service in plan.services
                },
                "networks": {
                    literally(network.name): Node(
                        network.origin, {"internal": network.internal}, note=network.purpose
                    )
                    for network in plan.networks
                },
                "volumes": {literally(volume): {} for volume in plan.volumes} or None,
                "secrets": {
                    literally(secret.name): Node(secret.origin, {"file": literally(secret.file)})
                    for secret in plan.secrets
                }
                or None,
            },
        ),
    )


def _hardening(plan: StackPlan) -> Node:
    return Node(
        "stack.logs",
        {
            "restart": "unless-stopped",
            "init": True,
            "read_only": True,
            "cap_drop": ("ALL",),
            "security_opt": ("no-new-privileges:true",),
            "logging": {
                "driver": "json-file",
                "options": {"max-size": literally(plan.log_max_size), "max-file": str(plan.log_max_files)},
            },
        },
    )


def _service(service: ServicePlan, hardening: Node) -> Node:
    return Node(
        service.origin,
        {
            **hardening,
            "image": literally(service.image),
            "build": _build(service),
            "user": literally(service.user),
            "command": [literally(argument) for argument in service.command] or None,
            "environment": {literally(name): literally(value) for name, value in service.environment} or None,
            "ports": [f"{port.interface}:{port.host}:{port.container}" for port in service.ports] or None,
            "volumes": [_mount(mount) for mount in service.mounts] or None,
            "secrets": tuple(literally(secret) for secret in service.secrets) or None,
            "networks": tuple(literally(network) for network in service.networks),
            "depends_on": {
                literally(other.name): {"condition": other.condition} for other in service.depends_on
            }
            or None,
            "healthcheck": _health(service.health),
            "cpus": service.cpus,
            "mem_limit": literally(service.memory),
            "pids_limit": service.pids,
            "stop_grace_period": service.stop_grace_period,
        },
        note=service.description,
    )


def _build(service: ServicePlan) -> Value | None:
    if service.build_context is None:
        return None
    dockerfile = literally(service.dockerfile) if service.dockerfile is not None else None
    return Node("", {"context": literally(service.build_context), "dockerfile": dockerfile})


def _mount(mount: MountPlan) -> Node:
    bind = Node("", {"create_host_path": False, "propagation": mount.propagation})
    return Node(
        "",
        {
            "type": mount.type,
            "source": literally(mount.source) if mount.source else None,
            "target": literally(mount.target),
            "read_only": True if mount.read_only else None,
            "bind": bind if mount.type == "bind" else None,
            "tmpfs": {"size": literally(mount.size)} if mount.size else None,
        },
    )


def _health(health: HealthPlan | None) -> Value:
    if health is None:
        return {"disable": True}
    return {
        "test": tuple(literally(word) for word in ("CMD", *health.test)),
        "interval": health.interval,
        "timeout": health.timeout,
        "retries": health.retries,
        "start_period": health.start_period,
    }
