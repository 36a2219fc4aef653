"""/customers/{id}/addresses: the ways to reach a customer, kept by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.fields import PhoneField
from common.api.parameters import Body
from common.api.problems import Problem
from customers.models import Address
from customers.operations import AddressTaken, add_address
from customers.queries import find_customer
from inbox import wire
from inbox.api.endpoint import InboxEndpoint
from inbox.channels import address_kinds
from inbox.operations.addresses import forget_address
from inbox.ports import PHONE
from inbox.queries.customers import customer_card
from inbox.shapes import customer_shape

WRITE = "customers:write"


class AddressBody(Body):
    """Either `phone`, or `kind` with `value`."""

    phone = PhoneField(required=False, max_length=40, help_text="With its country code.")
    kind = serializers.CharField(
        required=False, max_length=32, help_text="Kind of address; see `address_kinds` of the channels."
    )
    value = serializers.CharField(required=False, max_length=320, help_text="The address itself.")
    label = serializers.CharField(  # type: ignore[assignment]
        default="", allow_blank=True, max_length=200, help_text="What it is."
    )

    def validate_kind(self, kind: str) -> str:
        if kind == PHONE:
            raise serializers.ValidationError("Give a number as `phone`.")
        if kind not in address_kinds():
            raise serializers.ValidationError("No channel here knows addresses of this kind.")
        return kind

    def validate(self, attrs: Any) -> Any:
        if {name for name in attrs if name != "label"} not in ({"phone"}, {"kind", "value"}):
            raise serializers.ValidationError("Give either phone, or kind with value.")
        return attrs


class Addresses(InboxEndpoint):
    """/customers/{id}/addresses"""

    scopes = {"POST": WRITE}

    @call(
        "add_address",
        "Add an address to a customer",
        about="An address belongs to one customer. Where another has it, the `conflict` carries them as "
        "`customer`: they may be the same person, and merged.",
        body=AddressBody,
        gives=wire.Customer,
        status=201,
        refuses=["conflict"],
        example={"phone": "+447700900124", "label": "Work"},
    )
    def post(self, request: Request, customer_id: UUID) -> wire.Customer:
        customer, said = find_customer(customer_id), self.body
        kind, value = (PHONE, said["phone"]) if "phone" in said else (said["kind"], said["value"])
        try:
            add_address(
                customer=customer, kind=kind, value=value, label=said["label"], by=self.author.actor,
                shape=customer_shape,
            )  # fmt: skip
        except AddressTaken as taken:
            owner = customer_card(taken.customer.id)
            raise Problem("conflict", str(taken), extra={"customer": owner}) from None
        return customer_card(customer.id)


class AddressOne(InboxEndpoint):
    """/customers/{id}/addresses/{address}"""

    scopes = {"DELETE": WRITE}

    @call(
        "remove_address",
        "Take an address away from a customer",
        about="Only one under which nothing was written, called or decided; all else is history, and stays.",
        gives=wire.Customer,
        refuses=["conflict"],
    )
    def delete(self, request: Request, customer_id: UUID, address_id: UUID) -> wire.Customer:
        customer = find_customer(customer_id)
        forget_address(address=Address.objects.get(id=address_id, customer=customer), by=self.author)
        return customer_card(customer.id)
