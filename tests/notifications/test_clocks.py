"""By whose clock it is night: the person's own, that of their number, that of the house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer
from inbox.operations.authors import Author
from notifications.campaigns.columns import guess_columns, read_cells, read_item
from notifications.clocks import clocks_of, zones_of
from notifications.models import Notification
from notifications.operations import engine
from notifications.operations.consents import set_quiet_hours
from notifications.operations.notify import Accepted
from tests.cast import Cast
from tests.notifications.conftest import ask, make_type, send

BERLIN, LISBON, TOKYO = "+4915112345678", "+351912345678", "+819012345678"
RUSSIA, TOLL_FREE, DRAMA = "+79161234567", "+18005550199", "+447700900123"


def keys(*phones: str) -> set[str]:
    return {one.key for one in zones_of(phones)}


def test_a_number_tells_the_zones_it_may_be_in() -> None:
    assert keys(BERLIN) == {"Europe/Berlin"}
    assert keys(LISBON) == {"Atlantic/Azores", "Europe/Lisbon"}
    assert keys(BERLIN, LISBON) == {"Atlantic/Azores", "Europe/Lisbon", "Europe/Berlin"}


@pytest.mark.parametrize("phone", [RUSSIA, TOLL_FREE, DRAMA, "", "12345"])
def test_a_number_of_half_the_world_tells_nothing(phone: str) -> None:
    assert zones_of((phone,)) == ()


def test_ones_own_zone_counts_before_the_number_and_the_number_before_the_house() -> None:
    own = clocks_of("Asia/Tokyo", [BERLIN], "UTC")
    numbers = clocks_of("", [BERLIN], "UTC")
    house = clocks_of("Not/AZone", [RUSSIA], "Europe/Lisbon")

    assert [clocks.zones[0].key for clocks in (own, numbers, house)] == [
        "Asia/Tokyo", "Europe/Berlin", "Europe/Lisbon",
    ]  # fmt: skip
    assert [clocks.whose.partition(";")[0] for clocks in (own, numbers, house)] == [
        "by the customer's own time zone",
        "by the time zone of their number",
        "by the time zone of the house",
    ]


@pytest.mark.parametrize(
    ("utc", "until"),
    [
        ("2026-01-10T20:30", None),  # 20:30 in Lisbon, 19:30 on the Azores
        ("2026-01-10T21:30", "2026-01-11T09:00"),  # night in Lisbon; by the time it ends it is 07:00 there
        ("2026-01-11T08:30", "2026-01-11T09:00"),  # morning in Lisbon, still night on the Azores
        ("2026-01-11T09:00", None),
    ],
)
def test_nobody_is_woken_in_any_zone_of_their_number(utc: str, until: str | None) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    found = clocks_of("", [LISBON], "UTC").quiet_until(at, start=time(21), end=time(8))

    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_the_day_is_found_also_where_hardly_any_is_left() -> None:
    at = datetime(2026, 1, 10, 12, tzinfo=UTC)

    found = clocks_of("", [LISBON], "UTC").quiet_until(at, start=time(0), end=time(23, 30))

    assert found
    assert found - at < timedelta(days=4)


# ---------------------------------------------------------------- the decision


@pytest.fixture
def scope(cast: Cast) -> Iterator[None]:
    with tenant_context(cast.acme.id):
        yield


def decided(cast: Cast, to: Any, **said: Any) -> Notification:
    named = make_type(cast.alice, key="news", quiet_hours="obey")
    [found] = send(cast.alice, ask(named, to=to), **said)
    assert isinstance(found, Accepted), found
    return found.notification


def hush(cast: Cast, where: str) -> None:
    """It is night now in this zone, and only there."""
    local = timezone.now().astimezone(ZoneInfo(where))
    start, end = (local - timedelta(minutes=20)).time(), (local + timedelta(minutes=20)).time()
    set_quiet_hours(start=start, end=end, timezone="Pacific/Kiritimati", by=Author.of(cast.alice))


def quiet_line(row: Notification) -> str:
    return str(next(line["detail"] for line in row.decision if line["step"] == "quiet hours"))


@pytest.mark.django_db
def test_the_zone_of_the_number_holds_and_the_engine_agrees(cast: Cast, scope: None) -> None:
    hush(cast, "Asia/Tokyo")

    held = decided(cast, {"phone": TOKYO})

    assert held.state == "held"
    assert quiet_line(held).endswith("Tokyo, by the time zone of their number.")
    Notification.objects.update(due_at=held.created_at)  # the time of this transaction
    engine.take_turn()
    held.refresh_from_db()
    assert held.state == "held"
    assert held.due_at
    assert held.due_at > held.created_at


@pytest.mark.django_db
def test_a_zone_told_with_a_notification_is_noted_and_counts(cast: Cast, scope: None) -> None:
    hush(cast, "Asia/Tokyo")

    held = decided(cast, {"phone": BERLIN, "timezone": "Asia/Tokyo"})

    assert held.state == "held"
    assert quiet_line(held).endswith("Tokyo, by the customer's own time zone.")
    assert Customer.objects.get(id=held.customer_id).timezone == "Asia/Tokyo"


@pytest.mark.django_db
def test_a_zone_that_is_known_stays_whatever_comes(cast: Cast, scope: None) -> None:
    hush(cast, "Asia/Tokyo")
    decided(cast, {"phone": BERLIN, "timezone": "Europe/Berlin"})

    [found] = send(
        cast.alice, ask(make_type(cast.alice, key="more"), to={"phone": BERLIN, "timezone": "Asia/Tokyo"})
    )

    assert isinstance(found, Accepted)
    assert found.notification.state == "queued"
    assert Customer.objects.get(id=found.notification.customer_id).timezone == "Europe/Berlin"


@pytest.mark.django_db
def test_a_dry_run_counts_the_zone_and_notes_nothing(cast: Cast, scope: None) -> None:
    hush(cast, "Asia/Tokyo")

    told = decided(cast, {"phone": TOKYO}, dry_run=True)
    named = decided_again(cast, {"phone": BERLIN, "timezone": "Asia/Tokyo"})

    assert (told.state, named.state) == ("held", "held")
    assert not Customer.objects.filter(timezone="Asia/Tokyo").exists()


def decided_again(cast: Cast, to: Any) -> Notification:
    [found] = send(
        cast.alice, ask(make_type(cast.alice, key="more", quiet_hours="obey"), to=to), dry_run=True
    )
    assert isinstance(found, Accepted), found
    return found.notification


@pytest.mark.django_db
def test_without_a_zone_the_house_decides_and_says_so(cast: Cast, scope: None) -> None:
    local = timezone.now().astimezone(ZoneInfo("Asia/Tokyo"))
    times = {"start": (local + timedelta(hours=2)).time(), "end": (local + timedelta(hours=3)).time()}
    set_quiet_hours(**times, timezone="Asia/Tokyo", by=Author.of(cast.alice))

    free = decided(cast, {"phone": RUSSIA})

    assert free.state == "queued"
    assert quiet_line(free).endswith("Tokyo, by the time zone of the house; theirs is not known.")


# ---------------------------------------------------------------- rows of a campaign


def test_a_files_column_of_zones_is_found_and_checked() -> None:
    header = ["Phone", "Time zone"]
    columns = guess_columns(header, [])
    good = read_cells([BERLIN, "Asia/Tokyo"], columns, header, [])
    bad = read_cells([BERLIN, "Tokio"], columns, header, [])

    assert columns == {"phone": 0, "timezone": 1}
    assert good.to == {"phone": BERLIN, "timezone": "Asia/Tokyo"}
    assert bad.problems == [
        {"column": "Time zone", "reason": "This is no time zone; write it like Europe/Lisbon."}
    ]
    item = read_item({"to": {"phone": BERLIN, "timezone": "Asia/Tokyo"}, "data": {}}, [])
    assert (item.to["timezone"], item.problems) == ("Asia/Tokyo", [])
