"""Faults in the Compose file and in Grafana's provisioning."""

import re
from collections.abc import Iterator

from mutate.edits import (
    added_under,
    chosen,
    doubled,
    dropped,
    lines_where,
    number,
    replace_lines,
    rotated,
    spots_where,
    together,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

COMPOSE = "docker-compose.yml"
DATASOURCE = "grafana/provisioning/datasources/*.yml"
PROVIDER = "grafana/provisioning/dashboards/*.yml"
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


def _grafana(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"provisioning: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_PORT = r"^      - '127\.0\.0\.1:"
_HEALTH = r"^      (?:interval|timeout|retries|start_period): "
_LIMIT = r"^    (?:cpus|mem_limit|pids_limit): "
KINDS = (
    _grafana(
        "datasource setting changed",
        spots_where(
            DATASOURCE,
            r"^    (?:uid|type|access|url|isDefault|editable): ",
            r"[\w-]+(?='?$)|http(?=:)",
            lambda m: ["false" if m[0] == "true" else "true" if m[0] == "false" else m[0] + "2"],
        ),
        8,
    ),
    _grafana(
        "datasource setting dropped",
        dropped(
            DATASOURCE, r"^    (?:uid|type|url|isDefault|jsonData): ?|^      (?:timeInterval|httpMethod): "
        ),
        7,
    ),
    _grafana(
        "datasource dropped",
        together(
            dropped(DATASOURCE, r"^  - name: "),
            dropped(DATASOURCE, r"^datasources:"),
            doubled(DATASOURCE, r"^  - name: "),
        ),
        3,
    ),
    _grafana(
        "datasource query interval changed",
        spots_where(DATASOURCE, r"^      timeInterval: ", r"15s", lambda _: ["1s", "1h"]),
        2,
    ),
    _grafana(
        "provider changed",
        together(
            spots_where(PROVIDER, r"^      path: ", r"\w+$", lambda m: [m[0] + "2"]),
            spots_where(
                PROVIDER,
                r"^    (?:allowUiUpdates|disableDeletion|type|folder): ",
                r"\w+(?='?$)",
                lambda m: [rotated(("true", "false"), m[0])],
            ),
            dropped(PROVIDER, r"^      path: |^  - name: |^providers:"),
        ),
        8,
    ),
    _grafana(
        "version changed",
        spots_where("grafana/provisioning/*.yml", r"^apiVersion: ", r"1", lambda _: ["2"]),
        2,
    ),
)
