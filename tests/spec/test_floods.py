"""However many references dangle or names stand twice, the first are told and the rest is counted."""

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.findings import MOST_FINDINGS
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import SpecError

RECEIVERS = "receivers: [pager, genesis-alerts"
SPEC = (ROLLOUT_SPEC).read_text()


@pytest.mark.parametrize("count", [MOST_FINDINGS, MOST_FINDINGS + 1, 4 * MOST_FINDINGS, 16 * MOST_FINDINGS])
@pytest.mark.parametrize("name", ["nowhere-{0}", "pager"], ids=["dangling", "doubled"])
def test_a_flood_of_them_is_counted(name: str, count: int) -> None:
    assert RECEIVERS in SPEC
    names = ", ".join(name.format(index) for index in range(count))
    text = SPEC.replace(RECEIVERS, f"{RECEIVERS}, {names}", 1)
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "slo.yaml")
    codes = [finding.code for finding in caught.value.findings]
    wanted = "GM121" if "{0}" in name else "GM120"
    assert codes.count(wanted) <= MOST_FINDINGS
    assert len(codes) == min(count, MOST_FINDINGS) + (count > MOST_FINDINGS)
    if count > MOST_FINDINGS:
        said = [finding.message for finding in caught.value.findings]
        assert f"{count - MOST_FINDINGS} more mistakes are not listed" in said
