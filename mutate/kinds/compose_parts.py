"""Faults in what the services of the Compose file share and depend on, and in their settings."""

import re
from collections.abc import Iterator

from mutate.edits import (
    added_under,
    chosen,
    dropped,
    lines_where,
    replace_lines,
    spots_where,
    together,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

COMPOSE = "docker-compose.yml"
_SERVICE = r"^  (?:prometheus|grafana|alertmanager|node-exporter|genesis-metrics):$"
_MOUNT = r"^      - type: (?:bind|volume|tmpfs)"


def _in_list(line: str) -> Sites:
    """Each name left out of a list in brackets, on the lines that match."""
    found = re.compile(line)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, COMPOSE):
            for index, text in enumerate(lines):
                match = found.match(text)
                names = text[match.end() :].strip(" []").split(", ") if match else []
                for name in names:
                    rest = ", ".join(other for other in names if other != name)
                    changed = f"{text[: match.end() if match else 0]}[{rest}]"
                    site = replace_lines(path, lines, index, index + 1, [changed])
                    yield Site(path, f"line {index + 1}: {text.strip()} without {name}", site.build)

    return sites


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"compose: {name}", Target.GENERATED, Expect.CHECK, sites, most)


KINDS = (
    _kind("mount dropped", dropped(COMPOSE, _MOUNT), 8),
    _kind(
        "mount source changed",
        spots_where(COMPOSE, r"^        source: ", r"[\w/-]+(?='?$)", lambda m: [m[0] + "-old"]),
        8,
    ),
    _kind(
        "mount target changed", spots_where(COMPOSE, r"^        target: ", r"\w+$", lambda m: [m[0] + "2"]), 8
    ),
    _kind(
        "mount writable",
        together(
            dropped(COMPOSE, r"^        read_only: true"),
            lines_where(COMPOSE, r"^        read_only: true", lambda _: ["        read_only: false"]),
        ),
        6,
    ),
    _kind(
        "mount setting changed",
        together(
            spots_where(COMPOSE, r"^          create_host_path: ", r"false", lambda _: ["true"]),
            spots_where(COMPOSE, r"^          propagation: ", r"rslave", lambda _: ["rshared"]),
            spots_where(COMPOSE, r"^          size: ", r"\d+", lambda m: [m[0] + "0"]),
            dropped(COMPOSE, r"^          propagation: "),
        ),
        6,
    ),
    _kind(
        "docker socket mounted",
        added_under(COMPOSE, r"^    volumes:", "      - '/var/run/docker.sock:/var/run/docker.sock'"),
        2,
    ),
    _kind(
        "secret dropped from a service",
        together(_in_list(r"^    secrets: "), dropped(COMPOSE, r"^    secrets: ")),
        5,
    ),
    _kind(
        "secret dropped",
        dropped(COMPOSE, r"^(?:secrets:|  (?:grafana_admin_password|slack_api_url|pager_routing_key):)"),
        4,
    ),
    _kind(
        "secret of another file",
        spots_where(COMPOSE, r"^    file: ", r"\w+(?='$)", lambda m: [m[0] + "_old"]),
        3,
    ),
    _kind("network dropped from a service", _in_list(r"^    networks: "), 8),
    _kind(
        "network not internal",
        spots_where(COMPOSE, r"^    internal: ", r"\w+$", lambda m: ["false" if m[0] == "true" else "true"]),
        4,
    ),
    _kind(
        "network or volume dropped",
        dropped(COMPOSE, r"^  (?:metrics|alerting|query|edge|[\w-]+-data):(?: \{\})?$"),
        6,
    ),
    _kind("depends_on dropped", dropped(COMPOSE, r"^    depends_on:"), 2),
    _kind(
        "depends_on without health",
        spots_where(COMPOSE, r"^        condition: ", r"service_healthy", lambda _: ["service_started"]),
        2,
    ),
    _kind(
        "depends_on another service",
        spots_where(
            COMPOSE,
            r"^      (?=alertmanager:|prometheus:)",
            r"\w+(?=:$)",
            lambda m: ["node-exporter", m[0] + "s"],
        ),
        4,
    ),
    _kind("argument dropped", dropped(COMPOSE, r"^      - (?:'--|exporter|serve|/app)"), 8),
    _kind(
        "argument changed",
        spots_where(
            COMPOSE,
            r"^      - '--",
            r"30d|/prometheus\.yml|/etc/alertmanager|http://localhost:\d+|/host",
            lambda m: ["7d" if m[0] == "30d" else m[0] + "2"],
        ),
        8,
    ),
    _kind("argument added", added_under(COMPOSE, r"^    command:", "      - '--web.enable-admin-api'"), 2),
    _kind(
        "environment changed",
        spots_where(
            COMPOSE,
            r"^      GF_\w+: ",
            r"'false'|'true'|admin",
            lambda m: ["'true'" if "false" in m[0] else "'false'" if "true" in m[0] else "root"],
        ),
        7,
    ),
    _kind("environment dropped", dropped(COMPOSE, r"^      GF_\w+: |^    environment:"), 5),
    _kind(
        "password in plain text",
        together(
            lines_where(
                COMPOSE,
                r"^      GF_SECURITY_ADMIN_PASSWORD__FILE: ",
                lambda _: [
                    "      GF_SECURITY_ADMIN_PASSWORD: admin",
                    "      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:-admin}",
                ],
            )
        ),
        2,
    ),
    _kind("service dropped", dropped(COMPOSE, _SERVICE), 5),
    _kind(
        "service added",
        lines_where(
            COMPOSE,
            r"^services:",
            lambda _: ["services:\n  debug:\n    image: 'busybox:1.37'\n    command: [sleep, infinity]"],
        ),
        1,
    ),
    _kind(
        "service renamed",
        spots_where(
            COMPOSE,
            r"^  (?=[\w-]+:$)",
            r"(?:prometheus|grafana|alertmanager|node-exporter|genesis-metrics)(?=:$)",
            lambda m: [m[0] + "-2"],
        ),
        5,
    ),
    _kind(
        "project, build or grace period changed",
        together(
            spots_where(COMPOSE, r"^      context: ", r"\.\.", lambda _: ["."]),
            spots_where(COMPOSE, r"^    stop_grace_period: ", r"\d+", lambda m: [m[0] + "0"]),
            spots_where(COMPOSE, r"^name: ", r"\S+$", lambda m: [m[0] + "-2"]),
            dropped(COMPOSE, r"^    build:"),
        ),
        8,
    ),
)
