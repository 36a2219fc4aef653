"""/webhook_endpoints: who hears of events, and what was delivered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.authentication import house
from common.api.endpoints import Endpoint, call
from common.api.fields import OneOf
from common.api.idempotency import HEADER
from common.api.parameters import Body, PageQuery
from common.api.problems import Fault, Kind, Problem, describe, translates
from common.api.schema import ListOf, sends, show
from common.wire import Json, stamp
from inbox.operations.authors import Author
from webhooks import wire
from webhooks.models import TYPE_CHARS, URL_CHARS, Format, State
from webhooks.operations.endpoints import change_endpoint, make_endpoint, remove_endpoint
from webhooks.operations.errors import SwitchedOff, WebhookRefused
from webhooks.operations.replays import replay_event, replay_failed, replay_range
from webhooks.operations.samples import send_sample
from webhooks.operations.secrets import renew_secret
from webhooks.patterns import MOST
from webhooks.queries import delivery_page, endpoint_of, endpoints
from webhooks.shapes import delivery_shape, endpoint_shape

READ, WRITE = "webhooks:read", "webhooks:write"
FORMATS = (
    "`full`: `data` of each event as in the log. `thin`: only ids and addresses to read it at, no names and "
    "no words of people."
)
#: What operations call by another name.
_CALLED = {"enabled": "is_enabled", "format": "event_format"}
EXAMPLE = {
    "url": "https://shop.example/webhooks",
    "description": "Order system",
    "types": ["message.received", "thread.*"],
}

describe(
    {
        "webhook_disabled": Kind(
            409, "The endpoint is switched off", "Switch it on with `PATCH {enabled: true}` first."
        )
    }
)


@translates(WebhookRefused)
def _refused(refused: WebhookRefused) -> Problem:
    return Problem("validation_failed", str(refused), errors=[Fault(f"/{refused.field}", str(refused))])


@translates(SwitchedOff)
def _switched_off(refused: SwitchedOff) -> Problem:
    return Problem("webhook_disabled", str(refused))


class EndpointBody(Body):
    """A new endpoint. types: none, all."""

    url = serializers.CharField(
        max_length=URL_CHARS, help_text="https, on port 443 or 8443, and no address of a private network."
    )
    description = serializers.CharField(max_length=200, allow_blank=True, default="")
    types = serializers.ListField(
        child=serializers.CharField(max_length=TYPE_CHARS),
        max_length=MOST,
        default=list,
        help_text="Types of events, `*` for a part of one: `message.*`, `*.failed`. Empty: all.",
    )
    format = OneOf(Format.values, default=Format.FULL.value, help_text=FORMATS)
    enabled = serializers.BooleanField(default=True)


class EndpointChangeBody(Body):
    """What is left out stays."""

    url = serializers.CharField(max_length=URL_CHARS, required=False)
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    types = serializers.ListField(
        child=serializers.CharField(max_length=TYPE_CHARS), max_length=MOST, required=False
    )
    format = OneOf(Format.values, required=False, help_text=FORMATS)
    enabled = serializers.BooleanField(required=False)


class RoomEndpoint(Endpoint):
    """An address of this room."""

    @property
    def author(self) -> Author:
        """Who does what this call does."""
        who = self.principal
        return Author.of(who.member) if who.member else Author("api_key", who.row.id, who.row.name)

    def said(self) -> Json:
        """The body as operations take it."""
        return {_CALLED.get(name, name): value for name, value in self.body.items()}


class WebhookEndpoints(RoomEndpoint):
    """/webhook_endpoints"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_webhook_endpoints", "List webhook endpoints", gives=wire.WebhookEndpoints)
    def get(self, request: Request) -> wire.WebhookEndpoints:
        return {"data": [endpoint_shape(one) for one in endpoints()]}

    @call(
        "create_webhook_endpoint",
        "Have events delivered to a server of yours",
        about="From now on each event of these types comes to `url` as a POST of a `WebhookEvent`, signed as "
        "Standard Webhooks has it. Any 2xx within 15 seconds takes it; else it is tried again, ten times in "
        "three days. `secret` is shown only in this answer.",
        body=EndpointBody,
        gives=wire.WebhookEndpointMade,
        status=201,
        example=EXAMPLE,
    )
    def post(self, request: Request) -> wire.WebhookEndpointMade:
        endpoint, secret = make_endpoint(by=self.author, **self.said())
        return {**endpoint_shape(endpoint), "secret": secret}


class WebhookEndpointOne(RoomEndpoint):
    """/webhook_endpoints/{id}"""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @call("get_webhook_endpoint", "Read a webhook endpoint", gives=wire.WebhookEndpoint)
    def get(self, request: Request, endpoint_id: UUID) -> wire.WebhookEndpoint:
        return endpoint_shape(endpoint_of(endpoint_id))

    @call(
        "change_webhook_endpoint",
        "Change, pause or resume a webhook endpoint",
        about="`enabled: false` pauses it: what happens meanwhile comes when it is switched on again, as far "
        "as it is not older than 30 days.",
        body=EndpointChangeBody,
        gives=wire.WebhookEndpoint,
        example={"enabled": False},
    )
    def patch(self, request: Request, endpoint_id: UUID) -> wire.WebhookEndpoint:
        endpoint = endpoint_of(endpoint_id)
        return endpoint_shape(change_endpoint(endpoint=endpoint, by=self.author, **self.said()))

    @call("delete_webhook_endpoint", "Take a webhook endpoint away", status=204)
    def delete(self, request: Request, endpoint_id: UUID) -> None:
        remove_endpoint(endpoint=endpoint_of(endpoint_id), by=self.author)


class WebhookSecretOf(RoomEndpoint):
    """/webhook_endpoints/{id}/secret"""

    scopes = {"POST": WRITE}

    @call(
        "renew_webhook_secret",
        "Make another secret for a webhook endpoint",
        about="It is shown only in this answer. For a day calls are signed with the one before, too.",
        gives=wire.WebhookSecret,
        status=201,
    )
    def post(self, request: Request, endpoint_id: UUID) -> wire.WebhookSecret:
        endpoint = endpoint_of(endpoint_id)
        secret = renew_secret(endpoint=endpoint, by=self.author)
        return {"secret": secret, "old_secret_ends_at": stamp(endpoint.old_secret_ends_at)}


class WebhookTest(RoomEndpoint):
    """/webhook_endpoints/{id}/test; outside any transaction: it waits for another's server."""

    scopes = {"POST": WRITE}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A repeated call sends again: a sample does no harm."""
        super().initial(request, *args, **kwargs)
        if request.headers.get(HEADER):
            raise Problem("malformed", f"This call asks your server at once and takes no {HEADER}.")

    @call(
        "test_webhook_endpoint",
        "Send a sample event to a webhook endpoint",
        about="`webhook_endpoint.tested`, with `test: true`, at once; the answer says what came back within "
        "15 seconds. Nothing is tried again, and nothing is noted of it.",
        gives=wire.WebhookTry,
    )
    def post(self, request: Request, endpoint_id: UUID) -> wire.WebhookTry:
        tenant_id: UUID = house(self.request).tenant_id  # type: ignore[assignment]
        return send_sample(tenant_id=tenant_id, endpoint_id=endpoint_id, by=self.author).shape


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state = OneOf(State.values, required=False, help_text="Only those in this state.")
    type = serializers.CharField(
        required=False, max_length=TYPE_CHARS, help_text="Only events of this type; `message.*` for several."
    )


class WebhookDeliveries(RoomEndpoint):
    """/webhook_endpoints/{id}/deliveries"""

    scopes = {"GET": READ}

    @call(
        "list_webhook_deliveries",
        "Read what was delivered to a webhook endpoint, newest first",
        about="Kept for 30 days, with the last twelve tries of each.",
        query=DeliveryQuery,
        gives=ListOf(wire.WebhookDelivery),
    )
    def get(self, request: Request, endpoint_id: UUID) -> Json:
        said = dict(self.query)
        page = delivery_page(endpoint_of(endpoint_id), kind=said.pop("type", ""), **said)
        return page.shape([delivery_shape(row) for row in page.rows])


class ReplayBody(Body):
    """What to deliver again: `event_id`, or `since` (and `until`), or `failed`."""

    event_id = serializers.UUIDField(required=False)
    since = serializers.DateTimeField(required=False, help_text="Events from this moment on.")
    until = serializers.DateTimeField(required=False, help_text="Before this moment; by default until now.")
    failed = serializers.BooleanField(required=False, help_text="true: all that were given up.")

    def validate(self, attrs: Any) -> Any:
        ways = {name for name in ("event_id", "since", "failed") if attrs.get(name)}
        if len(ways) != 1 or ("until" in attrs and ways != {"since"}):
            raise serializers.ValidationError("Give event_id, or since (and until), or failed: true.")
        return attrs


class WebhookReplay(RoomEndpoint):
    """/webhook_endpoints/{id}/replay"""

    scopes = {"POST": WRITE}

    @call(
        "replay_webhooks",
        "Deliver events again",
        about="One event, a stretch of time (of at most 10,000 events, as far as the endpoint listens to "
        "their types), or up to 10,000 that were given up. Their ids stay the same.",
        body=ReplayBody,
        gives=wire.WebhookReplayed,
        status=202,
        refuses=["webhook_disabled"],
        example={"since": "2026-11-30T08:00:00Z", "until": "2026-11-30T09:00:00Z"},
    )
    def post(self, request: Request, endpoint_id: UUID) -> wire.WebhookReplayed:
        endpoint, said = endpoint_of(endpoint_id), self.body
        if said.get("event_id"):
            count = replay_event(endpoint=endpoint, event_id=said["event_id"], by=self.author)
        elif said.get("since"):
            until = said.get("until")
            count = replay_range(endpoint=endpoint, since=said["since"], until=until, by=self.author)
        else:
            count = replay_failed(endpoint=endpoint, by=self.author)
        return {"count": count}


sends("event", wire.WebhookEvent, "Something happened in your workspace")
show(
    wire.WebhookEvent,
    {
        "id": "0190a0c4-0000-7000-8000-000000000001",
        "seq": 4711,
        "type": "message.received",
        "created": "2026-11-30T08:00:00.000000Z",
        "api_version": "v1",
        "workspace": {
            "id": "0190a0c4-0000-7000-8000-000000000002", "name": "Northwind Bank", "slug": "northwind-bank",
        },
        "test": False,
        "is_reference": False,
        "data": {"message": {"text": "My card is gone"}},
        "actor": {"kind": "customer", "id": "0190a0c4-0000-7000-8000-000000000003", "name": "Ada"},
    },
)  # fmt: skip
