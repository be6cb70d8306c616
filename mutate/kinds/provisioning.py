"""Faults in Grafana's provisioning."""

from mutate.edits import (
    doubled,
    dropped,
    rotated,
    spots_where,
    together,
)
from mutate.mutant import Expect, Kind, Sites, Target

DATASOURCE = "grafana/provisioning/datasources/*.yml"
PROVIDER = "grafana/provisioning/dashboards/*.yml"


def _grafana(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"provisioning: {name}", Target.GENERATED, Expect.CHECK, sites, most)


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
