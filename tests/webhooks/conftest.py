"""Acme has a server of its own that hears of events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import tenant_context
from events import bus
from inbox.operations.authors import Author
from tests.cast import Cast
from tests.webhooks.receiver import Receiver, receiver
from webhooks.couriers import Courier
from webhooks.models import Delivery, Endpoint
from webhooks.operations.endpoints import QUEUE, make_endpoint


@dataclass
class House:
    """Acme, its endpoints, and what workers do when they are woken."""

    cast: Cast

    @property
    def by(self) -> Author:
        return Author.of(self.cast.alice)

    def scope(self) -> Any:
        return tenant_context(self.cast.acme.id)

    def listens(self, url: str, *types: str, **said: Any) -> tuple[Endpoint, str]:
        """A new endpoint of Acme, and its secret."""
        with self.scope():
            return make_endpoint(by=self.by, url=url, types=list(types), **said)

    def happens(self, kind: str = "thread.closed", n: int = 1, **said: Any) -> None:
        """So many facts, in one transaction."""
        with self.scope():
            for number in range(n):
                bus.record(
                    kind,
                    said.get("data", {"n": number}),
                    audience=said.get("audience"),
                    at=said.get("at"),
                )

    def carry(self) -> int:
        """Workers look, whether a wake-up came or not."""
        WorkQueue.objects.filter(queue=QUEUE, leased_until=None, due_at__isnull=False).update(
            due_at=timezone.now() - timedelta(hours=1)
        )
        return Courier().run()

    def later(self, **gone: float) -> None:
        """Time goes by: what is to come is nearer, what was is further."""
        by = timedelta(**gone)
        with self.scope():
            Delivery.objects.filter(next_at__isnull=False).update(next_at=F("next_at") - by)
            Endpoint.objects.update(rests_until=F("rests_until") - by, failing_since=F("failing_since") - by)

    def fresh(self, endpoint: Endpoint) -> Endpoint:
        with self.scope():
            return Endpoint.objects.get(id=endpoint.id)

    def deliveries(self, endpoint: Endpoint) -> list[Delivery]:
        with self.scope():
            return list(Delivery.objects.filter(endpoint=endpoint).order_by("seq"))

    def delivery(self, endpoint: Endpoint) -> Delivery:
        [found] = self.deliveries(endpoint)
        return found

    def states(self, endpoint: Endpoint) -> list[str]:
        return [one.state for one in self.deliveries(endpoint)]


@pytest.fixture
def house(cast: Cast, settings: Any) -> House:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    return House(cast)


@pytest.fixture
def committed_house(committed_cast: Cast, settings: Any) -> House:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    return House(committed_cast)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def servers() -> Iterator[Any]:
    """Makes as many as a story needs."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(receiver())
