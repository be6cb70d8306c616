"""Faults in Alertmanager's configuration."""

import re
from collections.abc import Iterator

from mutate.edits import (
    added_under,
    block_end,
    chosen,
    doubled,
    dropped,
    lines_where,
    put_elsewhere,
    replace_lines,
    rotated,
    spots_where,
    together,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

CONFIG = "alertmanager/alertmanager.yml"
_ROUTE = r"^    - receiver: "
_ODD_RULE = """\
  - source_matchers: ['severity="P3"']
    target_matchers: ['severity="P1"']
    equal: [team]"""
_INHIBIT = r"^  - source_matchers:"
_RECEIVER = r"^  - name: "
_NAMES = ("pager", "genesis-alerts", "genesis-monitoring", "watchdog")
_SEVERITIES = ("P0", "P1", "P2", "P3")


def _source_and_target_exchanged(tree: Files) -> Iterator[Site]:
    """Of an inhibit rule whose two sides differ."""
    for path, lines in chosen(tree, CONFIG):
        for first, line in enumerate(lines):
            if re.match(_INHIBIT, line):
                after = block_end(lines, first)
                middle = next(i for i in range(first, after) if "target_matchers:" in lines[i])
                equal = next(i for i in range(middle, after) if "equal:" in lines[i])
                new = [line, *lines[middle + 1 : equal], lines[middle], *lines[first + 1 : middle]]
                site = replace_lines(path, lines, first, equal, new)
                yield Site(path, f"line {first + 1}: source ↔ target", site.build)


def _first_continue_set(tree: Files) -> Iterator[Site]:
    """Of the routes that do not hand on, only the first has another behind it that takes the same alerts."""
    for path, lines in chosen(tree, CONFIG):
        index = lines.index("      continue: false")
        yield replace_lines(path, lines, index, index + 1, ["      continue: true"])


def _secret_in_the_text(match: re.Match[str]) -> Iterator[str]:
    if "api_url" in match[0]:
        yield f"{match[1]}api_url: 'https://hooks.slack.com/services/T00/B00/abcdefabcdef'"
    else:
        yield f"{match[1]}routing_key: 0123456789abcdef0123456789abcdef"


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"alertmanager: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_TIMING = r"^ +(?:group_wait|group_interval|repeat_interval|resolve_timeout): "
_CALL = r'(?<=template ")genesis\.\w+(?=")'
KINDS = (
    _kind("route dropped", dropped(CONFIG, _ROUTE), 7),
    _kind(
        "route doubled in front",
        doubled(CONFIG, r"^    - receiver: (?:genesis-alerts|genesis-monitoring)"),
        3,
    ),
    _kind(
        "route behind one that takes its alerts",
        together(
            put_elsewhere(CONFIG, r"^    - receiver: pager", r"^    - receiver: genesis-alerts"),
            put_elsewhere(CONFIG, r"^    - receiver: watchdog", r"^    - receiver: genesis-monitoring"),
        ),
    ),
    _kind(
        "receiver of a route changed",
        spots_where(CONFIG, _ROUTE, r"[\w-]+$", lambda m: [rotated(_NAMES, m[0])]),
        7,
    ),
    _kind("receiver of a route misspelt", spots_where(CONFIG, _ROUTE, r"[\w-]+$", lambda m: [m[0][:-1]]), 3),
    _kind(
        "continue flipped",
        together(
            lines_where(CONFIG, r"^      continue: true", lambda _: ["      continue: false"]),
            _first_continue_set,
        ),
    ),
    _kind("continue dropped", lines_where(CONFIG, r"^      continue: true", lambda _: ["      # continue"])),
    _kind(
        "matcher of a route changed",
        spots_where(
            CONFIG,
            r"^        - 'severity=",
            r"P\d|=",
            lambda m: [rotated(_SEVERITIES, m[0])] if m[0] != "=" else ["!="],
        ),
        8,
    ),
    _kind(
        "matcher of a route misspelt",
        spots_where(CONFIG, r"^        - '", r"severity|alertname|Watchdog", lambda m: [m[0][:-1]]),
        6,
    ),
    _kind("matchers of a route dropped", dropped(CONFIG, r"^      matchers:"), 7),
    _kind(
        "matcher of a route added",
        added_under(CONFIG, r"^      matchers:", "        - 'component=\"cost\"'"),
        4,
    ),
    _kind(
        "group_by changed",
        spots_where(CONFIG, r"^ +group_by: ", r"\[.*\]", lambda _: ["['...']", "[instance]", "[team]"]),
        8,
    ),
    _kind("group_by dropped", dropped(CONFIG, r"^ +group_by: \[(?:alertname|component)\]|^  group_by: "), 6),
    _kind(
        "timing changed",
        spots_where(CONFIG, _TIMING, r"\d+(?=[smhd])", lambda m: [str(int(m[0]) * 7 + 1)]),
        12,
    ),
    _kind("timing dropped", dropped(CONFIG, _TIMING.replace("|resolve_timeout", "")), 8),
    _kind("route muted", added_under(CONFIG, _ROUTE, "      mute_time_intervals: [always]"), 2),
    _kind(
        "default receiver changed",
        spots_where(CONFIG, r"^  receiver: ", r"[\w-]+$", lambda _: ["watchdog", "pager", "nobody"]),
        3,
    ),
    _kind("default route dropped", dropped(CONFIG, r"^(?:route:|  routes:|  receiver: )"), 3),
    _kind("inhibit rule dropped", dropped(CONFIG, _INHIBIT), 5),
    _kind("equal dropped", dropped(CONFIG, r"^    equal: "), 5),
    _kind(
        "equal changed",
        spots_where(
            CONFIG, r"^    equal: ", r"\[.*\]", lambda m: ["[alertname]", "[]", m[0].replace("team, ", "")]
        ),
        8,
    ),
    _kind("source and target exchanged", _source_and_target_exchanged, 5),
    _kind(
        "inhibit matcher changed",
        spots_where(
            CONFIG,
            r"^      - '",
            r"\"P\d\"|MemoryStoreServiceDown|ScrapeTargetDown|cost|\|\w+",
            lambda m: ['"P2"' if m[0].startswith('"') else "" if m[0].startswith("|") else m[0][:-1]],
        ),
        10,
    ),
    _kind(
        "inhibit operator changed",
        spots_where(CONFIG, r"^      - '\w+", r"=~|=", lambda m: ["!~" if m[0] == "=~" else "!="]),
        8,
    ),
    _kind(
        "inhibit matchers dropped",
        together(
            dropped(CONFIG, r"^    target_matchers:"), dropped(CONFIG, r"^      - '(?:alertname|severity)")
        ),
        8,
    ),
    _kind(
        "inhibit rule added",
        added_under(
            CONFIG,
            r"^inhibit_rules:",
            _ODD_RULE,
        ),
        1,
    ),
    _kind("receiver dropped", dropped(CONFIG, _RECEIVER), 4),
    _kind("receiver renamed", spots_where(CONFIG, _RECEIVER, r"[\w-]+$", lambda m: [m[0] + "-2"]), 4),
    _kind("receiver added", added_under(CONFIG, r"^receivers:", "  - name: spare"), 1),
    _kind("integration dropped", dropped(CONFIG, r"^    (?:slack|pagerduty)_configs:"), 3),
    _kind(
        "integration added",
        added_under(CONFIG, _RECEIVER, "    webhook_configs: [{url: 'http://192.0.2.1/'}]"),
        3,
    ),
    _kind(
        "resolved not sent",
        lines_where(CONFIG, r"^        send_resolved: true", lambda _: ["        send_resolved: false"]),
        3,
    ),
    _kind(
        "setting of a receiver dropped",
        dropped(
            CONFIG,
            r"^ +(?:send_resolved|severity|description|client_url|details|color|title|title_link|text|"
            r"fallback|api_url_file): ",
        ),
        12,
    ),
    _kind(
        "channel changed",
        spots_where(CONFIG, r"^      - channel: ", r"#[\w-]+", lambda m: [m[0][:-1], "#genesis-rollout"]),
        4,
    ),
    _kind(
        "secret in plain text",
        lines_where(CONFIG, r"^( +(?:- )?)(?:api_url_file|routing_key_file): .*", _secret_in_the_text),
        3,
    ),
    _kind(
        "secret of another file",
        spots_where(
            CONFIG, r"^ +(?:- )?(?:api_url_file|routing_key_file): ", r"\w+$", lambda m: [m[0] + "_old"]
        ),
        3,
    ),
    _kind(
        "template of another field",
        spots_where(
            CONFIG,
            r"^        (?:\w+): '",
            _CALL,
            lambda m: [
                rotated(
                    (
                        "genesis.title",
                        "genesis.text",
                        "genesis.link",
                        "genesis.color",
                        "genesis.pager_severity",
                    ),
                    m[0],
                )
            ],
        ),
        8,
    ),
    _kind("template misspelt", spots_where(CONFIG, r"^ +\w+: '", _CALL, lambda m: [m[0][:-1]]), 6),
    _kind(
        "templates not loaded",
        spots_where(
            CONFIG, r"^templates: ", r"\[.*\]", lambda _: ["['templates/*.tpl']", "[]", "['template/*.tmpl']"]
        ),
        3,
    ),
)
