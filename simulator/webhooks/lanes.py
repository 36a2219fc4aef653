"""What waits to be told to one business number, and how it becomes the body of a POST."""

import asyncio
import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulator.models import Number
from simulator.webhooks import payloads, wire

Json = dict[str, Any]
# The provider's own limit on updates in one POST.
ITEMS_MAX = 1000


@dataclass(slots=True)
class Update:
    """One thing to tell a business.

    `kind` says what `item` is: an entry of `messages` or `statuses`, a whole `change`, or `bytes` to be sent
    as they are: {"text": …}. `number` is the customer's phone, `message_id` the customer's message it
    carries, `group` keeps updates in one POST of their own, `due` is Unix seconds.
    """

    id: str
    channel: str
    kind: str
    item: Json
    contact: Json | None = None
    number: str | None = None
    message_id: str | None = None
    group: str | None = None
    due: float = 0.0


@dataclass(slots=True)
class Post:
    """One POST, to be repeated unchanged until it is answered 200. `at`, `due`: Unix seconds."""

    id: str
    channel: str
    body: str
    label: str
    at: float
    message_ids: list[str]
    number: str | None = None
    items: int = 1
    attempts: int = 0
    due: float = 0.0


@dataclass(slots=True)
class Lane:
    """The queue of one number: updates ready, updates not yet due, POSTs in flight, POSTs to repeat."""

    number_id: str
    ready: deque[Update] = field(default_factory=deque)
    later: dict[str, Update] = field(default_factory=dict)
    flying: dict[str, Post] = field(default_factory=dict)
    retrying: dict[str, Post] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    waits_since: float = 0.0

    def append(self, update: Update) -> None:
        """Put an update at the end."""
        if not self.ready:
            self.waits_since = time.monotonic()
        self.ready.append(update)
        self.wake.set()

    def take(self, limit: int) -> list[Update]:
        """Take the first update, and those behind it that may share its POST."""
        head = self.ready.popleft()
        taken = [head]
        limit = 1 if head.kind == "bytes" else ITEMS_MAX if head.group else min(limit, ITEMS_MAX)
        while self.ready and len(taken) < limit and _may_join(head, self.ready[0]):
            taken.append(self.ready.popleft())
        self.waits_since = time.monotonic()
        return taken


def compose(number: Number, updates: list[Update], post_id: str, now: float) -> Post:
    """One POST that tells all these updates."""
    return Post(
        id=post_id,
        channel=number.id,
        body=_body(number, updates),
        label=_label(updates),
        at=now,
        message_ids=[u.message_id for u in updates if u.message_id],
        number=updates[0].number,
        items=len(updates),
    )


def _may_join(head: Update, update: Update) -> bool:
    return update.kind != "bytes" and update.group == head.group


def _body(number: Number, updates: list[Update]) -> str:
    if updates[0].kind == "bytes":
        return str(updates[0].item["text"])
    changes = []
    for kind, run in itertools.groupby(updates, key=lambda update: update.kind):
        together = list(run)
        if kind == "change":
            changes += [update.item for update in together]
        else:
            changes.append(payloads.change(number, kind, [u.item for u in together], _contacts(together)))
    return wire.encode(payloads.envelope(number.waba_id, changes)).decode()


def _contacts(updates: list[Update]) -> list[Json]:
    """Each customer once, in no useful order: receivers must match by id."""
    by_person = {
        str(u.contact.get("user_id") or u.contact.get("wa_id")): u.contact for u in updates if u.contact
    }
    return [by_person[person] for person in sorted(by_person)]


def _label(updates: list[Update]) -> str:
    """The POST in a few words, for the log: `message text`, `status delivered`, `3 statuses`."""
    first = updates[0]
    if len(updates) > 1:
        return f"{len(updates)} updates"
    if first.kind == "messages":
        return f"message {first.item.get('type', '')}"
    if first.kind == "statuses":
        return f"status {first.item.get('status', '')}"
    return str(first.item.get("field", "webhook"))
