"""Links within the generated tree: the files on disk and the plan in, findings out.

GM715 (error): the runbook page that an alert links to is not there, or a generated page links to a page,
dashboard or panel that does not exist. Whoever is paged opens it first. Run ``genesis-mon render``.
"""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext, TreeFile
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan

CODES: tuple[str, ...] = ("GM715",)
PAGES = "docs/*.md"

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\\)(?:\]\((?P<target>[^()\s]+)\)|<(?P<address>https?://[^<>\s]+)>)")
_PAGE = re.compile(r"(?:\.\./)*(?:[\w-]+/)*[\w-]+\.md", re.ASCII)
_PANEL = re.compile(
    r"/d/(?P<uid>[\w-]+)(?:\?(?:var-\w+=[\w.%-]+&?)?(?:viewPanel=(?P<panel>[0-9]+))?)?", re.ASCII
)


def check_links(context: CheckContext) -> Iterator[Finding]:
    """GM715 for pages."""
    wanted = context.read(PAGES, "pages")
    plan = context.plan
    for page in plan.runbooks:
        if not (context.out / page.path).is_file():
            message = f"the runbook page of {page.alert} is not there, and the alert links to it"
            related = (context.source.locate_dotted(page.origin),)
            yield Finding("GM715", Severity.ERROR, context.locate(page.path), message, RENDER_HINT, related)
    runbooks = {context.locate(page.path) for page in plan.runbooks}
    yield from (finding for finding in wanted.findings if finding.location not in runbooks)
    for file in wanted.files:
        yield from _dead_links(context, plan, file)


def _dead_links(context: CheckContext, plan: Plan, file: TreeFile) -> Iterator[Finding]:
    dashboards = {one.uid: {panel.id for panel in one.panels} for one in plan.dashboards}
    grafana = plan.spec.metadata.links.grafana.rstrip("/")
    text = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), file.text)
    for match in _LINK.finditer(text):
        target = match["target"] or match["address"]
        reason = ""
        if _PAGE.fullmatch(target):
            path = normpath(join(dirname(file.path), target))
            if path.startswith("..") or not (context.out / path).is_file():
                reason = f"there is no page {path}"
        elif target.startswith(f"{grafana}/d/"):
            link = _PANEL.fullmatch(target.removeprefix(grafana))
            if link is None or link["uid"] not in dashboards:
                reason = f"there is no such dashboard; there is {', '.join(dashboards)}"
            elif link["panel"] and int(link["panel"]) not in dashboards[link["uid"]]:
                reason = f'the dashboard "{link["uid"]}" has no panel {link["panel"]}'
        if reason:
            line = text.count("\n", 0, match.start()) + 1
            message = f"the link to {target} leads nowhere: {reason}"
            yield context.finding("GM715", file, (line, 0), message, hint=RENDER_HINT)
