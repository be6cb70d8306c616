"""What the images of the spec do not know, at the place in the file that uses it."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.prometheus.image_versions import check_image_versions
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG as FILE

from .rule_tree import SHOP, tree_of


@pytest.mark.parametrize(
    ("image", "path", "old", "new", "words"),
    [
        ("v2.45.0", FILE, "global:\n", "global:\n  rule_query_offset: 1m\n", "came with 2.53"),
        ("v2.50.1", SHOP, "    rules:\n", "    labels: {a: b}\n    rules:\n", "labels came with 3.0"),
        ("v2.50.1", SHOP, "round(", "double_exponential_smoothing(", "came with 3.0"),
        ("v3.5.0", SHOP, "round(", "holt_winters(", "holt_winters() ended with 3.0"),
        ("v0.25.0", ALERTMANAGER_CONFIG, "  - source", "  - name: x\n    source", "name came with 0.30"),
    ],
)
def test_what_the_image_does_not_know(
    tmp_path: Path, image: str, path: str, old: str, new: str, words: str
) -> None:
    service = "alertmanager" if path == ALERTMANAGER_CONFIG else "prometheus"

    def change(data: dict[str, object]) -> None:
        services = data["stack"]["services"]  # type: ignore[index]
        services[service]["image"] = f"prom/{service}:{image}"

    tree = tree_of(tmp_path / "spec", change)
    assert tree.run(check_image_versions) == []
    line = tree.spoil(path, old, new)
    finding = tree.one(check_image_versions, "GM307")
    assert words in finding.message
    assert line <= finding.location.line <= line + 1
    assert finding.related == tree.spec_place(f"stack.services.{service}.image")
