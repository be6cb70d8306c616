"""Faults in ``slo.yaml`` of form and reference: the spec's own checks must catch each."""

from collections.abc import Iterator

from mutate.edits import (
    doubled,
    dropped,
    in_section,
    spots_where,
    together,
)
from mutate.mutant import SPEC, Expect, Files, Kind, Site, Sites, Target

_ALERT_SLI = r"^    sli: "
_NAME = r"[\w-]+$"
_KEYS = (
    "sli kind title component unit severity for summary objective window histogram receivers type image "
    "health scrape group_by refresh retention equal queries legend width"
)
_NEEDED = (
    "sli severity summary impact title component unit kind receivers acknowledge_within group_wait "
    "repeat_interval"
)
_USED_SLIS = "rag_latency_p95 cost_reduction monthly_cost cpu_usage test_pass_rate llm_tokens scrape_targets"


def _key_misspelt(tree: Files) -> Iterator[Site]:
    """Keys that have a fixed name, on lines of their own and within braces."""
    keys = rf"\b(?:{'|'.join(_KEYS.split())})(?=: )"
    yield from spots_where(SPEC, r"^ +", keys, lambda m: [m[0][:-1] + "x"])(tree)


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"spec, contradiction: {name}", Target.SPEC, Expect.CONTRADICTION, sites, most)


def _misspelt(line: str, spot: str = _NAME) -> Sites:
    return spots_where(SPEC, line, spot, lambda m: [m[0] + "s"])


KINDS = (
    _kind("key misspelt", _key_misspelt, 10),
    _kind(
        "key that is needed dropped",
        dropped(
            SPEC,
            rf"^    (?:{'|'.join(_NEEDED.split())}): ",
        ),
        8,
    ),
    _kind(
        "section dropped",
        dropped(
            SPEC,
            r"^(?:metadata|severities|slis|metrics|prometheus|stack|routing|receivers|meta_alerts|profiles):",
        ),
        6,
    ),
    _kind("key twice", in_section("alerts", doubled(SPEC, r"^    (?:sli|for|severity): ")), 4),
    _kind(
        "number as text",
        spots_where(SPEC, r"^ +objective: ", r"(?<=target: )[0-9.]+", lambda m: [f'"{m[0]}"', "high"]),
    ),
    _kind(
        "duration without unit",
        spots_where(
            SPEC,
            r"^    (?:for|group_wait|repeat_interval|window): ",
            r"(\d+)[smhd]$",
            lambda m: [m[1], "soon"],
        ),
    ),
    _kind(
        "value unknown",
        together(
            spots_where(SPEC, r"^    kind: ", _NAME, lambda m: [m[0] + "s"]),
            spots_where(SPEC, r"^ +unit: ", _NAME, lambda m: [m[0] + "s"]),
            spots_where(SPEC, r"^    aggregation: ", _NAME, lambda _: ["mean"]),
            spots_where(SPEC, r"^            type: ", _NAME, lambda _: ["graph"]),
            spots_where(SPEC, r"^ +objective: ", r'(?<=good: ")[<>]=?(?=")', lambda _: ["=="]),
        ),
        8,
    ),
    _kind("alert on an SLI that is not there", _misspelt(_ALERT_SLI)),
    _kind(
        "alert on an SLI without objective",
        in_section("alerts", spots_where(SPEC, _ALERT_SLI, _NAME, lambda _: ["test_failures", "llm_tokens"])),
        4,
    ),
    _kind(
        "severity that is not there",
        in_section("alerts", spots_where(SPEC, r"^    severity: ", r"P\d", lambda _: ["P7"])),
    ),
    _kind("component that is not there", in_section("slis", _misspelt(r"^    component: "))),
    _kind(
        "metric that is not there",
        in_section(
            "slis",
            spots_where(
                SPEC,
                r"^ +(?:metrics|numerator|denominator|counters|histogram|metric): ",
                r"(?<!service: )(?<!suite: )\b[a-z]\w+_\w+(?=[\],}]|$)",
                lambda m: [m[0] + "s"],
            ),
        ),
        8,
    ),
    _kind(
        "metric dropped from the catalogue",
        dropped(SPEC, r"^  (?:genesis_\w+|hybrid_rag_\w+|llm_\w+_total|redis_\w+|node_\w+):$"),
        6,
    ),
    _kind(
        "label that the metric does not have",
        in_section("slis", spots_where(SPEC, r".*labels: \{", r"\w+(?=: )", lambda m: [m[0] + "s"])),
        5,
    ),
    _kind("SLI of an SLI that is not there", in_section("slis", _misspelt(_ALERT_SLI)), 4),
    _kind(
        "SLI dropped that something needs",
        in_section(
            "slis",
            dropped(
                SPEC,
                rf"^  (?:{'|'.join(_USED_SLIS.split())}):$",
            ),
        ),
        6,
    ),
    _kind(
        "receiver that is not there",
        together(
            in_section(
                "severities", spots_where(SPEC, r"^    receivers: ", r"[\w-]+(?=\])", lambda m: [m[0] + "s"])
            ),
            _misspelt(r"^  default_receiver: "),
            _misspelt(r"^    receiver: "),
            _misspelt(r"^    fallback: "),
            dropped(SPEC, r"^  (?:pager|watchdog):$"),
        ),
        8,
    ),
    _kind(
        "severity sent to nobody",
        spots_where(SPEC, r"^    receivers: ", r"\[.*\]", lambda _: ["[watchdog]", "[]"]),
        6,
    ),
    _kind(
        "inhibit rule on an alert that is not there",
        spots_where(
            SPEC, r"^      (?:source|target): ", r"(?<=\[)\w+|P\d|(?<=component: )\w+", lambda m: [m[0] + "9"]
        ),
        6,
    ),
    _kind(
        "inhibit rule that cannot work",
        spots_where(SPEC, r"^      equal: ", r"\[.*\]", lambda _: ["[]", "[region]"]),
        4,
    ),
)
