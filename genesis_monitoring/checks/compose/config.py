"""Compose's own verdict on the stack's file.

GM801: Compose refuses ``docker-compose.yml`` (error), or accepts it with a warning, such as a variable that
is not set (warning). The stack would not start, or would start with an empty value. Correct the service in
the spec that the finding names.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.positions import Path as NodePath, locate_message, locate_path
from genesis_monitoring.findings import Finding, Severity

FILE = "docker-compose.yml"

_LOG = re.compile(r'^time="[^"]*" level=(?P<level>\w+) msg="(?P<message>(?:[^"\\]|\\.)*)"')
_DOTTED = re.compile(r"\b(?:services|networks|volumes|secrets|configs)(?:\.[\w\[\]-]+)+")
_SERVICE = re.compile(r'\bservice "(?P<name>[^"]+)"')


def check_compose(context: CheckContext) -> Iterator[Finding]:
    """GM801."""
    if not context.plan.spec.stack.compose:
        return
    wanted = context.read(FILE, "Compose file")
    yield from wanted.findings
    for file in wanted.files:
        run = context.tools.compose.config(context.out, file.path)
        plain = []
        for line in (_relative(line, context.out).strip() for line in run.stderr.splitlines()):
            log = _LOG.match(line)
            if log is None:
                plain.append(line)
            elif log["level"] == "warning":
                message = re.sub(r"\\(.)", r"\1", log["message"])
                yield context.finding(
                    "GM801", file, _place(file.text, message), message, severity=Severity.WARNING
                )
        if run.exit_code or not run.stdout.strip():
            message = " ".join(line for line in plain if line)
            message = message or "Compose did not say that it accepts this file"
            yield context.finding("GM801", file, _place(file.text, message), message)


def _relative(line: str, out: Path) -> str:
    return line.replace(f"{out.absolute()}/", "").replace(f"{out.resolve()}/", "")


def _place(text: str, message: str) -> tuple[int, int]:
    """By the dotted path that Compose names, else by the service, else by line or quoted word."""
    dotted = _DOTTED.search(message)
    if dotted:
        return locate_path(text, _node_path(dotted[0]))
    service = _SERVICE.search(message)
    if service:
        return locate_path(text, ("services", service["name"]))
    return locate_message(text, message)


def _node_path(dotted: str) -> NodePath:
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"[.\[\]]+", dotted) if part)
