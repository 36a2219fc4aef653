"""Consents and preferences of a customer, and a tenant's quiet hours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.fields import OneOf
from common.api.parameters import Body
from customers.queries import find_customer
from inbox.channels import adapters
from notifications import wire
from notifications.api.problems import refusal
from notifications.api.sending import author_of
from notifications.models import Category, ConsentState, NotificationType, QuietHours
from notifications.models.people import EVERY_CHANNEL
from notifications.operations.consents import record_consents, set_preference, set_quiet_hours
from notifications.queries.people import consents_answer
from notifications.shapes import quiet_shape

READ, WRITE, MANAGE = "notifications:read", "notifications:write", "notifications:manage"


class ConsentBody(Body):
    """One yes or no."""

    category = OneOf(Category.values)
    channel = serializers.RegexField(
        r"^([a-z][a-z0-9_]*|\*)$", default=EVERY_CHANNEL, max_length=32, help_text="A kind of channel, or *."
    )
    state = OneOf(ConsentState.values)

    def validate_channel(self, value: str) -> str:
        """A mistyped kind would be written down, and obeyed by nothing."""
        if value != EVERY_CHANNEL and value not in adapters():
            raise serializers.ValidationError(
                f"Give {', '.join(sorted(adapters()))}, or * for every channel."
            )
        return value


class ConsentsBody(Body):
    """What to write down; what is left out stays as it is."""

    consents = serializers.ListField(child=ConsentBody(), default=list, max_length=60)
    preferences = serializers.DictField(
        child=serializers.BooleanField(), default=dict, help_text="Key of a type → wanted."
    )
    source = serializers.CharField(  # type: ignore[assignment]
        default="api", max_length=60, help_text="Where the person said so."
    )

    def validate_consents(self, value: list[Any]) -> list[Any]:
        """A yes and a no to the same in one request: nobody knows which of them counts."""
        if len({(one["category"], one["channel"]) for one in value}) < len(value):
            raise serializers.ValidationError("A category and channel stand here twice.")
        return value


class Consents(Endpoint):
    """/customers/{id}/consents"""

    scopes = {"GET": READ, "PUT": WRITE}

    @call("get_consents", "Read what a customer agreed to", gives=wire.Consents)
    def get(self, request: Request, customer_id: UUID) -> wire.Consents:
        return consents_answer(find_customer(customer_id))

    @call(
        "put_consents",
        "Write down what a customer agreed to",
        body=ConsentsBody,
        gives=wire.Consents,
        refuses=["notification_invalid"],
        example={"consents": [{"category": "marketing", "state": "granted"}], "source": "web form"},
    )
    def put(self, request: Request, customer_id: UUID) -> wire.Consents:
        customer, by = find_customer(customer_id), author_of(self.principal)
        wishes = self.body["preferences"]
        types = {row.key: row for row in NotificationType.objects.filter(key__in=wishes)}
        if unknown := [key for key in wishes if key not in types]:
            raise refusal(
                [(f"/preferences/{key[:64]}", "There is no type with this key.") for key in unknown]
            )
        record_consents(customer=customer, given=self.body["consents"], source=self.body["source"], by=by)
        for key, wanted in wishes.items():
            set_preference(customer=customer, named=types[key], wanted=wanted, by=by)
        return consents_answer(customer)


class QuietBody(Body):
    """By each person's own clock; `timezone` for people whose zone is not known."""

    start = serializers.TimeField()
    end = serializers.TimeField()
    timezone = serializers.CharField(default="UTC", max_length=64)


class Quiet(Endpoint):
    """/quiet_hours"""

    scopes = {"GET": READ, "PUT": MANAGE}

    @call("get_quiet_hours", "Read the quiet hours", gives=wire.QuietHours)
    def get(self, request: Request) -> wire.QuietHours:
        return quiet_shape(QuietHours.objects.first())

    @call(
        "put_quiet_hours",
        "Set the quiet hours",
        body=QuietBody,
        gives=wire.QuietHours,
        example={"start": "21:00", "end": "08:00", "timezone": "Europe/Lisbon"},
    )
    def put(self, request: Request) -> wire.QuietHours:
        return quiet_shape(set_quiet_hours(by=author_of(self.principal), **self.body))
