"""The cases as a page of the documentation."""

from collections.abc import Sequence

from .history import Case

_INTRODUCTION = """\
# Rollouts and their verdicts

Each row is 48 hours of history, written into a real Prometheus and judged there by the criteria of
`slo.yaml`, and judged again from the record. What is not named is as good as it was validated. Made from
`tests/rollout/cases.yaml` by the tests; how a verdict is reached is in [rollout.md](rollout.md).
"""


def format_table(cases: Sequence[Case]) -> str:
    """Markdown, ending in a newline."""
    lines = [_INTRODUCTION]
    for group in dict.fromkeys(case.group for case in cases):
        lines += [f"## {group}", "", "| rollout | verdict | because |", "|---|---|---|"]
        lines += [_row(case) for case in cases if case.group == group]
        lines.append("")
    return "\n".join(lines)


def _row(case: Case) -> str:
    because = ", ".join(f"{name} {status}" for name, status in case.because.items())
    words = {True: "GO is still reachable", False: "GO is out of reach"}
    if case.reachable is not None and case.verdict != "NO-GO":
        because = f"{words[case.reachable]}{'; ' if because else ''}{because}"
    return f"| {case.about.replace('|', '/')} | {case.verdict} | {because} |"
