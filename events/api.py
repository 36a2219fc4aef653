"""/events: the numbered log, for programs that missed something; /changes: the audit."""

from __future__ import annotations

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.parameters import PageQuery, Query
from common.api.schema import ListOf
from common.wire import Json
from events import wire
from events.models import Event
from events.queries import change_page
from events.shapes import change_shape, event_shape

SEQ_MAX = 2**63 - 1


class EventQuery(Query):
    """Which part of the log."""

    after = serializers.IntegerField(
        default=0, min_value=0, max_value=SEQ_MAX, help_text="`seq` of the last event you have; 0 for all."
    )
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200, help_text="1 to 200.")
    type = serializers.CharField(required=False, max_length=64, help_text="Only of this type.")


class Events(Endpoint):
    """/events"""

    scopes = {"GET": "events:read"}

    @call(
        "list_events",
        "Read events, oldest first",
        about="`next` is the number to go on with, also at the end: ask again later with it. Numbers may be "
        "missing: what is for one member's eyes only is not shown to others.",
        query=EventQuery,
        gives=ListOf(wire.Event),
    )
    def get(self, request: Request) -> Json:
        after, limit = self.query["after"], self.query["limit"]
        rows = Event.objects.filter(self._visible(), seq__gt=after)
        if "type" in self.query:
            rows = rows.filter(type=self.query["type"])
        found = list(rows.order_by("seq")[: limit + 1])
        last = found[:limit][-1].seq if found else after
        data = [event_shape(event) for event in found[:limit]]
        return {"data": data, "has_more": len(found) > limit, "next": str(last)}

    def _visible(self) -> Q:
        member = self.principal.member
        return Q(audience=None) | Q(audience=member.id) if member else Q(audience=None)


class ChangeQuery(PageQuery):
    """Which changes."""

    actor = serializers.UUIDField(required=False, help_text="Only what this member or key did.")
    action = serializers.CharField(required=False, max_length=64, help_text="Only this, e.g. `key.made`.")
    about = serializers.CharField(required=False, max_length=200, help_text="A part of the name.")
    since = serializers.DateTimeField(required=False, help_text="Not before this moment.")
    until = serializers.DateTimeField(required=False, help_text="Before this moment.")


class Changes(Endpoint):
    """/changes"""

    scopes = {"GET": "audit:read"}

    @call(
        "list_changes",
        "Read who changed what in the set-up, newest first",
        about="Each thing a member or a key did to the set-up is one of these, kept for good.",
        query=ChangeQuery,
        gives=ListOf(wire.Change),
    )
    def get(self, request: Request) -> Json:
        page = change_page(**self.query)
        return page.shape([change_shape(change) for change in page.rows])
