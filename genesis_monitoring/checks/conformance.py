"""Whether each data file on disk means what the spec says: parsed, and compared key by key with its document.

GM209 (error): a value is another one, is missing, or is one that the spec does not have. Somebody edited the
file, or a template is wrong. Change the spec or the template, and render again. How a value is written does
not matter here; GM201 tells of any other byte.

GM210 (error): a file that a server or promtool would load, and that the spec does not have. Its rules would
be evaluated, its panels shown, its templates used, its tests pass or fail for other rules, and nobody reviews
it. Move what it holds into the spec, and the file away.
"""

from collections.abc import Iterator
from dataclasses import replace

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.comparison import Difference, compare, spell
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.checks.yaml_files import InvalidYaml, load_json, load_yaml
from genesis_monitoring.conventions import (
    ALERTMANAGER_TEMPLATES,
    DASHBOARDS_FOLDER,
    RULE_TESTS_FOLDER,
    RULES_FOLDER,
)
from genesis_monitoring.documents.node import Document
from genesis_monitoring.findings import Finding

CODES: tuple[str, ...] = ("GM209", "GM210")

_LOADED = (
    (RULES_FOLDER, "*.yml", "Prometheus"),
    (RULE_TESTS_FOLDER, "*.yml", "promtool test rules"),
    (ALERTMANAGER_TEMPLATES.rpartition("/")[0], "*.tmpl", "Alertmanager"),
    (DASHBOARDS_FOLDER, "*.json", "Grafana"),
)
"""The folders of which a server, or a person's command, takes all files of that kind."""
_HINT = "if it should be so, change the spec there; then run genesis-mon render"
_STRAY_HINT = "move what it holds into the spec, and the file away"
_MOST = 20
"""Differences told of one file."""


def check_conformance(context: CheckContext) -> Iterator[Finding]:
    """GM209 for every artifact that has a document, GM210 for what stands beside them."""
    for artifact in context.artifacts:
        document = artifact.document
        if document is not None:
            yield from _file(context, artifact, document)
    own = {artifact.path for artifact in context.artifacts}
    for folder, pattern, server in _LOADED:
        for path in sorted((context.out / folder).glob(pattern)):
            relative = path.relative_to(context.out).as_posix()
            if relative not in own:
                message = f"{server} loads this file, and the spec does not have it"
                yield context.finding("GM210", TreeFile(relative, ""), (0, 0), message, hint=_STRAY_HINT)


def _file(context: CheckContext, artifact: Artifact, document: Document) -> Iterator[Finding]:
    read = context.read(artifact.path, "such file")
    yield from read.findings
    for file in read.files:
        try:
            seen = load_json(file) if file.path.endswith(".json") else load_yaml(file)
        except InvalidYaml as error:
            origin = (context.source.locate_dotted(document.data.origin),)
            yield replace(context.unchecked(file.path, error.message, error.place), related=origin)
            continue
        found = list(compare(document.data, seen))
        for difference in found[:_MOST]:
            yield _finding(context, file, document, difference)
        if len(found) > _MOST:
            message = f"{len(found) - _MOST} more values of this file differ from the spec"
            yield context.finding("GM209", file, (0, 0), message, hint=_HINT)


def _finding(context: CheckContext, file: TreeFile, document: Document, difference: Difference) -> Finding:
    origin = document.origin_of(difference.wanted_at)
    related = (context.source.locate_dotted(origin),) if origin else ()
    message = f"{spell(document.data, difference)} {difference.text}"
    place = locate_path(file.text, difference.seen_at)
    return context.finding("GM209", file, place, message, hint=_HINT, related=related)
