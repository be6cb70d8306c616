"""``text``: Markdown."""

from genesis_monitoring.preview.asking import PanelData
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.markdown import to_html
from genesis_monitoring.preview.markup import element
from genesis_monitoring.render.quoting import Quoted


def draw_text(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings. What is said to be HTML is shown as text, since no markup of others is let in."""
    del data
    content = str(panel.options.get("content") or "")
    if panel.options.get("mode") == "markdown":
        return element("div", to_html(content), class_="prose")
    return element("pre", content)
