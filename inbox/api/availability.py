"""/availability: who takes work now, and how much each has. Here because conversations are counted."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body
from common.api.schema import ListOf
from common.wire import Json
from inbox.api.endpoint import InboxEndpoint
from inbox.operations.auto_assign import ask_for_assignment
from inbox.queries.availability import availability_answer, availability_of
from tenants import wire
from tenants.models import Way
from tenants.operations.availability import choose_availability, note_activity


class Everybody(InboxEndpoint):
    """/availability"""

    scopes = {"GET": "members:read"}

    @call(
        "list_availability",
        "List who takes work now, and how much each has",
        gives=ListOf(wire.Availability, is_whole=True),
    )
    def get(self, request: Request) -> Json:
        return {"data": availability_answer()}


class AvailabilityBody(Body):
    """What is left out stays."""

    chosen = serializers.ChoiceField(Way.values)
    capacity = serializers.IntegerField(required=False, min_value=0, max_value=1000)


class Mine(InboxEndpoint):
    """/me/availability"""

    scopes = {"PUT": "messages:read"}

    @call(
        "choose_availability",
        "Say whether I take work",
        about="Automatic assignment gives nothing to who is busy or away, or has no room.",
        body=AvailabilityBody,
        gives=wire.Availability,
        refuses=["member_only"],
        example={"chosen": "busy"},
    )
    def put(self, request: Request) -> wire.Availability:
        row = choose_availability(member=self.member, **self.body)
        ask_for_assignment()
        return availability_of(row)


class ActivityBody(Body):
    """What the inbox page tells by itself."""

    is_idle = serializers.BooleanField(default=False)


class Activity(InboxEndpoint):
    """/me/activity"""

    scopes = {"PUT": "messages:read"}

    @call(
        "note_activity",
        "Say that I am there",
        about="About once a minute; after ten silent minutes a member is away.",
        body=ActivityBody,
        gives=wire.Availability,
        refuses=["member_only"],
    )
    def put(self, request: Request) -> wire.Availability:
        row = note_activity(member=self.member, is_idle=self.body["is_idle"])
        ask_for_assignment()
        return availability_of(row)
