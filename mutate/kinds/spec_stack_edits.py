"""Edits of ``slo.yaml`` that are merely different: of all but SLIs, alerts and severities."""

from mutate.edits import dropped, in_section, spots_where, together
from mutate.mutant import SPEC, Expect, Kind, Sites, Target


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"spec, edit: {name}", Target.SPEC, Expect.DRIFT, sites, most)


KINDS = (
    _kind(
        "inhibit rule dropped",
        dropped(SPEC, r"^    (?:memory-store-down|vector-db-down|graph-db-down|target-down|cost-blocker):$"),
        4,
    ),
    _kind(
        "inhibit rule changed",
        together(
            spots_where(SPEC, r"^      target: ", r", CacheHitRateLow|, VectorDBSlowQueries", lambda _: [""]),
            spots_where(SPEC, r"^      equal: ", r"team, ", lambda _: [""]),
        ),
        5,
    ),
    _kind(
        "metric help, status or buckets changed",
        together(
            in_section("metrics", spots_where(SPEC, r"^    status: ", r"planned", lambda _: ["exported"])),
            spots_where(SPEC, r"^    buckets: ", r"(?<=, )(?:1|5|2\.5)(?=\])", lambda m: [m[0] + "5"]),
        ),
        6,
    ),
    _kind(
        "panel changed",
        in_section(
            "dashboards",
            spots_where(
                SPEC,
                r"^            (?:height|title|description): ",
                r"(?:\d+|[a-z]\.?)$",
                lambda m: (
                    [str(int(m[0]) + 1)] if m[0].isdigit() else [" x" if m[0][0] == " " else m[0][0] + "x"]
                ),
            ),
        ),
        8,
    ),
    _kind(
        "legend changed",
        in_section(
            "dashboards", spots_where(SPEC, r".*legend: ", r"[A-Z]\w+(?=\})", lambda m: [m[0] + " now"])
        ),
        5,
    ),
    _kind(
        "query changed",
        in_section(
            "dashboards",
            spots_where(
                SPEC,
                r".*\{sli: ",
                r"(?:rag_latency_p50|llm_input_tokens|mongodb_connections|htdag_latency_p95)(?=,)",
                lambda m: [
                    {
                        "rag_latency_p50": "vector_db_latency_p95",
                        "llm_input_tokens": "llm_tokens",
                        "mongodb_connections": "test_failures",
                        "htdag_latency_p95": "rag_latency_p95",
                    }[m[0]]
                ],
            ),
        ),
        4,
    ),
    _kind(
        "refresh or range changed",
        in_section(
            "profiles",
            spots_where(SPEC, r"^  rollout: ", r"30s|48h", lambda _: ["1m" if _[0] == "30s" else "24h"]),
        ),
        2,
    ),
    _kind(
        "Prometheus setting changed",
        in_section(
            "prometheus",
            spots_where(
                SPEC,
                r"^ +(?:scrape_interval|evaluation_interval|retention|environment|rollout): ",
                r"\w+$",
                lambda m: [{"15s": "20s", "30d": "45d"}.get(m[0], m[0] + "2")],
            ),
        ),
        5,
    ),
    _kind(
        "image changed", spots_where(SPEC, r"^      image: ", r"\d+\.\d+\.\d+$", lambda m: [m[0] + "0"]), 5
    ),
    _kind(
        "port changed",
        in_section(
            "stack",
            spots_where(SPEC, r"^ +(?:ports: \[|- )\{host: ", r"\d+(?=,)", lambda m: [str(int(m[0]) + 50)]),
        ),
        5,
    ),
    _kind(
        "limit changed",
        in_section(
            "stack", spots_where(SPEC, r"^      limits: ", r"\d+(?=[mg,}])", lambda m: [str(int(m[0]) * 2)])
        ),
        6,
    ),
    _kind(
        "health check changed",
        in_section(
            "stack",
            spots_where(
                SPEC,
                r"^        (?:interval|timeout|retries|start_period): ",
                r"\d+(?=s?$)",
                lambda m: [str(int(m[0]) - 1)],
            ),
        ),
        6,
    ),
    _kind(
        "environment changed",
        in_section(
            "stack",
            spots_where(
                SPEC,
                r"^        GF_\w+: ",
                r'"(?:true|false)"|admin',
                lambda m: ['"false"' if m[0] == '"true"' else '"true"' if m[0] == '"false"' else "root"],
            ),
        ),
        5,
    ),
    _kind(
        "network changed",
        in_section(
            "stack",
            spots_where(
                SPEC,
                r"^    \w+: \{purpose: .*internal: ",
                r"true|false",
                lambda m: ["false" if m[0] == "true" else "true"],
            ),
        ),
        3,
    ),
    _kind(
        "contact or link changed",
        in_section(
            "metadata",
            together(
                spots_where(
                    SPEC, r"^ +(?:on_call: |backup: |- )\{name: ", r"[A-Z]\w+(?=,)", lambda m: [m[0] + "s"]
                ),
                spots_where(
                    SPEC, r"^    (?:grafana|prometheus|runbooks): ", r"localhost|main", lambda m: [m[0] + "2"]
                ),
            ),
        ),
        6,
    ),
    _kind(
        "rollout changed",
        in_section(
            "rollout",
            together(
                spots_where(SPEC, r"^  start: ", r"20:56", lambda _: ["21:00"]),
                spots_where(SPEC, r"^    count: ", r"55", lambda _: ["56"]),
                spots_where(SPEC, r'^      - "', r"(?<=[a-z])\.\"$", lambda _: [' twice."']),
            ),
        ),
        5,
    ),
    _kind(
        "alert dropped",
        in_section(
            "alerts",
            dropped(
                SPEC,
                r"^  (?:TestPassRateLow|CPUUsageHigh|SystemLatencyHigh|TestResultsStale|LLMTokenUsage\w+):$",
            ),
        ),
        4,
    ),
    _kind(
        "alert renamed",
        in_section(
            "alerts",
            spots_where(SPEC, r"^  (?=TestPass|CPU|SystemL|TestR|LLM)", r"\w+(?=:$)", lambda m: [m[0] + "2"]),
        ),
        4,
    ),
)
