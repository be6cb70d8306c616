"""Alertmanager's own verdict on its configuration and templates.

GM601 (error): amtool refuses ``alertmanager.yml`` or a template, or does not say that it accepts it.
Alertmanager would not start with it, and nobody would be told of anything. Correct the receiver, route or
severity in the spec that the finding names.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_message
from genesis_monitoring.findings import Finding

CONFIG = "alertmanager/alertmanager.yml"
TEMPLATES = "alertmanager/templates/*.tmpl"

_FAILED = re.compile(r"FAILED: *(?P<message>.*?)(?=\n\s*\n|\namtool: error|\Z)", re.DOTALL)
_TEMPLATE = re.compile(r"template: (?P<name>[^:\s]+):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?:")


def check_alertmanager_config(context: CheckContext) -> Iterator[Finding]:
    """GM601."""
    wanted = context.read(CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    for file in wanted.files:
        run = context.tools.amtool.check_config(context.out, file.path)
        failures = [" ".join(match["message"].split()) for match in _FAILED.finditer(run.stdout)]
        if not failures and (run.exit_code or "SUCCESS" not in run.stdout):
            said = " ".join(run.stdout.split()) or "nothing"
            failures = [f"amtool did not say that it accepts this file; it said: {said[:300]}"]
        for message in failures:
            yield _finding(context, file, message)


def _finding(context: CheckContext, file: TreeFile, message: str) -> Finding:
    template = _TEMPLATE.search(message)
    if template:
        for other in context.read(TEMPLATES, "templates").files:
            if other.path.endswith("/" + template["name"]):
                place = (int(template["line"]), int(template["column"] or 0))
                return context.finding("GM601", other, place, message)
    return context.finding("GM601", file, locate_message(file.text, message), message)
