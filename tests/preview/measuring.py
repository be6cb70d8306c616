"""What a browser makes of a page at a width: what sticks out of it, and what has too little contrast."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 120
_SCRIPT = """
<script>
addEventListener('load', () => {
  const height = document.documentElement.scrollHeight;
  for (const e of document.querySelectorAll('details.row')) e.open = true;
  const wide = document.documentElement.clientWidth, over = [];
  for (const e of document.body.querySelectorAll('*')) {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (!r.width || s.clipPath !== 'none' || s.visibility === 'hidden') continue;
    if (e.closest('svg') && e.tagName !== 'svg') continue;
    if (e.parentElement.closest('details:not([open])')) continue;
    if (r.right > wide + 1 || r.left < -1) over.push(`${e.tagName}.${e.className} to ${Math.round(r.right)}: ${e.textContent.slice(0, 40)}`);
  }
  for (const p of document.querySelectorAll('.panel')) {
    if (p.scrollWidth > p.clientWidth + 1 || p.scrollHeight > p.clientHeight + 1) over.push(`panel ${p.getAttribute('aria-labelledby')}`);
  }
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const faint = [];
  for (const e of document.body.querySelectorAll('*')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const s = getComputedStyle(e);
    if (!own || s.visibility === 'hidden' || s.clipPath !== 'none' || !e.getBoundingClientRect().width) continue;
    let under = e; while (under && /, 0\\)$|transparent/.test(getComputedStyle(under).backgroundColor)) under = under.parentElement;
    const back = under ? getComputedStyle(under).backgroundColor : 'rgb(255, 255, 255)';
    const [a, b] = [light(e.closest('svg') ? s.fill : s.color), light(back)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) faint.push(`${e.className.baseVal ?? e.className}: ${e.textContent.slice(0, 30)}`);
  }
  document.documentElement.dataset.found = JSON.stringify({height, over, faint});
});
</script>
"""  # noqa: E501


def measured(page: Path, folder: Path, width: int, *, dark: bool = False) -> dict[str, Any]:
    """``height`` in pixels, what is ``over`` an edge, and text that is too ``faint`` to be read (AA)."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: make test installs it"
    copy = folder / "measured.html"
    text = page.read_text().replace("Content-Security-Policy", "X-None")
    if dark:
        text = text.replace("(prefers-color-scheme: dark)", "all")
    # A window has a least width of 500 pixels, a frame has none.
    copy.write_text(text.replace("</head>", f"{_SCRIPT}</head>"))
    frame = folder / "frame.html"
    frame.write_text(
        f'<iframe style="width:{width}px;height:900px;border:0" src="measured.html"></iframe>'
        "<script>addEventListener('load', () => setTimeout(() => { document.body.dataset.found = "
        "document.querySelector('iframe').contentDocument.documentElement.dataset.found; }, 100));</script>"
    )
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    )
    done = subprocess.run(
        (program, *flags, f"--user-data-dir={folder}/browser", "--allow-file-access-from-files",
         "--virtual-time-budget=3000", "--window-size=1600,1000", "--dump-dom", frame.as_uri()),
        check=True, capture_output=True, timeout=_PATIENCE_SECONDS, text=True,
    )  # fmt: skip
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-500:]
    measured: dict[str, Any] = json.loads(unescape(found[1]))
    return measured
