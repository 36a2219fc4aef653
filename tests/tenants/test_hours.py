"""Opening hours: what counts as open, holidays, and the days on which the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.tenancy import tenant_context
from events.models import Event
from tenants.hours import ALWAYS, Hours, after_open_minutes, is_open, open_minutes_between, opens_at
from tenants.operations.hours import BadHours, set_hours
from tenants.queries import business_hours
from tests.cast import Cast

LISBON = ZoneInfo("Europe/Lisbon")
NINE_TO_FIVE, LATE = (540, 1020), (1200, 1440)
CHRISTMAS = date(2025, 12, 25)  # a Thursday
#: Monday to Friday from nine to five, on Friday also from eight in the evening to midnight.
OFFICE = Hours(LISBON, (((NINE_TO_FIVE,),) * 4) + ((NINE_TO_FIVE, LATE), (), ()), frozenset({CHRISTMAS}))
ALL_DAY = Hours(LISBON, ALWAYS.week)


def lisbon(day: int, hour: int = 0, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=LISBON)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (lisbon(22, 9), True),
        (lisbon(22, 8, 59), False),
        (lisbon(22, 16, 59), True),
        (lisbon(22, 17), False),
        (lisbon(25, 12), False),  # a holiday
        (lisbon(26, 23, 59), True),
        (lisbon(27), False),  # midnight belongs to Saturday
        (lisbon(27, 12), False),
    ],
)
def test_open_from_the_first_minute_to_the_last_but_not_on_holidays(at: datetime, expected: bool) -> None:
    assert is_open(OFFICE, at) is expected
    assert is_open(OFFICE, at.astimezone(ZoneInfo("Asia/Tokyo"))) is expected


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        (lisbon(22, 10), lisbon(22, 10, 30), 30),
        (lisbon(22, 8), lisbon(22, 18), 480),
        (lisbon(22, 16, 30), lisbon(23, 9, 30), 60),
        (lisbon(24, 16), lisbon(26, 10), 120),  # over Christmas
        (lisbon(26), lisbon(29), 720),  # Friday has two spans, the weekend none
        (lisbon(27), lisbon(29), 0),
        (lisbon(22, 11), lisbon(22, 10), 0),
    ],
)
def test_only_open_minutes_are_counted(a: datetime, b: datetime, minutes: int) -> None:
    assert open_minutes_between(OFFICE, a, b) == minutes


def test_days_on_which_the_clock_is_changed_are_as_long_as_they_are() -> None:
    spring, autumn = lisbon(30, month=3), lisbon(26, month=10)

    assert open_minutes_between(ALL_DAY, spring, lisbon(31, month=3)) == 23 * 60
    assert open_minutes_between(ALL_DAY, autumn, lisbon(27, month=10)) == 25 * 60
    assert after_open_minutes(ALL_DAY, autumn, 24 * 60) == datetime(2025, 10, 26, 23, tzinfo=UTC)


def test_a_span_that_the_clock_skips_is_no_span() -> None:
    skipped = Hours(LISBON, ((), (), (), (), (), (), ((60, 120),)))  # 01:00 to 02:00 on Sundays

    assert open_minutes_between(skipped, lisbon(30, month=3), lisbon(31, month=3)) == 0
    assert open_minutes_between(skipped, lisbon(23, month=3), lisbon(24, month=3)) == 60


def test_the_moment_when_open_minutes_have_passed() -> None:
    assert after_open_minutes(OFFICE, lisbon(22, 16, 30), 60) == lisbon(23, 9, 30)
    assert after_open_minutes(OFFICE, lisbon(22, 16, 30), 30) == lisbon(22, 17)
    assert after_open_minutes(OFFICE, lisbon(24, 17), 1) == lisbon(26, 9, 1)
    assert opens_at(OFFICE, lisbon(22, 12)) == lisbon(22, 12)
    assert opens_at(OFFICE, lisbon(26, 17)) == lisbon(26, 20)
    assert opens_at(OFFICE, lisbon(27, 1)) == lisbon(29, 9)


def test_a_workspace_that_never_opens_is_never_due() -> None:
    never = Hours(LISBON, ((),) * 7)

    assert opens_at(never, lisbon(1)) is None
    assert after_open_minutes(never, lisbon(1), 5) is None
    assert not is_open(never, lisbon(1))


@given(seconds=st.integers(0, 2 * 365 * 86_400), minutes=st.integers(1, 5_000))
def test_counting_and_looking_ahead_agree(seconds: int, minutes: int) -> None:
    a = lisbon(1, month=1) + timedelta(seconds=seconds)

    due = after_open_minutes(OFFICE, a, minutes)

    assert due is not None
    assert open_minutes_between(OFFICE, a, due) == pytest.approx(minutes)


def test_hours_are_kept_and_told_and_a_stranger_has_their_own(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        assert business_hours() == ALWAYS
        set_hours(
            zone="Europe/Lisbon",
            week=[[NINE_TO_FIVE]] * 4 + [[LATE, NINE_TO_FIVE], [], []],
            holidays=[(CHRISTMAS, " Christmas ")],
            by=cast.alice,
        )
        assert business_hours() == OFFICE
    with tenant_context(cast.acme.id):
        told = Event.objects.get(type="hours.changed")
        assert (told.actor["name"], told.data["hours"]["holidays"]) == (
            "Alice",
            [{"date": "2025-12-25", "name": "Christmas"}],
        )
        set_hours(zone="Europe/Lisbon", week=[[]] * 7, is_always=True)
        assert business_hours() == ALWAYS
    with tenant_context(cast.globex.id):
        assert business_hours() == ALWAYS
        assert not Event.objects.filter(type="hours.changed").exists()


@pytest.mark.parametrize(
    ("zone", "monday", "field", "day"),
    [
        ("Lisbon", [], "zone", None),
        ("", [], "zone", None),
        ("../etc/passwd", [], "zone", None),
        ("UTC", [(600, 600)], "week", 0),
        ("UTC", [(600, 500)], "week", 0),
        ("UTC", [(-1, 500)], "week", 0),
        ("UTC", [(600, 1441)], "week", 0),
        ("UTC", [(540, 700), (690, 800)], "week", 0),
    ],
)
def test_hours_that_no_clock_shows_are_refused(
    cast: Cast, zone: str, monday: list[tuple[int, int]], field: str, day: int | None
) -> None:
    with tenant_context(cast.acme.id), pytest.raises(BadHours) as refused:
        set_hours(zone=zone, week=[monday, *[[]] * 6])

    assert (refused.value.field, refused.value.day) == (field, day)
