"""A small spec with two suites, ``smoke`` and ``full``, whose catalogue lists all that the exporter makes."""

import os
from pathlib import Path

from genesis_monitoring.exporter.exposition import PLAIN, Exposition
from genesis_monitoring.spec.exporter_metrics import exporter_metrics
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec

BASE = Path(__file__).resolve().parents[1] / "cases" / "base.yaml"
NOW = 1_800_000_000.0
MAX_AGE = 7200
PASSED = '<testsuite name="s"><testcase classname="c" name="a"/></testsuite>'
HALF = '<testsuite name="s"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'


def shop_text() -> str:
    """The spec as a file."""
    text = BASE.read_text("utf-8")
    known = parse_spec(text, "base.yaml").spec
    lines = [
        f"  {name}: {{type: gauge, unit: {form.unit}, help: Made here, job: shop, status: exported, "
        f"labels: [{', '.join(form.labels)}]}}\n"
        for name, form in exporter_metrics(known).items()
        if name not in known.metrics
    ]
    return text.replace("metrics:\n", "metrics:\n" + "".join(lines), 1)


def shop_spec() -> Spec:
    """The spec, loaded."""
    return parse_spec(shop_text(), "slo.yaml").spec


class Shop:
    """An exporter of the shop in a folder, with a clock that stands still until it is moved."""

    def __init__(self, folder: Path, *, smoke: str = "smoke.xml", patience: float | None = None) -> None:
        """``smoke`` are the result files of that suite; ``patience`` is the exporter's."""
        self.folder = folder
        (folder / "results").mkdir(exist_ok=True)
        self.now = NOW
        self.ticks = 0.0
        self.said: list[str] = []
        text = shop_text().replace("results/smoke.xml", f"results/{smoke}")
        self.exposition = Exposition(
            parse_spec(text, "slo.yaml").spec,
            folder,
            "1.2.3",
            clock=lambda: self.now,
            tell=self.said.append,
            patience=patience,
            ticks=lambda: self.ticks,
        )

    def path(self, suite: str) -> Path:
        """The suite's result file."""
        return self.folder / "results" / f"{suite}.xml"

    def write(self, suite: str, content: str | bytes, *, age: float = 0) -> None:
        """Put a result in place by a rename, written ``age`` seconds ago."""
        temporary = self.folder / "results" / "new"
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(temporary, (self.now - age, self.now - age))
        temporary.replace(self.path(suite))

    def text(self) -> str:
        """The page as plain text."""
        return self.exposition.page(PLAIN).body.decode()

    def series(self) -> dict[str, float]:
        """Each series that is exposed, with its value."""
        lines = [line for line in self.text().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}
