"""Secrets that stand in a configuration file as they are.

GM609 (error): a password, token, key or secret address in plain text. Whoever can read the repository can use
it. Put it into a file of ``stack.secrets`` and name that file (``routing_key_file``, ``api_url_file``,
``password_file``), then change the secret itself, for it has been seen.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import items, place_of, read_nodes, scalar
from genesis_monitoring.checks.secret_shapes import secrets_in
from genesis_monitoring.findings import Finding

if TYPE_CHECKING:
    from yaml import Node

CODES = ("GM609",)

_KEY = re.compile(
    r"(?:[a-z0-9]+_)*(?:password|passwd|secret|secret_key|token|credentials|routing_key|service_key|api_key"
    r"|user_key|webhook_url|slack_api_url)\Z"
)
_SLACK_URL = "slack_configs"


def plain_secrets(context: CheckContext, file: TreeFile) -> Iterator[Finding]:
    """GM609 for each secret in a YAML file; the value itself is not repeated."""
    for key, value, node in _scalars(read_nodes(file.text), "", ""):
        if value and (_KEY.match(key.lower()) or secrets_in(value)):
            message = (
                f"{key} is a secret in plain text ({len(value)} characters); only its file may stand here"
            )
            hint = f"put it into a file of stack.secrets and name that by {key}_file, then change the secret"
            yield context.finding("GM609", file, place_of(node), message, hint=hint)


def _scalars(node: "Node | None", key: str, above: str) -> "Iterator[tuple[str, str, Node]]":
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _scalars(value, scalar(name) or "", key)
    for inner in items(node):
        yield from _scalars(inner, key, above)
    text = scalar(node)
    if text is not None and node is not None:
        yield ("slack_api_url" if key == "api_url" and above == _SLACK_URL else key), text, node
