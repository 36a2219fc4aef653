"""The list of prices, and what messages came to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.fields import OneOf
from common.api.parameters import Body, Query
from common.api.problems import Fault, Problem
from inbox.models import Message
from notifications import cost_wire as wire
from notifications.api.sending import author_of
from notifications.cost_shapes import cost_shape, line_shape, price_shape
from notifications.models import Cost, PriceLine
from notifications.operations.prices import LINES_MAX, PricesRefused, remove_price, set_prices
from notifications.queries.costs import GROUPS, cost_lines
from notifications.queries.prices import price_lines

READ, MANAGE = "notifications:read", "notifications:manage"
EXAMPLE = {
    "prices": [
        {
            "channel": "whatsapp",
            "category": "utility",
            "country": "GB",
            "currency": "EUR",
            "price": "0.0220",
            "valid_from": "2026-10-01",
        },
        {
            "channel": "sms",
            "country": "+44",
            "currency": "EUR",
            "price": "0.0410",
            "valid_from": "2026-10-01",
        },
    ]
}


class PriceBody(Body):
    """One price of one unit."""

    channel = serializers.CharField(max_length=160, help_text="A kind, kind:name, or an id.")
    category = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    country = serializers.CharField(required=False, allow_blank=True, max_length=5, default="")
    currency = serializers.CharField(max_length=3)
    price = serializers.CharField(max_length=20, help_text="A decimal number as text.")
    valid_from = serializers.CharField(max_length=10, help_text="The first day it holds, UTC.")


class PricesBody(Body):
    """Prices to set; all others stay as they are."""

    prices = serializers.ListField(child=PriceBody(), max_length=LINES_MAX)


class Prices(Endpoint):
    """/prices"""

    scopes = {"GET": READ, "PUT": MANAGE}

    @call("list_prices", "Read the list of prices", gives=wire.PriceLines)
    def get(self, request: Request) -> wire.PriceLines:
        return {"data": [price_shape(line) for line in price_lines()]}

    @call(
        "put_prices",
        "Set prices",
        about="One of the same channel, category, country and first day is replaced. All are taken, or none.",
        body=PricesBody,
        gives=wire.PriceLines,
        example=EXAMPLE,
    )
    def put(self, request: Request) -> wire.PriceLines:
        try:
            set_prices(given=self.body["prices"], by=author_of(self.principal))
        except PricesRefused as refused:
            faults = [
                Fault(f"/prices/{place}/{field}".rstrip("/"), words) for place, field, words in refused.faults
            ]
            raise Problem("validation_failed", str(refused), errors=faults) from None
        return {"data": [price_shape(line) for line in price_lines()]}


class PriceOne(Endpoint):
    """/prices/{id}"""

    scopes = {"DELETE": MANAGE}

    @call("delete_price", "Take a price away", gives=wire.PriceLines)
    def delete(self, request: Request, price_id: UUID) -> wire.PriceLines:
        remove_price(line=PriceLine.objects.get(id=price_id), by=author_of(self.principal))
        return {"data": [price_shape(line) for line in price_lines()]}


class CostQuery(Query):
    """Which costs, in which lines."""

    by = OneOf(tuple(GROUPS), default="type")
    days = serializers.IntegerField(default=7, min_value=1, max_value=400)
    type = serializers.CharField(required=False, default="", max_length=64, help_text="Key of a type.")


class Costs(Endpoint):
    """/costs"""

    scopes = {"GET": READ}

    @call("list_costs", "Read what messages came to", query=CostQuery, gives=wire.Costs)
    def get(self, request: Request) -> Any:
        since = timezone.now().date() - timedelta(days=self.query["days"] - 1)
        lines = cost_lines(self.query["by"], since, self.query["type"])
        return {
            "by": self.query["by"],
            "since": since.isoformat(),
            "data": [line_shape(line) for line in lines],
        }


class CostOfMessage(Endpoint):
    """/messages/{id}/cost"""

    scopes = {"GET": "messages:read"}

    @call("get_message_cost", "Read what a message came to", gives=wire.MessageCost)
    def get(self, request: Request, message_id: UUID) -> wire.MessageCost:
        message = Message.objects.get(id=message_id)
        row = Cost.objects.filter(message=message).first()
        return {"cost": cost_shape(row) if row else None}
