"""Many messages over a channel that may send only so many a second."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common import redis
from common.tenancy import tenant_context
from inbox import pacing
from inbox.delivery import deliver_all
from inbox.models import Channel, Delivery, Message, Thread
from inbox.operations import departures
from inbox.operations.authors import Author
from inbox.operations.outreach import message_customer
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.ports import Pace
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.hooks import post, text_message, webhook
from tests.inbox.telephone import connect_line

pytestmark = pytest.mark.django_db(transaction=True)
phones = (f"4477008{n:05}" for n in count(70_000))


def answers(cast: Cast, many: int, *, a_second: int) -> Channel:
    """So many people have asked, and are to be answered over a channel with this pace."""
    channel = cast.acme_number
    with tenant_context(cast.acme.id):
        channel.config = {**channel.config, "messages_per_second": a_second}
        channel.save(update_fields=["config"])
    asked = [
        text_message(f"wamid.{uuid4().hex}", "Hello?", phone=next(phones), from_user_id=None)
        for _ in range(many)
    ]
    post(channel, webhook(channel, messages=asked))
    drain()
    with tenant_context(cast.acme.id):
        for thread in Thread.objects.all():
            reply(thread=thread, by=Author.of(cast.bob), text="Yes", client_ref="1")
    return channel


def looks() -> list[Any]:
    return list(Delivery.objects.order_by("id").values_list("id", "state", "due_at", "token", "attempt"))


def test_a_channel_at_its_pace_is_left_alone_until_it_may_send_again(committed_cast: Cast) -> None:
    channel = answers(committed_cast, 12, a_second=8)
    rests: dict[Any, float] = {}
    with tenant_context(committed_cast.acme.id):
        assert len(departures.claim(6, {}, rests=rests)) == 4
        assert list(rests) == [channel.id]

        rests[channel.id] += 60
        before = looks()
        assert departures.claim(6, {}, rests=rests) == []
        assert looks() == before

        rests[channel.id] = 0
        departures.claim(6, {}, rests=rests)
        assert looks() != before


def test_thousands_at_a_pace_are_not_taken_and_put_back_all_the_time(
    committed_cast: Cast, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round takes what may leave; between two rounds nobody asks again."""
    rounds: list[int] = []
    claim = departures.claim

    def counted(most: int, *args: Any, **how: Any) -> Any:
        rounds.append(most)
        return claim(most, *args, **how)

    monkeypatch.setattr(departures, "claim", counted)
    far_end.register(ACME_ACCOUNT)
    channel = answers(committed_cast, 120, a_second=60)
    with tenant_context(committed_cast.acme.id):
        Channel.objects.filter(id=channel.id).update(base_url=far_end.url)

    deliver_all(seconds=20)

    with tenant_context(committed_cast.acme.id):
        assert Message.objects.filter(status="sent").count() == 120
    assert len(rounds) <= 30


def test_a_code_leaves_though_a_bulk_has_taken_what_there_is() -> None:
    tenant_id, channel_id = uuid4(), uuid4()

    def take(wanted: int, urgent: int = 0) -> int:
        return pacing.take_for_channel(
            tenant_id=tenant_id, channel_id=channel_id, pace=Pace(per_second=2), wanted=wanted, urgent=urgent
        )

    assert [take(500), take(1, urgent=1), take(500)] == [1, 1, 0]
    assert take(500, urgent=500) <= 1


@pytest.mark.parametrize("has_redis", [True, False])
def test_a_long_text_counts_for_each_of_its_parts(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, has_redis: bool
) -> None:
    """A text of three parts leaves its bucket two below nothing, and the next one waits for all of them."""
    line = connect_line(committed_cast)
    with tenant_context(committed_cast.acme.id):
        line.config = {**line.config, "messages_per_second": 0.01}
        line.save(update_fields=["config"])
        for n, words in enumerate(("x" * 400, "short")):
            message_customer(
                to={"phone": f"+{next(phones)}"}, by=Author.of(committed_cast.bob), client_ref=str(n),
                channel=line, text=words,
            )  # fmt: skip
    if not has_redis:
        monkeypatch.setattr(redis, "client", away)

    with tenant_context(committed_cast.acme.id):
        [job] = departures.claim(6, {})

        key = f"parley:pace:{line.tenant_id}:{line.id}"
        left = float(redis.client().hget(key, "n") or 0) if has_redis else pacing._local[key][0]
    assert job.message.text == "x" * 400
    assert -2.01 < left < -1.9


def away() -> Any:
    raise redis.Unavailable


# ---------------------------------------------------------------- one person's pace, when Redis forgot it


def much(cast: Cast, to: str, many: int) -> list[Delivery]:
    """So many answers of ours to one person wait, in this order."""
    post(cast.acme_number, webhook(cast.acme_number, messages=[asks(to)]))
    drain()
    with tenant_context(cast.acme.id):
        thread = Thread.objects.get(customer__addresses__value=f"+{to}")
        for n in range(many):
            reply(thread=thread, by=Author.of(cast.bob), text=f"Part {n + 1}", client_ref=str(n))
        return list(Delivery.objects.filter(order_key=thread.id).order_by("seq"))


def asks(phone: str) -> Any:
    return text_message(f"wamid.{uuid4().hex}", "Tell me all.", phone=phone, from_user_id=None)


def left(rows: list[Delivery], ago: timedelta) -> None:
    """These left so long ago."""
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(
        state="sent", settled_at=timezone.now() - ago
    )


def leaving() -> list[str]:
    """What leaves now; what has to wait is due again a little later."""
    Delivery.objects.filter(state="ready").update(due_at=timezone.now() - timedelta(minutes=1))
    return [job.message.text for job in departures.claim(9, {})]


def forget() -> None:
    """What FLUSHALL does to this: Redis knows of no pace any more."""
    client = redis.client()
    client.delete(pacing.SINCE, *client.keys("parley:pace:*:*:*"))


@pytest.mark.parametrize("has_redis", [True, False])
def test_the_46th_message_to_one_person_waits_though_redis_was_emptied_or_is_away(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, has_redis: bool
) -> None:
    """45 at once and then one in six seconds, as PostgreSQL knows them to have left."""
    rows = much(committed_cast, next(phones), 47)
    if not has_redis:
        monkeypatch.setattr(redis, "client", away)
    with tenant_context(committed_cast.acme.id):
        left(rows[:44], timedelta(seconds=1))
        if has_redis:
            forget()
        assert leaving() == ["Part 45"]

        left(rows[44:45], timedelta(0))
        assert leaving() == []

        left(rows[:10], timedelta(minutes=5))
        if has_redis:
            forget()
        assert leaving() == ["Part 46"]


def test_what_redis_remembers_is_not_asked_of_postgresql(committed_cast: Cast) -> None:
    """Nor is it once Redis has forgotten nothing for so long that any bucket is full again."""
    rows, other = much(committed_cast, next(phones), 2), much(committed_cast, next(phones), 1)

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            leaving()
        return [one["sql"] for one in seen.captured_queries if "CROSS JOIN LATERAL" in one["sql"]]

    with tenant_context(committed_cast.acme.id):
        Delivery.objects.filter(id=other[0].id).update(state="held")
        forget()
        assert len(statements()) == 1

        left(rows[:1], timedelta(0))
        assert statements() == []

        redis.client().set(pacing.SINCE, time.time() - 271)
        Delivery.objects.filter(id=other[0].id).update(state="ready")
        assert statements() == []
