"""Acme notifies: three numbers at a real provider, and a type whose ladder climbs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import tenant_context
from inbox.delivery import deliver_all, deliver_urgent
from inbox.models import Channel, Message
from inbox.operations.authors import Author
from inbox.operations.receipts import drain
from notifications.decisions import Ask
from notifications.models import Notification, NotificationType, Step
from notifications.operations.engine import run_all
from notifications.operations.notify import Accepted, Refusal, notify
from notifications.operations.types import create_type, publish_draft
from notifications.queries.types import find_type
from tests import hooks
from tests.cast import ACME_ACCOUNT, APP_SECRET, Cast, connect_number
from tests.far_end import FarEnd

SECOND, THIRD = "318840571926605", "318840571926606"
CONTENT = {
    "en": {
        "name": "fraud_alert",
        "language": "en",
        "body": ["{{first_name}}", "{{amount}}", "{{merchant}}", "{{card_end}}"],
        "text": "{{first_name}}, was it you who paid {{amount}} to {{merchant}}?",
        "buttons": [{"action": "it_was_me"}, {"action": "not_me"}],
    },
    "pt": {
        "name": "fraud_alert",
        "language": "pt_BR",
        "body": ["{{first_name}}", "{{amount}}", "{{merchant}}", "{{card_end}}"],
        "text": "{{first_name}}, foi você que pagou {{amount}} a {{merchant}}?",
        "buttons": [{"action": "it_was_me"}, {"action": "not_me"}],
    },
}
VARIABLES = [
    {"name": "first_name", "type": "text", "required": True, "example": "Amara", "personal": True},
    {"name": "amount", "type": "money", "required": True, "example": {"amount": 124000, "currency": "EUR"}},
    {"name": "merchant", "type": "text", "required": True, "example": "ELEKTRO-24", "max": 60},
    {"name": "card_end", "type": "code", "required": False, "example": "4417"},
]
ACTIONS = [
    {"key": "it_was_me", "title": "It was me", "words": ["1", "yes"], "digit": "1", "then": {"stop": True}},
    {
        "key": "not_me",
        "title": "Not me",
        "words": ["2", "no"],
        "digit": "2",
        "then": {"stop": True, "event": "payment.denied", "thread": {"team": "Fraud", "priority": "urgent"}},
    },
]
DATA = {
    "first_name": "Ada",
    "amount": {"amount": 124000, "currency": "EUR"},
    "merchant": "ELEKTRO-24",
    "card_end": "4417",
}
phones = (f"4477009{n:05}" for n in count(50_000))


@pytest.fixture
def phone() -> str:
    """A number that has heard nothing yet."""
    return next(phones)


def rung(channel: str, reach: str = "delivered", patience_s: int = 60) -> dict[str, Any]:
    return {"channel": channel, "reach": reach, "patience_s": patience_s}


def make_type(by: Any, *rungs: dict[str, Any], key: str = "fraud_alert", **fields: Any) -> NotificationType:
    """A published type in the open scope."""
    said = {
        "variables": VARIABLES,
        "contents": {"whatsapp": CONTENT},
        "ladder": list(rungs) or [rung("whatsapp")],
        "actions": ACTIONS,
        "quiet_hours": "pass",
    } | fields
    category, mandatory = said.pop("category", "utility"), said.pop("mandatory", False)
    author = Author.of(by)
    named = create_type(key=key, name=key.title(), category=category, mandatory=mandatory, by=author, **said)
    publish_draft(named=named, by=author)
    return find_type(key)


@pytest.fixture
def fraud(cast: Cast) -> NotificationType:
    """The bank's alert, published, in Acme."""
    with tenant_context(cast.acme.id):
        return make_type(cast.alice)


def ask(named: NotificationType, **said: Any) -> Ask:
    """A request for the type's published version."""
    assert named.current is not None
    fields: dict[str, Any] = {"to": {"phone": hooks.PHONE}, "data": DATA} | said
    return Ask(named=named, version=named.current, **fields)


def send(by: Any, *asks: Ask, **said: Any) -> list[Accepted | Refusal]:
    """Requests of one member, accepted in the open scope."""
    return notify(list(asks), by=Author.of(by), **said)


@dataclass
class Office:
    """Acme with three numbers, told what happened at the far end only by its webhooks."""

    cast: Cast
    far_end: FarEnd
    numbers: list[Channel]
    phone: str

    def scope(self) -> Any:
        return tenant_context(self.cast.acme.id)

    def notify(self, named: NotificationType, **said: Any) -> Notification:
        """One request to the phone of the story."""
        with self.scope():
            [accepted] = send(self.cast.alice, ask(named, **({"to": {"phone": f"+{self.phone}"}} | said)))
            assert isinstance(accepted, Accepted)
            return accepted.notification

    def work(self) -> None:
        """Everything workers do until nothing is due: ladders, sends, ladders."""
        for _ in range(3):
            run_all()
            if not deliver_urgent() + deliver_all():
                return

    def later(self, seconds: float) -> None:
        """Time goes by: everything due comes nearer by so much."""
        with self.scope():
            gone = timedelta(seconds=seconds)
            runs = Notification.objects.filter(due_at__isnull=False)
            runs.update(due_at=F("due_at") - gone, armed_at=F("armed_at") - gone)
            Step.objects.filter(due_at__isnull=False).update(due_at=F("due_at") - gone)
        ladders = WorkQueue.objects.filter(queue__in=["ladders", "urgent_ladders"], due_at__isnull=False)
        ladders.update(due_at=timezone.now() - timedelta(seconds=1))

    def status(self, message: Message, status: str, **more: Any) -> None:
        """The provider reports a message's fate."""
        body = hooks.webhook(
            message.channel,
            statuses=[hooks.status(message.external_id or "", status, recipient_id=self.phone, **more)],
        )
        hooks.post(message.channel, body)
        drain()

    def press(self, message: Message, text: str, payload: str) -> None:
        """The person presses a button of a template."""
        said = hooks.text_message(f"wamid.{uuid4().hex}", text, phone=self.phone, from_user_id=None)
        del said["text"]
        said |= {"type": "button", "button": {"text": text, "payload": payload}}
        said["context"] = {"from": "447700900201", "id": message.external_id}
        hooks.post(message.channel, hooks.webhook(message.channel, messages=[said]))
        drain()

    def write(self, channel: Channel, text: str) -> None:
        """The person writes plain words."""
        said = hooks.text_message(f"wamid.{uuid4().hex}", text, phone=self.phone, from_user_id=None)
        hooks.post(channel, hooks.webhook(channel, messages=[said]))
        drain()

    def got(self) -> list[dict[str, Any]]:
        """What arrived at the phone, from all three numbers."""
        return self.far_end.outbox(self.phone)

    def fresh(self, notification: Notification) -> Notification:
        with self.scope():
            return Notification.objects.select_related("type", "version", "customer").get(id=notification.id)

    def steps(self, notification: Notification) -> list[Step]:
        with self.scope():
            rows = Step.objects.filter(notification=notification.id).order_by("place")
            return list(rows.select_related("message__channel", "message__thread", "channel"))

    def message(self, notification: Notification, place: int = 0) -> Message:
        """The message of one step."""
        found = self.steps(notification)[place].message
        assert found is not None
        return found


@pytest.fixture
def office(committed_cast: Cast, far_end: FarEnd, phone: str) -> Office:
    cast = committed_cast
    with tenant_context(cast.acme.id):
        numbers = [cast.acme_number]
        for account in (SECOND, THIRD):
            far_end.register(account)
            numbers.append(connect_number(account, APP_SECRET, cast.alice, far_end.url))
        cast.acme_number.base_url = far_end.url
        cast.acme_number.save(update_fields=["base_url"])
    far_end.register(ACME_ACCOUNT)
    return Office(cast, far_end, numbers, phone)


Ladder = Callable[..., NotificationType]


@pytest.fixture
def ladder(office: Office) -> Ladder:
    """Makes a type that climbs all three numbers."""

    def make(patience_s: int = 60, **fields: Any) -> NotificationType:
        with office.scope():
            rungs = [rung(str(number.id), patience_s=patience_s) for number in office.numbers]
            return make_type(office.cast.alice, *rungs, **fields)

    return make


def ids(rows: list[Any]) -> list[UUID]:
    return [row.id for row in rows]
