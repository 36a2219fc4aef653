"""/notifications: one call sends; lists, one with its steps, cancelling, acknowledging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.authentication import Principal
from common.api.endpoints import Endpoint, call
from common.api.fields import NearTimeField, OneOf, PhoneField, ZoneField
from common.api.parameters import Body, PageQuery, read_bodies
from common.api.problems import Problem
from common.api.schema import ListOf
from common.logs import request_id
from common.wire import Json, ident, stamp
from inbox.operations.authors import Author
from notifications import wire
from notifications.api.problems import refusal
from notifications.cost_shapes import cost_shape
from notifications.decisions import Ask
from notifications.masking import PERSONAL
from notifications.models import NotificationState, NotificationType
from notifications.operations.acknowledging import acknowledge_notification
from notifications.operations.cancelling import cancel_notification
from notifications.operations.engine import begin_urgent
from notifications.operations.notify import AT_MOST, Accepted, Refusal, notify, request_faults
from notifications.queries.costs import cost_rows
from notifications.queries.runs import (
    find_notification,
    messages_of,
    notification_page,
    notification_shapes,
    preview,
)

READ, WRITE = "notifications:read", "notifications:write"
EXAMPLE: Json = {
    "type": "fraud_alert",
    "to": {"phone": "+447700900123", "name": "Amara Okafor"},
    "data": {
        "first_name": "Amara",
        "amount": {"amount": 124000, "currency": "EUR"},
        "merchant": "ELEKTRO-24 BERLIN",
        "card_end": "4417",
    },
    "dedupe_key": "payment-4711",
}


def author_of(who: Principal) -> Author:
    """The caller, as operations know one."""
    return Author.of(who.member) if who.member else Author("api_key", who.row.id, who.row.name)


def sees_personal(who: Principal) -> bool:
    """May the caller see the values that types declare personal? Others see a sign in their place."""
    return PERSONAL in who.scopes


class RecipientBody(Body):
    """Who it is for: `customer_id`, `external_id`, `phone`, or the last two. A plain string is a phone."""

    customer_id = serializers.UUIDField(required=False)
    external_id = serializers.CharField(
        required=False, max_length=200, help_text="Your own id of the person."
    )
    phone = PhoneField(required=False, max_length=40, help_text="With its country code.")
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="If not known yet."
    )
    timezone = ZoneField(
        required=False, allow_blank=True, help_text="Europe/Lisbon; noted if theirs is not known yet."
    )

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"phone": data} if isinstance(data, str) else data)

    def validate(self, attrs: Any) -> Any:
        ways = set(attrs) - {"name", "timezone"}
        if ways not in ({"customer_id"}, {"external_id"}, {"phone"}, {"external_id", "phone"}):
            raise serializers.ValidationError(
                "Give customer_id, external_id, phone, or external_id and phone."
            )
        return attrs


class SendBody(Body):
    """One notification."""

    type = serializers.CharField(max_length=64, help_text="Key of the type.")
    to = RecipientBody()
    data = serializers.DictField(  # type: ignore[assignment]
        default=dict, help_text="The variables, as the type's `data_schema` says."
    )
    language = serializers.RegexField(
        r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$",
        default="",
        allow_blank=True,
        max_length=16,
        help_text="BCP 47; by default the customer's.",
        error_messages={"invalid": "Write a language like en, pt or pt-BR."},
    )
    dedupe_key = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="The same key again is skipped."
    )
    send_at = NearTimeField(allow_null=True, default=None, help_text="Not before; within a year.")
    expires_at = serializers.DateTimeField(allow_null=True, default=None, help_text="Never later.")
    dry_run = serializers.BooleanField(
        default=False, help_text="Only say what would happen; nothing is written."
    )
    test = serializers.BooleanField(default=False, help_text="Send it, and leave it out of all figures.")
    metadata = serializers.DictField(default=dict, help_text="Yours; it comes back in events.")


class BulkBody(Body):
    """Up to 1,000 notifications; each is accepted or refused by itself. `dry_run` is for all of them."""

    notifications = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=AT_MOST)
    dry_run = serializers.BooleanField(default=False)


class NotificationQuery(PageQuery):
    """Filters combine."""

    type = serializers.CharField(required=False, max_length=64, help_text="Key of a type.")
    customer = serializers.UUIDField(required=False, help_text="Id of a customer.")
    state = OneOf(NotificationState.values, required=False)
    channel = serializers.UUIDField(required=False, help_text="Id of a channel that a step went by.")
    dedupe_key = serializers.CharField(required=False, max_length=200)
    request_id = serializers.CharField(required=False, max_length=100, help_text="Of the request that asked.")
    test = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Only tests, or none."
    )
    since = serializers.DateTimeField(required=False, help_text="Asked for at this time or later.")
    until = serializers.DateTimeField(required=False, help_text="Asked for before this time.")


class Notifications(Endpoint):
    """/notifications"""

    scopes = {"GET": READ, "POST": WRITE}

    @call(
        "list_notifications",
        "List notifications, newest first",
        query=NotificationQuery,
        gives=ListOf(wire.Notification),
    )
    def get(self, request: Request) -> Json:
        page = notification_page(**self.query)
        return page.shape(notification_shapes(page.rows, personal=sees_personal(self.principal)))

    @call(
        "send_notification",
        "Notify a customer",
        about="Finds or makes the customer, decides by consent, preferences, quiet hours and limits, then "
        "climbs the type's ladder of channels until one gets through. Every rule's word is in `decision`.",
        body=SendBody,
        gives=wire.NotificationReceipt,
        status=202,
        refuses=["notification_invalid"],
        example=EXAMPLE,
    )
    def post(self, request: Request) -> wire.NotificationReceipt:
        is_dry = self.body.pop("dry_run")
        asked = to_ask(self.body, _types([self.body]))
        if isinstance(asked, Refusal):
            raise refusal(list(asked.faults))
        [found] = notify([asked], by=author_of(self.principal), request_id=request_id.get(), dry_run=is_dry)
        if isinstance(found, Refusal):
            raise refusal(list(found.faults))
        if not is_dry:
            begin_urgent(found)
        return receipt(asked, found, is_dry)


class Bulk(Endpoint):
    """/notification_batches"""

    scopes = {"POST": WRITE}

    @call(
        "send_notifications",
        "Notify up to 1,000 customers",
        about="Each item is a body of `POST /notifications`, without `dry_run`, and gets its own result.",
        body=BulkBody,
        gives=wire.BulkAnswer,
        status=202,
        example={"notifications": [EXAMPLE]},
    )
    def post(self, request: Request) -> wire.BulkAnswer:
        is_dry = self.body["dry_run"]
        asked = read_many(self.body["notifications"])
        good = [one for one in asked if isinstance(one, Ask)]
        done = iter(
            notify(good, by=author_of(self.principal), request_id=request_id.get(), dry_run=is_dry)
            if good
            else []
        )
        results = [
            _result(place, one, next(done) if isinstance(one, Ask) else one, is_dry)
            for place, one in enumerate(asked)
        ]
        accepted = sum(one["accepted"] for one in results)
        return {"accepted": accepted, "refused": len(results) - accepted, "data": results}


NO_OBJECT = Refusal([("", "This is not an object.")])


def read_many(items: Sequence[Any]) -> list[Ask | Refusal]:
    """Each item as a request, or why it is none. One statement for all types they name."""
    read = iter(read_bodies(SendBody, [item for item in items if isinstance(item, Mapping)]))
    bodies = [_checked(next(read)) if isinstance(item, Mapping) else NO_OBJECT for item in items]
    types = _types([one for one in bodies if not isinstance(one, Refusal)])
    return [one if isinstance(one, Refusal) else to_ask(one, types) for one in bodies]


def _checked(body: Json | Problem) -> Json | Refusal:
    if isinstance(body, Problem):
        return Refusal([(fault.pointer, fault.detail) for fault in body.errors])
    if body.pop("dry_run"):
        return Refusal([("/dry_run", "Give dry_run once, beside the notifications.")])
    return body


def _types(bodies: Sequence[Mapping[str, Any]]) -> dict[str, NotificationType]:
    keys = {body["type"] for body in bodies}
    return {row.key: row for row in NotificationType.objects.filter(key__in=keys).select_related("current")}


def to_ask(body: Mapping[str, Any], types: Mapping[str, NotificationType]) -> Ask | Refusal:
    """A checked body as a request, or everything that keeps it from being one."""
    named = types.get(body["type"])
    if named is None:
        return Refusal([("/type", "There is no type with this key.")])
    if faults := request_faults(named, body["data"]):
        return Refusal(faults)
    if named.current is None:
        raise TypeError("a type without a version is refused above")
    fields = ("to", "data", "language", "dedupe_key", "send_at", "expires_at", "metadata")
    return Ask(
        named=named, version=named.current, is_test=body["test"], **{name: body[name] for name in fields}
    )


def receipt(asked: Ask, found: Accepted, is_dry: bool) -> wire.NotificationReceipt:
    """The answer to one request; a dry run has no id, and shows what would be sent."""
    row = found.notification
    shape: wire.NotificationReceipt = {
        "id": None if is_dry else ident(row.id),
        "state": NotificationState.SIMULATED.value if is_dry else row.state,
        "reason": row.reason,
        "due_at": stamp(row.due_at),
        "expires_at": stamp(row.expires_at),
        "customer_id": None if is_dry and row.customer._state.adding else ident(row.customer_id),
        "decision": row.decision,
    }
    if is_dry:
        shape["preview"] = preview(asked, row.customer, found.verdict)
        shape["would_be"] = row.state
    return shape


def _result(place: int, asked: Ask | Refusal, found: Accepted | Refusal, is_dry: bool) -> wire.BulkResult:
    if isinstance(found, Refusal) or isinstance(asked, Refusal):
        faults = found.faults if isinstance(found, Refusal) else ()
        errors: list[wire.NotificationFault] = [
            {"pointer": pointer, "detail": detail} for pointer, detail in faults
        ]
        return {"index": place, "accepted": False, "notification": None, "errors": errors}
    return {"index": place, "accepted": True, "notification": receipt(asked, found, is_dry), "errors": []}


class NotificationOne(Endpoint):
    """/notifications/{id}"""

    scopes = {"GET": READ}

    @call("get_notification", "Read a notification with its messages", gives=wire.NotificationPage)
    def get(self, request: Request, notification_id: UUID) -> wire.NotificationPage:
        row = find_notification(notification_id)
        personal = sees_personal(self.principal)
        return {
            "notification": notification_shapes([row], personal=personal)[0],
            "messages": messages_of(row, personal=personal),
            "costs": [cost_shape(one) for one in cost_rows([row])],
        }


class CancelBody(Body):
    """Why, if you like."""

    reason = serializers.CharField(default="", allow_blank=True, max_length=300)


class Cancellation(Endpoint):
    """/notifications/{id}/cancellation"""

    scopes = {"POST": WRITE}

    @call(
        "cancel_notification",
        "Cancel a notification",
        about="Nothing more is sent; what has not left is taken back, a call that rings or speaks is ended. "
        "Again changes nothing.",
        body=CancelBody,
        gives=wire.Notification,
        refuses=["not_cancellable"],
        example={"reason": "The payment was called back."},
    )
    def post(self, request: Request, notification_id: UUID) -> wire.Notification:
        row = find_notification(notification_id)
        cancel_notification(notification=row, by=author_of(self.principal), reason=self.body["reason"])
        personal = sees_personal(self.principal)
        return notification_shapes([find_notification(notification_id)], personal=personal)[0]


class AcknowledgeBody(Body):
    """How you know, if you like."""

    note = serializers.CharField(default="", allow_blank=True, max_length=200)


class Acknowledgement(Endpoint):
    """/notifications/{id}/acknowledgement"""

    scopes = {"POST": WRITE}

    @call(
        "acknowledge_notification",
        "Acknowledge a notification for its person",
        about="The person knows by another way, in your app say: its ladder stops as by an answer. Nothing "
        "more is sent, what has not left is taken back, a call that rings or speaks is ended. Again, or "
        "after an answer, changes nothing.",
        body=AcknowledgeBody,
        gives=wire.Notification,
        refuses=["not_acknowledgeable"],
        example={"note": "Confirmed in the app"},
    )
    def post(self, request: Request, notification_id: UUID) -> wire.Notification:
        row = find_notification(notification_id)
        acknowledge_notification(notification=row, by=author_of(self.principal), note=self.body["note"])
        personal = sees_personal(self.principal)
        return notification_shapes([find_notification(notification_id)], personal=personal)[0]
