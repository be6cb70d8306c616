"""``text``: Markdown; it asks for nothing."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import ABOUT, HEAD, Key, own_options
from genesis_monitoring.panels.panel import PanelPlan, PanelType, Preview, SpecKey


class Text(PanelType):
    """The time of the rollout, and the good values of the objectives listed."""

    name = "text"
    preview: Preview = "text"
    takes: frozenset[SpecKey] = frozenset({"objectives"})
    instant = False
    keys = (
        *HEAD,
        *ABOUT,
        own_options(Key("mode", "language of the text"), Key("content", "the text")),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        return g.Text(**common, mode=g.TEXT_MODE_MARKDOWN, content=panel.text)
