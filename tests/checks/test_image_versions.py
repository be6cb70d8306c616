"""What the images of the spec do not know, at the line of the spec that asks for it."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.prometheus.image_versions import check_image_versions

from .rule_tree import tree_of


@pytest.mark.parametrize(
    ("service", "image", "query", "words", "place"),
    [
        ("prometheus", "v2.50.1", "double_exponential_smoothing", "came with 3.0", "slis.queue_share"),
        ("prometheus", "v3.5.0", "holt_winters", "holt_winters() ended with 3.0", "slis.queue_share"),
        ("prometheus", "v2.41.0", "", "are written for 2.42 and later", "stack.services.prometheus.image"),
        (
            "alertmanager",
            "v0.24.0",
            "",
            "are written for 0.25 and later",
            "stack.services.alertmanager.image",
        ),
        ("prometheus", "v2.42.0", "", "", ""),
        ("alertmanager", "v0.25.0", "", "", ""),
    ],
)
def test_what_the_image_does_not_know(
    tmp_path: Path, service: str, image: str, query: str, words: str, place: str
) -> None:
    def change(data: dict[str, object]) -> None:
        services = data["stack"]["services"]  # type: ignore[index]
        services[service]["image"] = f"prom/{service}:{image}"
        if query:
            sli = data["slis"]["queue_share"]  # type: ignore[index]
            shown = f"max by (instance) ({query}(queue_length[5m], 0.5, 0.5))"
            sli["expr"] = f"{shown} / sum by (instance) (queue_length)"

    tree = tree_of(tmp_path / "spec", change)
    if not words:
        assert tree.run(check_image_versions) == []
        return
    found = set(tree.run(check_image_versions))
    assert len(found) == 1, found
    (finding,) = found
    assert finding.code == "GM307"
    assert words in finding.message
    assert (finding.location,) == tree.spec_place(place)


@pytest.mark.parametrize(
    ("image", "expr", "words"),
    [
        ("v2.53.0", 'max({"queue_length"})', "a name in quotes came with 3.0"),
        ("v2.53.0", 'max by ("queue") (queue_length)', "a name in quotes came with 3.0"),
        ("v2.53.0", "max(ts_of_max_over_time(queue_length[5m]))", "ts_of_max_over_time() came with 3.5"),
        ("v3.0.0", 'max by ("queue") ({"queue_length"})', ""),
        ("v2.53.0", 'max by (queue) (label_replace(queue_length{queue!="a", job=""}, "x", "", "", ""))', ""),
    ],
)
def test_what_a_panel_asks_is_known_to_the_image(tmp_path: Path, image: str, expr: str, words: str) -> None:
    def change(data: dict[str, object]) -> None:
        data["stack"]["services"]["prometheus"]["image"] = f"prom/prometheus:{image}"  # type: ignore[index]
        panels = (panel for row in data["dashboards"]["shop"]["rows"] for panel in row["panels"])  # type: ignore[index]
        (panel,) = (one for one in panels if one["title"] == "Queues")
        panel["queries"].append({"expr": expr, "unit": "count", "legend": "Longest"})

    found = tree_of(tmp_path / "spec", change).run(check_image_versions)
    assert [words in one.message for one in found] == [True] * bool(words)
    assert all(one.location.file.endswith("slo.yaml") for one in found)
