"""What a spec may say is taken by the field's own tools: Compose, promtool, amtool, and running servers.

Each case of ``accepted.cases`` is rendered and validated; servers run with the arguments of the Compose file.
"""

from pathlib import Path

import pytest
from cases.reading import Case, load_cases
from cli.sandbox import run

pytestmark = pytest.mark.live


@pytest.mark.parametrize("case", load_cases("accepted.cases"), ids=lambda case: case.name)
def test_what_is_accepted_is_taken_by_the_tools(case: Case, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(case.text, "utf-8")
    assert run("genesis-mon render", tmp_path).code == 0
    # Rule tests are slow here and proven elsewhere.
    done = run("genesis-mon validate --skip rule-tests --format json", tmp_path)
    assert done.code == 0, done.stdout
