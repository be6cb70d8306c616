"""Files that are no spec: told with a place, by the right exit code, in bounded time and memory."""

from functools import partial
from pathlib import Path

import pytest
from growth import grows_linearly

from genesis_monitoring.errors import ExitCode
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.source import SpecError

from .reading import BASE


def refused(path: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        load_spec(path, display="slo.yaml")
    return caught.value


def test_a_missing_file(tmp_path: Path) -> None:
    error = refused(tmp_path / "slo.yaml")
    assert [(f.code, str(f.location)) for f in error.findings] == [("GM101", "slo.yaml")]
    assert error.exit_code == ExitCode.USAGE
    assert "genesis-mon init" in error.findings[0].hint


def test_a_folder(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert [(f.code, str(f.location)) for f in error.findings] == [("GM101", "slo.yaml")]
    assert "it is a folder" in error.findings[0].message
    assert error.exit_code == ExitCode.USAGE


DEEP = "a: " + "[" * 70 + "]" * 70
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
CONTENTS = [
    pytest.param(b"", "GM102", 1, 1, id="empty"),
    pytest.param(b"# nothing yet\n", "GM102", 1, 1, id="only a comment"),
    pytest.param(b"apiVersion: x\0\n", "GM102", 1, 14, id="binary"),
    pytest.param("name: Zürich\n".encode("latin-1"), "GM102", 1, 8, id="not UTF-8"),
    pytest.param(BASE.encode("utf-16"), "GM102", 1, 4, id="UTF-16"),
    pytest.param(b"name: \x07bell\n", "GM102", 1, 7, id="a control character"),
    pytest.param(DEEP.encode(), "GM102", 1, 67, id="too deep"),
    pytest.param(b"- just\n- a list\n", "GM112", 1, 1, id="a list"),
    pytest.param(b"just text\n", "GM112", 1, 1, id="text"),
    pytest.param(b"42\n", "GM112", 1, 1, id="a number"),
    pytest.param(b"[1, 2\n", "GM103", 1, 1, id="a list that is not closed"),
]


@pytest.mark.parametrize(("content", "code", "line", "column"), CONTENTS)
def test_what_is_no_spec_is_told_at_its_place(
    content: bytes, code: str, line: int, column: int, tmp_path: Path
) -> None:
    (tmp_path / "slo.yaml").write_bytes(content)
    error = refused(tmp_path / "slo.yaml")
    first = error.findings[0]
    assert (first.code, first.location.line, first.location.column) == (code, line, column)
    assert error.exit_code == ExitCode.FINDINGS


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "slo.yaml"
    with path.open("wb") as file:
        file.truncate(64 * 2**30)
    error = refused(path)
    assert [(f.code, str(f.location)) for f in error.findings] == [("GM102", "slo.yaml")]
    assert "8 MiB" in error.findings[0].message
    assert error.exit_code == ExitCode.USAGE


def test_an_alias_bomb_is_told_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(BOMB, "utf-8")
    error = refused(tmp_path / "slo.yaml")
    bombs = [(f.location.line, f.location.column) for f in error.findings if f.code == "GM106"]
    assert bombs[:5] == [(1, 5), (2, 5), (2, 10), (2, 15), (2, 20)]
    assert {f.code for f in error.findings} == {"GM106", "GM110", "GM111"}


def many_mistakes(path: Path, count: int) -> Path:
    """Each of very many alerts names an SLI that does not exist."""
    alert = "sli: nothing, for: 5m, severity: P1, summary: S, impact: I, response: [R]"
    alerts = "".join(f"  Alert{number}: {{{alert}}}\n" for number in range(count))
    slis = "".join(
        f"  sli_{number}: {{kind: gauge, title: T, component: web, unit: score, metrics: [shop_health], "
        "aggregation: min}\n"
        for number in range(count)
    )
    text = BASE.replace("\nalerts:\n", f"\nalerts:\n{alerts}").replace("\nslis:\n", f"\nslis:\n{slis}")
    path.mkdir()
    (path / "slo.yaml").write_text(text, "utf-8")
    return path / "slo.yaml"


def test_very_many_mistakes_cost_little(tmp_path: Path) -> None:
    assert grows_linearly(lambda count: partial(refused, many_mistakes(tmp_path / str(count), count)), 40)
    error = refused(many_mistakes(tmp_path / "many", 1500))
    told = [f for f in error.findings if f.code == "GM121"]
    rest = [f.message for f in error.findings if f.code == "GM102"]
    assert (len(told), len(rest)) == (500, 1)
    assert "1000 more" in rest[0]
