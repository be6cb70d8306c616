"""``genesis-mon import``: what is printed, written, merged and refused."""

import json
import subprocess
from pathlib import Path

import pytest
from cli.sandbox import REPOSITORY, run

from genesis_monitoring.spec.load import load_spec

from .test_openslo import OTHERS, SLO
from .test_sloth import SHOP

STARTER = (REPOSITORY / "genesis_monitoring" / "commands" / "starter.yaml").read_text("utf-8")
IN_SHOP = SHOP.replace('job="till"', 'job="shop"')
LONG = STARTER.replace("retention: 15d", "retention: 40d")


def prepare(folder: Path, text: str = IN_SHOP) -> None:
    (folder / "slos.yaml").write_text(text, "utf-8")
    (folder / "slo.yaml").write_text(LONG, "utf-8")


def promtool(verb: str, folder: Path) -> int:
    """The exit code of ``promtool VERB rules`` over the files of the imported component."""
    files = [str(path) for path in sorted(folder.glob("corner-shop*.yml"))]
    assert files
    return subprocess.run(
        ["promtool", verb, "rules", *files], cwd=folder, capture_output=True, check=False
    ).returncode


def test_the_part_is_printed_and_findings_stand_beside_it(tmp_path: Path) -> None:
    prepare(tmp_path)
    answer = run("genesis-mon import sloth slos.yaml", tmp_path)
    assert answer.code == 0
    assert answer.stdout.startswith("components:\n  corner-shop: corner.shop\nmetrics:\n")
    assert "slos.yaml:15:13: info GM141 the alert's name is not kept" in answer.stderr
    again = run("genesis-mon import sloth slos.yaml --out part.yaml", tmp_path)
    assert (again.code, again.stdout) == (0, "")
    assert (tmp_path / "part.yaml").read_text("utf-8") == answer.stdout


def test_a_part_is_merged_between_the_lines_of_a_spec_which_renders_then(tmp_path: Path) -> None:
    prepare(tmp_path)
    answer = run("genesis-mon import sloth slos.yaml --spec slo.yaml --out slo.yaml", tmp_path)
    assert answer.code == 0, answer.stderr
    merged = (tmp_path / "slo.yaml").read_text("utf-8")
    new = iter(merged.splitlines())
    assert all(line in new for line in LONG.splitlines()), "every line of the spec is there, in order"
    spec = load_spec(tmp_path / "slo.yaml").spec
    assert spec.slis["corner_shop_orders_ok"].budget is not None
    rendered = run("genesis-mon render", tmp_path)
    assert rendered.code == 0, rendered.stderr
    rules = "".join(path.read_text("utf-8") for path in tmp_path.glob("generated/**/*.y*ml"))
    assert "sloth_id: corner.shop-orders-ok" in rules
    assert promtool("check", tmp_path / "generated" / "prometheus" / "rules") == 0
    assert promtool("test", tmp_path / "generated" / "prometheus" / "tests") == 0
    twice = run("genesis-mon import sloth slos.yaml --spec slo.yaml", tmp_path)
    assert twice.code == 0
    assert twice.stdout == merged


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_sections_that_are_not_there_and_no_last_line_break(tmp_path: Path, breaks: str) -> None:
    from genesis_monitoring.importers.merge import merge
    from genesis_monitoring.importers.part import make_part
    from genesis_monitoring.importers.registry import read_slos
    from genesis_monitoring.importers.report import Report
    from genesis_monitoring.importers.slo import Choices

    prepare(tmp_path)
    report = Report()
    part = make_part(read_slos("sloth", [tmp_path / "slos.yaml"], Choices(), report), Choices(), report)
    text = breaks.join(("# top", "components:", "    web: Pages # said", "    # end", "", "# next", "x: 1"))
    merged = merge(text, "slo.yaml", part, report)
    assert merged is not None
    begin = breaks.join(
        (
            "# top",
            "components:",
            "    web: Pages # said",
            "    # end",
            "    corner-shop: corner.shop",
            "",
            "# next",
        )
    )
    assert merged.text.startswith(begin)
    assert merged.text.count("\n") == merged.text.count(breaks)


def test_what_a_spec_has_already_and_otherwise_is_refused(tmp_path: Path) -> None:
    prepare(tmp_path)
    run("genesis-mon import sloth slos.yaml --spec slo.yaml --out slo.yaml", tmp_path)
    before = (tmp_path / "slo.yaml").read_bytes()
    (tmp_path / "slos.yaml").write_text(IN_SHOP.replace("99.95", "99.5"), "utf-8")
    answer = run("genesis-mon import sloth slos.yaml --spec slo.yaml --out slo.yaml", tmp_path)
    assert answer.code == 1
    assert "slos.yaml:6:11: error GM140 slis.corner_shop_orders_ok is in the spec already" in answer.stderr
    assert (tmp_path / "slo.yaml").read_bytes() == before


def test_what_would_be_no_valid_spec_is_told_at_the_lines_of_the_original(tmp_path: Path) -> None:
    prepare(tmp_path, SHOP)
    answer = run("genesis-mon import sloth slos.yaml --spec slo.yaml --out new.yaml", tmp_path)
    assert answer.code == 1
    assert "slos.yaml:6:11: error GM121 in the spec with the part in it: there is no scraped" in answer.stderr
    assert not (tmp_path / "new.yaml").exists()


def test_an_error_writes_nothing(tmp_path: Path) -> None:
    prepare(tmp_path, IN_SHOP.replace("sum(rate(orders", "max(rate(orders", 1))
    answer = run("genesis-mon import sloth slos.yaml --out part.yaml", tmp_path)
    assert (answer.code, answer.stdout) == (1, "")
    assert "slos.yaml:12:22: error GM140 slos[0].sli.events.error_query: has max" in answer.stderr
    assert "nothing was written" in answer.stderr
    assert not (tmp_path / "part.yaml").exists()


def test_as_json(tmp_path: Path) -> None:
    prepare(tmp_path, SLO)
    (tmp_path / "others.yaml").write_text(OTHERS, "utf-8")
    answer = run("genesis-mon import openslo slos.yaml others.yaml --job shop --format json", tmp_path)
    assert (answer.code, answer.stderr) == (0, "")
    told = json.loads(answer.stdout)
    assert told["slos"] == [
        {
            "sli": "post_parcels",
            "sloth_id": "post-parcels",
            "kind": "ratio",
            "location": {"file": "slos.yaml", "line": 4, "column": 9},
        }
    ]
    assert told["text"].startswith("components:\n")
    refused = run("genesis-mon import openslo slos.yaml --job shop --format json", tmp_path)
    told = json.loads(refused.stdout)
    assert (refused.code, told["imported"], told["text"], told["slos"]) == (1, False, None, [])
    assert {one["code"] for one in told["findings"] if one["severity"] == "error"} == {"GM140"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("sloth", "Missing argument"),
        ("sloth none.yaml", "none.yaml: cannot be read: no such file or directory"),
        ("sloth slos.yaml --out slos.yaml", "slos.yaml: is read, so it is not overwritten"),
        ("sloth slos.yaml --period never", "--period 'never'"),
        ("sloth slos.yaml --page urgent", "--page: 'urgent' is no severity"),
        ("sloth slos.yaml --buckets a=3,1", "--buckets a: '3,1' are no edges"),
        ("openslo slos.yaml --severity high", "--severity 'high' is no NAME=VALUE"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: str, says: str) -> None:
    prepare(tmp_path)
    answer = run(f"genesis-mon import {arguments}", tmp_path)
    assert (answer.code, answer.stdout) == (2, "")
    assert says in answer.stderr
