"""/receipts: raw webhook bodies and what became of each item in them, for admins."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Keyset, Page
from common.api.parameters import PageQuery
from common.api.schema import ListOf
from common.wire import Json
from inbox import wire_receipts as wire
from inbox.api.endpoint import InboxEndpoint
from inbox.models import Outcome, Receipt, ReceiptOutcome
from inbox.operations.receipts import replay_receipt
from inbox.shapes import receipt_shape

#: A receipt's id carries its time; the unique index over it gives the order.
NEWEST = Keyset("receipt", ("receipt_id",), (UUID,))


class ReceiptQuery(PageQuery):
    """Filters combine."""

    outcome = serializers.ChoiceField(
        Outcome.values, required=False, help_text="With at least one such item."
    )
    kind = serializers.CharField(required=False, max_length=32, help_text="Kind of channel.")


class Receipts(InboxEndpoint):
    """/receipts"""

    scopes = {"GET": "receipts:read"}

    @call("list_receipts", "List raw webhooks, newest first", query=ReceiptQuery, gives=ListOf(wire.Receipt))
    def get(self, request: Request) -> Json:
        rows = ReceiptOutcome.objects.all()
        if "outcome" in self.query:
            rows = rows.filter(**{f"{self.query['outcome']}__gt": 0})
        if "kind" in self.query:
            rows = rows.filter(kind=self.query["kind"])
        page: Page[ReceiptOutcome] = NEWEST.page(
            rows, limit=self.query["limit"], after=self.query.get("after")
        )
        return page.shape([receipt_shape(row) for row in page.rows])


class ReceiptOne(InboxEndpoint):
    """/receipts/{id}"""

    scopes = {"GET": "receipts:read"}

    @call(
        "get_receipt",
        "Read a raw webhook",
        about="The body is shown when every item in it is this workspace's.",
        gives=wire.Receipt,
    )
    def get(self, request: Request, receipt_id: UUID) -> wire.Receipt:
        outcome = ReceiptOutcome.objects.get(receipt_id=receipt_id)
        receipt = Receipt.objects.filter(id=receipt_id).first() if outcome.whole else None
        body = bytes(receipt.body).decode("utf-8", "replace") if receipt else None
        return receipt_shape(outcome, body=body)


class Replay(InboxEndpoint):
    """/receipts/{id}/replay"""

    scopes = {"POST": "receipts:write"}

    @call(
        "replay_receipt",
        "Read a raw webhook again",
        about="What is stored already stays as it is; a worker reads the body again within a second.",
        status=202,
        gives=wire.Receipt,
        refuses=["conflict"],
    )
    def post(self, request: Request, receipt_id: UUID) -> wire.Receipt:
        shape = receipt_shape(ReceiptOutcome.objects.get(receipt_id=receipt_id))
        replay_receipt(receipt_id=receipt_id)
        return shape
