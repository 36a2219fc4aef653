"""Whatever happens to conversations, the counts that are kept are those one would count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer, CustomerMerge
from customers.operations import NotMergeable, preview_merge
from inbox.models import BulkChange, Channel, Message, Thread, ThreadMove
from inbox.operations.authors import SYSTEM, Author
from inbox.operations.bulk import change_many, undo_bulk, work_bulk
from inbox.operations.errors import Refused
from inbox.operations.merging import merge_people, split_people
from inbox.operations.notes import add_note
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.thread_joins import join_threads, undo_join
from inbox.operations.thread_splits import split_thread, undo_split
from inbox.operations.threads import assign_thread, close_thread, reopen_thread, snooze_thread
from inbox.operations.view_counts import recount_views, sum_view_counts
from inbox.operations.watching import unwatch_thread, watch_thread
from inbox.queries.counts import view_counts
from tenants.models import Member, Team
from tenants.operations.teams import create_team
from tests import hooks
from tests.cast import Cast
from tests.inbox.counted import counted

pytestmark = pytest.mark.django_db

STEPS = 150
PEOPLE = 4


class House:
    """A tenant to which anything may happen."""

    def __init__(self, number: Channel, members: list[Member], dice: Random) -> None:
        self.number, self.members, self.dice = number, members, dice
        self.tenant_id = number.tenant_id
        self.told, self.done = count(), set[str]()
        self.deck: list[Callable[[], Any]] = []
        self.at = int(timezone.now().timestamp()) - 3_000
        with tenant_context(self.tenant_id):
            self.teams = [create_team(name=name) for name in ("Cards", "Loans")]
        self.deeds: list[Callable[[], Any]] = [
            self.message, self.message, self.message, self.answer, self.assign, self.close, self.reopen,
            self.snooze, self.mention, self.watch, self.unwatch, self.read, self.read, self.unread, self.bulk,
            self.undo_bulk, self.split, self.join, self.undo_move, self.merge, self.unmerge,
        ]  # fmt: skip

    def step(self) -> str:
        """Something happens, or is refused."""
        self.deck = self.deck or self.dice.sample(self.deeds, len(self.deeds))
        deed = self.deck.pop() if next(self.told) > 6 else self.message
        with (
            suppress(Refused, NotMergeable, IndexError),
            tenant_context(self.tenant_id),
            transaction.atomic(),
        ):
            deed()
            self.done.add(deed.__name__)
        if deed.__name__ in ("message", "bulk", "undo_bulk"):
            drain()
            work_bulk()
        return deed.__name__

    @property
    def thread(self) -> Thread:
        return self.dice.choice(list(Thread.objects.filter(joined_to=None).order_by("id")))

    @property
    def member(self) -> Member:
        return self.dice.choice(self.members)

    @property
    def by(self) -> Author:
        return Author.of(self.member)

    def message(self) -> None:
        n = next(self.told)
        phone = f"44770090{self.dice.randrange(PEOPLE):04}"
        said = hooks.text_message(f"wamid.{self.tenant_id}.{n}", f"Word {n}", phone=phone, at=self.at + n)
        hooks.post(self.number, hooks.webhook(self.number, messages=[said]))

    def answer(self) -> None:
        reply(thread=self.thread, by=self.by, text="Yes", client_ref=str(next(self.told)))

    def assign(self) -> None:
        team: Team | None = self.dice.choice([None, *self.teams])
        assign_thread(
            thread=self.thread, assignee=self.dice.choice([None, *self.members]), team=team, by=self.by
        )

    def close(self) -> None:
        close_thread(thread=self.thread, by=self.by)
        if self.dice.random() < 0.5:  # what comes next is a conversation of its own
            Thread.objects.filter(status="closed").update(closed_at=timezone.now() - timedelta(days=30))

    def reopen(self) -> None:
        reopen_thread(thread=self.thread, by=SYSTEM)

    def snooze(self) -> None:
        snooze_thread(thread=self.thread, until=None, wake_on_reply=True, by=self.by)

    def mention(self) -> None:
        ref = str(next(self.told))
        add_note(thread=self.thread, by=self.member, text="Look", client_ref=ref, mentions=[self.member.id])

    def watch(self) -> None:
        watch_thread(thread=self.thread, member=self.member)

    def unwatch(self) -> None:
        unwatch_thread(thread=self.thread, member=self.member)

    def read(self) -> None:
        thread = self.thread
        mark_read(thread=thread, member=self.member, read_count=thread.inbound_count)

    def unread(self) -> None:
        thread = self.thread
        mark_read(thread=thread, member=self.member, read_count=self.dice.randint(0, thread.inbound_count))

    def bulk(self) -> None:
        member: Member | None = self.dice.choice([None, *self.members])
        changes: list[dict[str, Any]] = [
            {"close": {}}, {"snooze": {"until": None, "wake_on_reply": True}},
            {"assign": {"assignee": member, "team": self.dice.choice(self.teams)}},
        ]  # fmt: skip
        change_many(
            threads=Thread.objects.filter(joined_to=None), change=self.dice.choice(changes), by=self.by
        )

    def undo_bulk(self) -> None:
        undo_bulk(bulk=BulkChange.objects.order_by("-id")[0])

    def split(self) -> None:
        later = Message.objects.filter(number__gt=1, thread__joined_to=None).order_by("id")
        message = self.dice.choice(list(later))
        split_thread(thread=message.thread, message=message, by=self.by)

    def join(self) -> None:
        rows = list(Thread.objects.filter(joined_to=None).order_by("id"))
        pairs = [
            (one, two) for one in rows for two in rows if one.customer_id == two.customer_id and one != two
        ]
        one, two = self.dice.choice(pairs)
        join_threads(thread=one, other=two, by=self.by)

    def undo_move(self) -> None:
        move = ThreadMove.objects.filter(undone_at=None).order_by("-id")[0]
        (undo_split if move.kind == "split" else undo_join)(move=move, by=self.by)

    def merge(self) -> None:
        people = list(Customer.objects.filter(merged_into=None).order_by("id"))
        survivor, other = self.dice.choice(people), self.dice.choice(people)
        token = preview_merge(survivor=survivor, other=other).token
        merge_people(survivor=survivor, other=other, token=token, by=self.by)

    def unmerge(self) -> None:
        split_people(merge=CustomerMerge.objects.filter(undone_at=None).order_by("-id")[0], by=self.by)

    def differs(self) -> list[Any]:
        """What is kept and is not so."""
        with tenant_context(self.tenant_id):
            pairs = [(view_counts(one.id), counted(one.id)) for one in self.members]
        return [(kept, truth) for kept, truth in pairs if kept != truth]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_counts_are_those_one_would_count(cast: Cast, seed: int) -> None:
    dice = Random(seed)
    acme = House(cast.acme_number, [cast.alice, cast.bob], dice)
    globex = House(cast.globex_number, [cast.charlie], dice)

    for n in range(STEPS):
        house = acme if dice.random() < 0.7 else globex
        deed = house.step()
        assert not acme.differs(), (n, deed)
        assert not globex.differs(), (n, deed)
        if n % 40 == 39:
            with tenant_context(house.tenant_id):
                sum_view_counts()
                assert recount_views() == 0

    assert acme.done | globex.done == {deed.__name__ for deed in acme.deeds}
