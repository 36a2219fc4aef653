"""B19: a campaign is told when to begin, by the clock of the house, and told again; Charlie finds nothing."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from common.tenancy import tenant_context
from common.zoned_times import ZonedTimeField
from events.models import Change, Event
from inbox.operations.authors import Author
from notifications.models import Campaign
from notifications.operations import campaign_runs
from notifications.operations.consents import set_quiet_hours
from notifications.queries.zones import house_zone
from tenants.operations.hours import set_hours
from tests.api.caller import Caller
from tests.api.conftest import bob_calls, program, stranger  # noqa: F401 - fixtures
from tests.cast import Cast
from tests.notifications.campaigning import a_file, fresh, line, turns
from tests.notifications.forms import inputs, page

HOME = "/console/notifications/campaigns/"
TOKYO = ZoneInfo("Asia/Tokyo")
WEEK: list[list[tuple[int, int]]] = [[] for _ in range(7)]


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    """Two people's, checked, in a house whose clock is Tokyo's."""
    with tenant_context(cast.acme.id):
        set_hours(zone="Asia/Tokyo", week=WEEK, is_always=True, by=cast.alice)
        return a_file(cast.alice, line(), line())


def to_come(days: int = 2) -> datetime:
    """A whole minute in some days."""
    return (timezone.now() + timedelta(days=days)).replace(second=0, microsecond=0)


def there(at: datetime) -> str:
    """As the field of Tokyo has it."""
    return f"{at.astimezone(TOKYO):%Y-%m-%dT%H:%M}"


def now_of(cast: Cast, campaign: Campaign) -> Campaign:
    with tenant_context(cast.acme.id):
        return fresh(campaign)


def start(client: Client, campaign: Campaign, **said: str) -> Any:
    typed = {"per_minute": "600", "recipients": "2", "when": "now", "send_at": "", "expires_at": ""}
    return client.post(f"{HOME}{campaign.id}/start/", typed | said)


def sent_at(text: str) -> str:
    """What stands in the field of the time."""
    [tag] = re.findall(r'<input[^>]*name="send_at"[^>]*>', text)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def problems(answer: Any) -> list[str]:
    """What stands in red on a page that was refused."""
    assert answer.status_code == 422
    found = re.findall(r'class="error".*?<span>([^<]+)', answer.content.decode(), re.DOTALL)
    return [one.strip() for one in found]


def test_a_campaign_waits_for_a_time_by_the_clock_of_the_house(
    cast: Cast, campaign: Campaign, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    one, at = f"{HOME}{campaign.id}/", to_come()
    text = page(alice_client, one)
    assert re.search(r'value="now"[^>]* checked', text)
    assert (sent_at(text), "By the clock of Asia/Tokyo" in text) == ("", True)

    assert start(alice_client, campaign, when="later", send_at=there(at))["Location"] == one
    waiting = now_of(cast, campaign)
    assert (waiting.state, waiting.send_at, waiting.due_at) == ("scheduled", at, at)
    shown = f"{at.astimezone(TOKYO):%H:%M}, Asia/Tokyo"
    assert shown in page(alice_client, one)
    assert shown in page(alice_client, HOME)
    assert "Change the time" not in page(bob_client, one)

    moved = at + timedelta(hours=5)
    form = inputs(page(alice_client, f"{one}schedule/"))
    assert (form["when"], form["send_at"]) == ("later", there(at))
    assert alice_client.post(f"{one}schedule/", {"when": "later", "send_at": there(moved)})["Location"] == one
    assert now_of(cast, campaign).due_at == moved
    with tenant_context(cast.acme.id):
        assert campaign_runs.take_turn() == moved  # the worker leaves it until then
        noted = Change.objects.filter(action="campaign.rescheduled").get()
        assert Event.objects.filter(type="campaign.rescheduled").count() == 1
    assert noted.after["send_at"].startswith(f"{moved:%Y-%m-%dT%H:%M}")

    form = inputs(page(alice_client, f"{one}schedule/?when=now"))
    assert (form["when"], form["send_at"]) == ("now", "")
    assert bob_client.get(f"{one}schedule/").status_code == 404
    assert charlie_client.get(f"{one}schedule/").status_code == 404
    assert charlie_client.post(f"{one}schedule/", form).status_code == 404
    alice_client.post(f"{one}schedule/", form)
    assert now_of(cast, campaign).state == "running"
    late = alice_client.post(f"{one}schedule/", form, follow=True).content.decode()
    assert "It does not wait for a time any more." in late


def test_one_that_waits_is_cancelled_and_nobody_gets_anything(
    cast: Cast, campaign: Campaign, alice_client: Client
) -> None:
    one = f"{HOME}{campaign.id}/"
    start(alice_client, campaign, when="later", send_at=there(to_come()))

    asked = page(alice_client, f"{one}stop/")
    assert "Cancel this campaign for good?" in asked
    assert "2 people are still to come and get nothing" in asked
    assert "nobody has got anything" in asked
    alice_client.post(f"{one}stop/")

    with tenant_context(cast.acme.id):
        ended = turns(fresh(campaign))
        assert (ended.state, campaign_runs.take_turn()) == ("stopped", None)


def test_what_is_paused_before_it_begins_still_says_when_that_is(
    cast: Cast, campaign: Campaign, alice_client: Client
) -> None:
    one, at = f"{HOME}{campaign.id}/", to_come()
    start(alice_client, campaign, when="later", send_at=there(at))
    alice_client.post(f"{one}pause/")

    text = page(alice_client, one)
    assert "paused before it began" in text
    assert f"{at.astimezone(TOKYO):%H:%M}, Asia/Tokyo" in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"when": "later"}, "Choose the day and the time."),
        ({"when": "now", "send_at": "2027-01-01T09:00"}, "A time is written below."),
        ({"when": "later", "send_at": "2026-01-01T09:00"}, "That time has passed"),
        ({"when": "later", "send_at": "9999-12-31T23:59"}, "more than a year away"),
        ({"when": "later", "send_at": "soon"}, "Enter a valid date/time."),
        ({"when": "sometime"}, "Select a valid choice."),
        ({"expires_at": "2026-01-01T09:00"}, "That time has passed"),
    ],
)
def test_a_time_that_cannot_be_meant_starts_nothing(
    cast: Cast, campaign: Campaign, alice_client: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = start(alice_client, campaign, **typed)

    assert sentence in " ".join(problems(answer))
    assert sent_at(answer.content.decode()) == typed.get("send_at", "")
    assert now_of(cast, campaign).state == "ready"


def test_nobody_later_than_before_it_begins_is_refused_at_its_field(
    cast: Cast, campaign: Campaign, alice_client: Client
) -> None:
    at = to_come()
    end = there(at + timedelta(hours=1))
    early = start(
        alice_client, campaign, when="later", send_at=there(at), expires_at=there(at - timedelta(hours=1))
    )
    assert problems(early) == ["It would be over before it begins."]
    start(alice_client, campaign, when="later", send_at=there(at), expires_at=end)

    late = {"when": "later", "send_at": there(at + timedelta(hours=2))}
    answer = alice_client.post(f"{HOME}{campaign.id}/schedule/", late)

    assert problems(answer) == ["It would be over before it begins."]
    assert now_of(cast, campaign).send_at == at


def test_an_end_that_was_named_when_it_was_made_is_asked_at_the_start_too(
    cast: Cast,
    campaign: Campaign,
    program: Caller,  # noqa: F811
) -> None:
    """Else everybody would have expired at once, and nobody been told."""
    with tenant_context(cast.acme.id):
        Campaign.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    late = program.post(f"campaigns/{campaign.id}/start", {})

    assert (late.status, late.pointers) == (422, ["/expires_at"])


def test_the_number_may_be_typed_as_it_is_shown(cast: Cast, campaign: Campaign, alice_client: Client) -> None:
    """9,963 people would get this; type that number."""
    assert "2 people would get this" in problems(start(alice_client, campaign, recipients="9,963"))[0]
    with translation.override("de"):
        answer = alice_client.post(
            f"{HOME}{campaign.id}/start/",
            {"per_minute": "600", "when": "now", "recipients": "9.963"},
            headers={"Accept-Language": "de"},
        )
    assert "2 " in problems(answer)[0]
    assert "would get" not in problems(answer)[0]


def test_a_program_moves_one_that_waits(
    cast: Cast,
    campaign: Campaign,
    program: Caller,  # noqa: F811
    bob_calls: Caller,  # noqa: F811
    stranger: Caller,  # noqa: F811
) -> None:
    path, at = f"campaigns/{campaign.id}", to_come()
    moved, over = at + timedelta(days=1), at + timedelta(days=3)
    assert program.put(f"{path}/schedule", {"send_at": at.isoformat()}).data["code"] == "campaign_state"
    program.post(f"{path}/start", {"send_at": at.isoformat(), "expires_at": over.isoformat()})

    answer = program.put(f"{path}/schedule", {"send_at": moved.isoformat()})
    assert (answer.data["state"], answer.data["send_at"][:16]) == ("scheduled", f"{moved:%Y-%m-%dT%H:%M}")
    late = program.put(f"{path}/schedule", {"send_at": (over + timedelta(days=1)).isoformat()})
    assert (late.status, late.data["errors"][0]["pointer"]) == (422, "/send_at")
    assert program.put(f"{path}/schedule", {}).status == 400
    assert bob_calls.put(f"{path}/schedule", {"send_at": None}).status == 403
    assert stranger.put(f"{path}/schedule", {"send_at": None}).status == 404

    begun = program.put(f"{path}/schedule", {"send_at": None}).data
    assert (begun["state"], begun["send_at"]) == ("running", None)


def test_the_clock_of_the_house_is_that_of_its_hours_else_of_its_quiet(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        assert str(house_zone()) == "UTC"
        noon = time(12)
        set_quiet_hours(start=noon, end=noon, timezone="Europe/Lisbon", by=Author.of(cast.alice))
        assert str(house_zone()) == "Europe/Lisbon"
        set_hours(zone="Asia/Tokyo", week=WEEK, is_always=True, by=cast.alice)
        assert str(house_zone()) == "Asia/Tokyo"


@pytest.mark.parametrize("typed", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_a_time_that_the_clock_skips_or_shows_twice_is_asked_for_again(typed: str) -> None:
    field = ZonedTimeField()
    field.stand_in(ZoneInfo("Europe/Berlin"))

    with pytest.raises(ValidationError, match="twice or never"):
        field.clean(typed)
