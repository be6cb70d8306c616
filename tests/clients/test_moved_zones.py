"""Zone files that move the time: where it is which time by them, read by another reader of zone files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from genesis_monitoring.clients.moved_zones import move_zones

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu")
MOMENT = datetime(2028, 1, 1, 6, tzinfo=ZoneInfo("Europe/Berlin"))
SUMMER = datetime(2028, 3, 26, 1, tzinfo=UTC)


@given(
    moment=st.sampled_from([MOMENT, SUMMER, SUMMER - timedelta(minutes=1)]),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    after=st.timedeltas(timedelta(0), timedelta(seconds=50)),
)
def test_it_is_the_moment_and_never_before_it(moment: datetime, now: datetime, after: timedelta) -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        assert move_zones(folder, ZONES, moment, now) == {"ZONEINFO": made}
        for zone in ZONES:
            with (folder / zone).open("rb") as file:
                moved = (now + after).astimezone(ZoneInfo.from_file(file)).replace(tzinfo=None)
            wanted = (moment + after).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert timedelta(0) <= moved - wanted < timedelta(seconds=5)
