"""Sending that protects the number: what its provider says of it decides what may leave, and what waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from common.models import WorkQueue
from common.tenancy import tenant_context
from events.models import Event
from inbox.delivery import deliver_all, deliver_urgent
from inbox.models import Channel, Delivery, Message, Reach, ReceiptOutcome, StartedWith, Thread
from inbox.operations import departures
from inbox.operations.authors import Author
from inbox.operations.connection_check import check_channel
from inbox.operations.errors import OptedOut
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from tests.cast import Cast
from tests.far_end import FarEnd, wait_for
from tests.hooks import post, status, text_message, webhook
from tests.inbox.test_delivery import error_of, fresh, phones

pytestmark = pytest.mark.django_db(transaction=True)

WABA = "102290129340398"
BODY = {"type": "body", "parameters": [{"type": "text", "text": "18:40"}]}


@pytest.fixture
def people(committed_cast: Cast, far_end: FarEnd) -> list[Thread]:
    """Three customers wrote to Acme two days ago: their windows are closed."""
    channel = committed_cast.acme_number
    with tenant_context(committed_cast.acme.id):
        channel.base_url = far_end.url
        channel.save(update_fields=["base_url"])
    numbers = [next(phones) for _ in range(3)]
    messages = [text_message(f"wamid.{n}", "Hello?", phone=n, from_user_id=None) for n in numbers]
    for n, number in enumerate(numbers):
        far_end.write(channel.external_id, number, text="Hello?", timestamp=1_790_000_000 + n)
    post(channel, webhook(channel, messages=messages))
    drain()
    with tenant_context(committed_cast.acme.id):
        Reach.objects.update(last_inbound_at=datetime.now(UTC) - timedelta(days=2))
        return list(Thread.objects.select_related("customer", "channel").order_by("id"))


def opens(cast: Cast, thread: Thread) -> None:
    """The customer of this thread has just written again."""
    with tenant_context(cast.acme.id):
        Reach.objects.filter(address__customer=thread.customer_id).update(last_inbound_at=datetime.now(UTC))


def sends(cast: Cast, thread: Thread, category: str = "marketing", client_ref: str = "") -> Message:
    """A template of this category, queued."""
    template = {"name": "hello_world", "language": "en_US", "components": [], "category": category}
    with tenant_context(cast.acme.id):
        return reply(
            thread=thread, by=Author.of(cast.bob), template=template, client_ref=client_ref or category
        )


def says(cast: Cast, thread: Thread, text: str = "Good morning") -> Message:
    with tenant_context(cast.acme.id):
        return reply(thread=thread, by=Author.of(cast.bob), text=text, client_ref=text)


def hears(cast: Cast, field: str, value: dict[str, Any], at: int | None = None) -> None:
    """A webhook about the account reaches us and is read."""
    entry = {"id": WABA, "changes": [{"field": field, "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry | ({"time": at} if at else {})]}
    post(cast.acme_number, body)
    drain()


def restricted(*kinds: str) -> dict[str, Any]:
    info = [{"restriction_type": kind} for kind in kinds]
    return {"phone_number": "447700900201", "event": "ACCOUNT_RESTRICTION", "restriction_info": info}


def standing(cast: Cast) -> dict[str, Any]:
    with tenant_context(cast.acme.id):
        found: dict[str, Any] = Channel.objects.get().standing
    return found


def set_facts(cast: Cast, **facts: Any) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(standing={"facts": facts, "holds": {}})


def deliver(cast: Cast) -> None:
    WorkQueue.objects.update(due_at=datetime.now(UTC))
    deliver_urgent()
    deliver_all()


def states(cast: Cast, messages: Sequence[Message]) -> list[str]:
    return [fresh(cast, message).status for message in messages]


# ---------------------------------------------------------------- restrictions


def test_a_restricted_number_holds_what_we_start_and_lets_answers_go(
    committed_cast: Cast, people: list[Thread]
) -> None:
    hears(committed_cast, "account_update", restricted("RESTRICTED_BIZ_INITIATED_MESSAGING"))
    opens(committed_cast, people[1])
    started = sends(committed_cast, people[0], "utility")
    answer = says(committed_cast, people[1])

    deliver(committed_cast)

    assert states(committed_cast, [started, answer]) == ["held", "sent"]
    why = error_of(fresh(committed_cast, started))["detail"]
    assert why.startswith("Meta has restricted this account: only answers within 24 hours may leave.")


def test_the_end_of_a_restriction_lets_everything_go_at_once(
    committed_cast: Cast, people: list[Thread]
) -> None:
    hears(committed_cast, "account_update", restricted("RESTRICTED_BIZ_INITIATED_MESSAGING"), 1_793_000_000)
    held = sends(committed_cast, people[0], "utility")
    deliver(committed_cast)

    hears(committed_cast, "account_update", restricted(), 1_793_000_100)
    deliver(committed_cast)

    assert states(committed_cast, [held]) == ["sent"]
    with tenant_context(committed_cast.acme.id):
        assert Event.objects.filter(type="message.held").count() == 1


def test_old_news_does_not_undo_newer_news(committed_cast: Cast, people: list[Thread]) -> None:
    hears(committed_cast, "account_update", restricted("RESTRICTED_BIZ_INITIATED_MESSAGING"), 1_793_000_100)

    hears(committed_cast, "account_update", restricted(), 1_793_000_000)

    assert standing(committed_cast)["holds"].keys() == {"RESTRICTED_BIZ_INITIATED_MESSAGING"}


def test_a_held_message_keeps_no_answer_of_the_same_conversation_waiting(
    committed_cast: Cast, people: list[Thread]
) -> None:
    hears(committed_cast, "phone_number_quality_update", flagged("FLAGGED"))
    opens(committed_cast, people[0])
    held, answer = sends(committed_cast, people[0]), says(committed_cast, people[0])

    deliver(committed_cast)
    deliver(committed_cast)

    assert states(committed_cast, [held, answer]) == ["held", "sent"]


def flagged(event: str) -> dict[str, Any]:
    return {"display_phone_number": "447700900201", "event": event, "current_limit": "TIER_10K"}


def test_a_flagged_number_holds_marketing_only(committed_cast: Cast, people: list[Thread]) -> None:
    hears(committed_cast, "phone_number_quality_update", flagged("FLAGGED"))
    marketing, utility = sends(committed_cast, people[0]), sends(committed_cast, people[1], "utility")

    deliver(committed_cast)

    assert states(committed_cast, [marketing, utility]) == ["held", "sent"]


def test_a_disabled_account_holds_even_answers(committed_cast: Cast, people: list[Thread]) -> None:
    ban = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    hears(committed_cast, "account_update", ban)
    opens(committed_cast, people[0])
    answer = says(committed_cast, people[0])

    deliver(committed_cast)

    assert states(committed_cast, [answer]) == ["held"]


def test_news_of_another_number_changes_nothing_here(committed_cast: Cast, people: list[Thread]) -> None:
    hears(
        committed_cast, "phone_number_quality_update",
        {"display_phone_number": "447700900999", "event": "FLAGGED"},
    )  # fmt: skip

    assert standing(committed_cast) == {}


def test_news_is_kept_with_its_receipt(committed_cast: Cast, people: list[Thread]) -> None:
    hears(
        committed_cast, "phone_number_name_update",
        {"display_phone_number": "447700900201", "decision": "REJECTED", "rejection_reason": "NAME_FORMAT"},
    )  # fmt: skip

    assert standing(committed_cast)["facts"]["name"] == "refused"
    with tenant_context(committed_cast.acme.id):
        assert ReceiptOutcome.objects.order_by("-id")[0].stored == 1


# ---------------------------------------------------------------- refusals that concern the whole number


def test_a_spam_stop_holds_the_message_and_its_like_but_no_answer(
    committed_cast: Cast, people: list[Thread], far_end: FarEnd
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, error_code=131048, count=1)
    first = sends(committed_cast, people[0])
    deliver(committed_cast)
    opens(committed_cast, people[2])
    second, answer = sends(committed_cast, people[1]), says(committed_cast, people[2])

    deliver(committed_cast)

    assert states(committed_cast, [first, second, answer]) == ["held", "held", "sent"]


def test_a_dead_token_fails_one_message_and_holds_the_others_until_it_is_mended(
    committed_cast: Cast, people: list[Thread], far_end: FarEnd
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, error_code=190, count=1)
    first = sends(committed_cast, people[0], "utility")
    deliver(committed_cast)
    second = sends(committed_cast, people[1], "utility")
    deliver(committed_cast)
    assert states(committed_cast, [first, second]) == ["failed", "held"]

    check_channel(tenant_id=committed_cast.acme.id, channel_id=committed_cast.acme_number.id)
    deliver(committed_cast)

    assert states(committed_cast, [second]) == ["sent"]


# ---------------------------------------------------------------- how many people a day


def test_people_beyond_the_days_limit_wait_with_the_reason_and_known_ones_do_not(
    committed_cast: Cast, people: list[Thread]
) -> None:
    set_facts(committed_cast, people_per_day=2, pool="p")
    messages = [sends(committed_cast, thread, "utility") for thread in people]

    deliver(committed_cast)

    assert sorted(states(committed_cast, messages)) == ["held", "sent", "sent"]
    [held] = [one for one in messages if fresh(committed_cast, one).status == "held"]
    assert "limit of 2 new people is reached" in error_of(fresh(committed_cast, held))["detail"]
    again = sends(committed_cast, next(t for t in people if t.id != held.thread_id), "authentication")
    deliver(committed_cast)
    assert states(committed_cast, [again]) == ["sent"]


def test_two_workers_together_do_not_go_beyond_the_days_limit(
    committed_cast: Cast, people: list[Thread]
) -> None:
    set_facts(committed_cast, people_per_day=1, pool="p")
    code, bulk = (
        sends(committed_cast, thread, category)
        for thread, category in zip(people, ("authentication", "utility"), strict=False)
    )

    claimed, enough = threading.Event(), threading.Event()

    def claim_the_code() -> None:
        with tenant_context(committed_cast.acme.id):
            departures.claim(9, {}, only_urgent=True)
            claimed.set()
            enough.wait(30)

    def claim_the_rest() -> None:
        with tenant_context(committed_cast.acme.id):
            departures.claim(9, {})

    with ThreadPoolExecutor(2) as workers:
        first = workers.submit(_in_its_own_connection, claim_the_code)
        assert claimed.wait(30)
        second = workers.submit(_in_its_own_connection, claim_the_rest)
        wait_for(lambda: second.done() or _somebody_waits())
        enough.set()
        first.result(30)
        second.result(30)

    with tenant_context(committed_cast.acme.id):
        found = dict(Delivery.objects.values_list("message", "state"))
    assert found == {code.id: "claimed", bulk.id: "held"}


def _in_its_own_connection(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        found: bool = cursor.fetchone()[0]
    return found


def test_the_limit_frees_when_a_day_has_passed(committed_cast: Cast, people: list[Thread]) -> None:
    set_facts(committed_cast, people_per_day=1, pool="p")
    messages = [sends(committed_cast, thread, "utility") for thread in people[:2]]
    deliver(committed_cast)
    with tenant_context(committed_cast.acme.id):
        StartedWith.objects.update(at=datetime.now(UTC) - timedelta(hours=25))
        Delivery.objects.filter(state="held").update(due_at=datetime.now(UTC))

    deliver(committed_cast)

    assert states(committed_cast, messages) == ["sent", "sent"]


def test_answers_within_the_window_count_for_nothing(committed_cast: Cast, people: list[Thread]) -> None:
    set_facts(committed_cast, people_per_day=0, pool="p")
    opens(committed_cast, people[0])
    answer = says(committed_cast, people[0])

    deliver(committed_cast)

    assert states(committed_cast, [answer]) == ["sent"]


def test_the_check_learns_the_limit_and_the_pace(
    committed_cast: Cast, people: list[Thread], far_end: FarEnd
) -> None:
    account = committed_cast.acme_number.external_id
    far_end.register(account, quality_rating="RED", people_per_day=2000, throughput_per_s=1000)

    check_channel(tenant_id=committed_cast.acme.id, channel_id=committed_cast.acme_number.id)

    far_end.register(account, quality_rating="GREEN", people_per_day=None, throughput_per_s=80)
    found = standing(committed_cast)
    assert found["facts"]["people_per_day"] == 2000
    assert (found["facts"]["per_second"], found["facts"]["quality"]) == (1000, "low")
    assert found["holds"]["quality"]["what"] == "marketing"


# ---------------------------------------------------------------- consent and price


def wish(cast: Cast, thread: Thread, value: str, at: int) -> None:
    """The customer flips the switch for marketing in the app."""
    with tenant_context(cast.acme.id):
        number = thread.customer.addresses.get(kind="phone").value.removeprefix("+")
    said = {"wa_id": number, "category": "marketing_messages", "value": value, "timestamp": at}
    metadata = {"phone_number_id": cast.acme_number.external_id}
    hears(cast, "user_preferences", {"metadata": metadata, "user_preferences": [said]})


def test_who_stopped_marketing_gets_none_but_everything_else(
    committed_cast: Cast, people: list[Thread]
) -> None:
    wish(committed_cast, people[0], "stop", 1_793_000_000)

    with pytest.raises(OptedOut):
        sends(committed_cast, people[0])
    utility = sends(committed_cast, people[0], "utility")
    deliver(committed_cast)

    assert states(committed_cast, [utility]) == ["sent"]
    with tenant_context(committed_cast.acme.id):
        assert Event.objects.get(type="consent.changed").data["consent"] == "opted_out"


def test_the_latest_wish_counts_whatever_the_order(committed_cast: Cast, people: list[Thread]) -> None:
    for value, at in (("stop", 1_793_000_000), ("resume", 1_793_000_200), ("stop", 1_793_000_100)):
        wish(committed_cast, people[0], value, at)

    assert sends(committed_cast, people[0]).status == "queued"


def test_a_refusal_for_opting_out_is_remembered(committed_cast: Cast, people: list[Thread]) -> None:
    message = sends(committed_cast, people[0])
    deliver(committed_cast)
    sent_as = fresh(committed_cast, message).external_id
    assert sent_as
    channel = committed_cast.acme_number
    error = {"code": 131050, "title": "User stopped marketing messages"}
    post(channel, webhook(channel, statuses=[status(sent_as, "failed", errors=[error])]))
    drain()

    with pytest.raises(OptedOut):
        sends(committed_cast, people[0], client_ref="again")


def test_the_next_word_takes_a_remembered_refusal_back(committed_cast: Cast, people: list[Thread]) -> None:
    """However many addresses they have: the refusal is about one, and one wish names one."""
    with tenant_context(committed_cast.acme.id):
        people[0].customer.addresses.create(kind="user_id", value="GB.4711", tenant=committed_cast.acme)
    message = sends(committed_cast, people[0])
    deliver(committed_cast)
    sent_as = fresh(committed_cast, message).external_id
    assert sent_as
    error = {"code": 131050, "title": "User stopped marketing messages"}
    refused = status(sent_as, "failed", errors=[error])
    post(committed_cast.acme_number, webhook(committed_cast.acme_number, statuses=[refused]))
    drain()

    wish(committed_cast, people[0], "resume", int((datetime.now(UTC) + timedelta(minutes=1)).timestamp()))

    assert sends(committed_cast, people[0], client_ref="again").status == "queued"


def test_the_price_and_the_free_entry_are_kept(committed_cast: Cast, people: list[Thread]) -> None:
    message = sends(committed_cast, people[0])
    deliver(committed_cast)
    sent_as = fresh(committed_cast, message).external_id
    assert sent_as
    ends = int((datetime.now(UTC) + timedelta(hours=72)).timestamp())
    pricing = {"billable": False, "type": "free_entry_point", "category": "marketing"}
    origin = {"type": "referral_conversion"}
    conversation = {"id": "c", "origin": origin, "expiration_timestamp": str(ends)}
    report = status(sent_as, "delivered", pricing=pricing, conversation=conversation)
    post(committed_cast.acme_number, webhook(committed_cast.acme_number, statuses=[report]))
    drain()

    stored = fresh(committed_cast, message)
    assert stored.pricing
    assert stored.pricing["type"] == "free_entry_point"
    with tenant_context(committed_cast.acme.id):
        [reach] = Reach.objects.filter(free_until__isnull=False)
        assert reach.free_until
        assert int(reach.free_until.timestamp()) == ends


def test_what_was_held_is_delivered_once(committed_cast: Cast, people: list[Thread], far_end: FarEnd) -> None:
    hears(committed_cast, "phone_number_quality_update", flagged("FLAGGED"))
    held = sends(committed_cast, people[0])
    deliver(committed_cast)
    hears(committed_cast, "phone_number_quality_update", flagged("UNFLAGGED"))

    deliver(committed_cast)
    deliver(committed_cast)

    with tenant_context(committed_cast.acme.id):
        number = people[0].customer.addresses.get(kind="phone").value.removeprefix("+")
    wait_for(lambda: len(far_end.outbox(number)) == 1)
    assert fresh(committed_cast, held).attempts == 1
