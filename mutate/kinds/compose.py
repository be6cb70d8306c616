"""Faults in the services of the Compose file: ports, health, hardening, images, limits."""

from mutate.edits import (
    added_under,
    dropped,
    lines_where,
    number,
    spots_where,
    together,
)
from mutate.mutant import Expect, Kind, Sites, Target

COMPOSE = "docker-compose.yml"
_SERVICE = r"^  (?:prometheus|grafana|alertmanager|node-exporter|genesis-metrics):$"


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"compose: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_PORT = r"^      - '127\.0\.0\.1:"
_HEALTH = r"^      (?:interval|timeout|retries|start_period): "
_LIMIT = r"^    (?:cpus|mem_limit|pids_limit): "
KINDS = (
    _kind(
        "port published to everybody",
        spots_where(COMPOSE, r"^      - '", r"127\.0\.0\.1:(?=\d+:)", lambda _: ["0.0.0.0:", ""]),
        8,
    ),
    _kind("port changed", spots_where(COMPOSE, _PORT, r"\d+(?=:|'$)", lambda m: [str(int(m[0]) + 5)]), 8),
    _kind("port dropped", together(dropped(COMPOSE, _PORT), dropped(COMPOSE, r"^    ports:")), 6),
    _kind(
        "port of another service",
        spots_where(COMPOSE, _PORT, r"(?:3000|9093|9100|8000|8002)(?=:)", lambda _: ["9090"]),
        4,
    ),
    _kind("port added", added_under(COMPOSE, r"^    ports:", "      - '127.0.0.1:7777:7777'"), 2),
    _kind("healthcheck dropped", dropped(COMPOSE, r"^    healthcheck:"), 5),
    _kind("healthcheck disabled", added_under(COMPOSE, r"^    healthcheck:", "      disable: true"), 3),
    _kind(
        "healthcheck of nothing",
        spots_where(COMPOSE, r"^      test: ", r"\[.*\]", lambda _: ["[CMD, 'true']", "[NONE]"]),
        6,
    ),
    _kind(
        "healthcheck of another port",
        spots_where(COMPOSE, r"^      test: ", r"(?<=:)\d+(?=/)", lambda m: [str(int(m[0]) + 1)]),
        5,
    ),
    _kind("healthcheck slower", spots_where(COMPOSE, _HEALTH, r"\d+(?=s?$)", lambda m: [m[0] + "00"]), 6),
    _kind("healthcheck setting dropped", dropped(COMPOSE, _HEALTH), 5),
    _kind("capabilities kept", dropped(COMPOSE, r"^  cap_drop: "), 1),
    _kind("capabilities added", added_under(COMPOSE, _SERVICE, "    cap_add: [SYS_ADMIN]"), 5),
    _kind(
        "file system writable",
        together(
            dropped(COMPOSE, r"^  read_only: "),
            lines_where(COMPOSE, r"^  read_only: true", lambda _: ["  read_only: false"]),
            added_under(COMPOSE, r"^    <<: \*hardening", "    read_only: false"),
        ),
        6,
    ),
    _kind(
        "new privileges allowed",
        together(
            dropped(COMPOSE, r"^  security_opt: "),
            spots_where(COMPOSE, r"^  security_opt: ", r"true", lambda _: ["false"]),
        ),
        2,
    ),
    _kind("hardening not merged", dropped(COMPOSE, r"^    <<: \*hardening"), 5),
    _kind(
        "hardening setting changed",
        together(
            dropped(COMPOSE, r"^  (?:init|restart|logging): "),
            dropped(COMPOSE, r"^  logging:"),
            spots_where(COMPOSE, r"^  restart: ", r"\S+$", lambda _: ["'no'", "always"]),
            dropped(COMPOSE, r"^      max-(?:size|file)"),
        ),
        7,
    ),
    _kind(
        "privileged",
        added_under(COMPOSE, _SERVICE, "    privileged: true", "    pid: host", "    network_mode: host"),
        6,
    ),
    _kind(
        "user changed",
        together(
            lines_where(COMPOSE, r"^    user: ", lambda _: ["    user: '0:0'", "    user: root"]),
            dropped(COMPOSE, r"^    user: "),
        ),
        8,
    ),
    _kind(
        "tag latest or none",
        spots_where(COMPOSE, r"^    image: ", r":[\w.]+(?=')", lambda _: [":latest", ""]),
        8,
    ),
    _kind(
        "image changed",
        spots_where(
            COMPOSE,
            r"^    image: ",
            r"v?\d+\.\d+\.\d+|'\w+(?=[/-])",
            lambda m: ["'mirror" if m[0][0] == "'" else m[0] + "1"],
        ),
        8,
    ),
    _kind("image dropped", dropped(COMPOSE, r"^    image: "), 5),
    _kind("limit dropped", dropped(COMPOSE, _LIMIT), 8),
    _kind(
        "limit raised",
        spots_where(COMPOSE, _LIMIT, r"[0-9.]+(?=[mg]?'?$)", lambda m: [number(float(m[0]) * 4)]),
        8,
    ),
)
