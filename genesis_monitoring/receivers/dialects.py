"""How text is written for each kind of reader.

Labels and annotations may hold anything that a metric brings along, so they reach a message as text: Slack
would take ``<!channel>`` and ``<http://evil|text>`` for commands. Source: Slack, "Formatting text for app
surfaces": ``&``, ``<`` and ``>`` are the characters to escape.
"""

import re
from dataclasses import dataclass

_UNSEEN = (
    r"[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}\\x{feff}]"
)
"""As a Go string: what steers a reader's screen, or turns text around; a line break is left to the caller."""
_UNSEEN_HERE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text is written for one kind of reader: the ``name`` of its templates, and what is replaced."""

    name: str
    replaced: tuple[tuple[str, str], ...]

    def line(self, text: str) -> str:
        """``text`` on one line, as the templates write it."""
        return self.lines(text.replace("\n", " "))

    def lines(self, text: str) -> str:
        """As ``line``, with the line breaks left."""
        text = _UNSEEN_HERE.sub(" ", text)
        for old, new in self.replaced[1:]:
            text = text.replace(old, new)
        return text


SLACK = Dialect("genesis", ((_UNSEEN, " "), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")))
PLAIN = Dialect("genesis.plain", ((_UNSEEN, " "),))
