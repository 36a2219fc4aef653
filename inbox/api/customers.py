"""/customers. Here and not in the customers' room, because a customer's reach belongs to channels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.fields import ZoneField
from common.api.pages import BY_ID, Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Problem
from common.api.schema import ListOf
from common.wire import Json
from customers.models import Customer
from customers.operations import StaleCustomer, change_customer
from customers.queries import find_customer
from inbox import wire
from inbox.api.endpoint import InboxEndpoint
from inbox.models import Channel
from inbox.operations.blocks import block_customer, unblock_customer
from inbox.operations.identities import confirm_identity
from inbox.queries.customers import customer_card, find_customers
from inbox.shapes import customer_shape

READ, WRITE = "customers:read", "customers:write"


class CustomerQuery(PageQuery):
    """Filters combine."""

    q = serializers.CharField(required=False, max_length=200, help_text="Name, or number in any spelling.")
    external_id = serializers.CharField(required=False, max_length=200, help_text="Your own id.")
    address = serializers.CharField(required=False, max_length=320, help_text="Exactly: +447700900123.")


class Customers(InboxEndpoint):
    """/customers"""

    scopes = {"GET": READ}

    @call("list_customers", "List customers, newest first", query=CustomerQuery, gives=ListOf(wire.Customer))
    def get(self, request: Request) -> Json:
        filters = {name: value for name, value in self.query.items() if name not in {"limit", "after"}}
        page: Page[Customer] = BY_ID.page(
            find_customers(**filters), limit=self.query["limit"], after=self.query.get("after")
        )
        return page.shape([customer_shape(row) for row in page.rows])


class CustomerBody(Body):
    """What is left out stays. version: the one you read; when it has moved on, nothing is changed."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.CharField(required=False, allow_blank=True, max_length=16, help_text="pt-BR")
    timezone = ZoneField(required=False, allow_blank=True, help_text="Europe/Lisbon; empty: not known.")
    external_id = serializers.CharField(required=False, allow_null=True, max_length=200)
    attributes = serializers.DictField(required=False, help_text="Replaces all attributes.")
    labels = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=50)
    version = serializers.IntegerField(required=False, min_value=1)


class CustomerOne(InboxEndpoint):
    """/customers/{id}"""

    scopes = {"GET": READ, "PATCH": WRITE}

    @call("get_customer", "Read a customer", gives=wire.Customer)
    def get(self, request: Request, customer_id: UUID) -> wire.Customer:
        return customer_card(customer_id)

    @call(
        "change_customer",
        "Change a customer",
        about="A `conflict` carries the newer customer as `customer`.",
        body=CustomerBody,
        gives=wire.Customer,
        refuses=["conflict"],
        example={"name": "Ada Lovelace", "language": "en", "version": 3},
    )
    def patch(self, request: Request, customer_id: UUID) -> wire.Customer:
        customer = find_customer(customer_id)
        fields: dict[str, Any] = dict(self.body)
        version = fields.pop("version", None)
        try:
            change_customer(
                customer=customer, by=self.author.actor, version=version, shape=customer_shape, **fields
            )
        except StaleCustomer as error:
            raise Problem("conflict", str(error), extra={"customer": customer_card(customer_id)}) from None
        return customer_card(customer_id)


class Block(InboxEndpoint):
    """/customers/{id}/blocks/{channel}"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call(
        "block_customer",
        "Block a customer on a channel",
        about="We send nothing more there at once; the provider is told soon, and stops their messages too.",
        gives=wire.Customer,
        refuses=["conflict", "no_address"],
    )
    def put(self, request: Request, customer_id: UUID, channel_id: UUID) -> wire.Customer:
        block_customer(**_pair(customer_id, channel_id), by=self.author)
        return customer_card(customer_id)

    @call(
        "unblock_customer",
        "Let a blocked customer write again",
        gives=wire.Customer,
        refuses=["conflict", "no_address"],
    )
    def delete(self, request: Request, customer_id: UUID, channel_id: UUID) -> wire.Customer:
        unblock_customer(**_pair(customer_id, channel_id), by=self.author)
        return customer_card(customer_id)


class Identity(InboxEndpoint):
    """/customers/{id}/identities/{channel}"""

    scopes = {"PUT": WRITE}

    @call(
        "confirm_identity",
        "Confirm that a customer is still the same person",
        about="Where the provider says that another phone than before answers under an address of theirs "
        "(`reach[].identity_changed_at`), messages wait for this. Make sure by another way who it is.",
        gives=wire.Customer,
    )
    def put(self, request: Request, customer_id: UUID, channel_id: UUID) -> wire.Customer:
        confirm_identity(**_pair(customer_id, channel_id), by=self.author)
        return customer_card(customer_id)


def _pair(customer_id: UUID, channel_id: UUID) -> dict[str, Any]:
    """Both rows, of this workspace. Raises DoesNotExist."""
    return {
        "customer": find_customer(customer_id),
        "channel": Channel.objects.get(id=channel_id),
    }
