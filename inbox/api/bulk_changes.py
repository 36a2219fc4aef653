"""/bulk_changes: one change to many conversations, its progress, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body, Query
from common.wire import Json
from inbox.api.endpoint import InboxEndpoint, referred
from inbox.api.threads import READ, WRITE, ThreadFilters, thread_filter
from inbox.models import BulkChange, Thread
from inbox.operations.bulk import MOST, bulk_shape, change_many, undo_bulk
from inbox.queries.threads import threads
from inbox.wire_bulk import BulkChange as BulkChangeShape
from inbox.wire_bulk import Matches as MatchesShape
from tenants.models import Member, Team


class AssignChange(Body):
    """What is left out stays; null takes it away."""

    assignee_id = serializers.UUIDField(required=False, allow_null=True)
    team_id = serializers.UUIDField(required=False, allow_null=True)


class LabelChange(Body):
    """Labels to add and to take away; unknown words become labels."""

    add = serializers.ListField(child=serializers.CharField(max_length=60), default=list, max_length=20)
    remove = serializers.ListField(child=serializers.CharField(max_length=60), default=list, max_length=20)


class SnoozeChange(Body):
    """Until a time, until the customer writes, or whichever comes first."""

    until = serializers.DateTimeField(allow_null=True, default=None)
    wake_on_reply = serializers.BooleanField(default=True)


@extend_schema_field({"type": "object", "additionalProperties": False})
class Nothing(serializers.DictField):
    """An empty object: a deed that needs no words."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if data != {}:
            raise serializers.ValidationError("Give an empty object.")
        return {}


class ChangeBody(Body):
    """Exactly one of these."""

    assign = AssignChange(required=False)
    label = LabelChange(required=False)  # type: ignore[assignment]
    snooze = SnoozeChange(required=False)
    close = Nothing(required=False)

    def validate(self, attrs: Any) -> Any:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give exactly one of assign, label, snooze and close.")
        return attrs


class Matching(Body, ThreadFilters):
    """All conversations that these filters find now, as `GET /threads` does."""


class BulkChangeBody(Body):
    """Either some conversations by id, or all that match."""

    thread_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=1000
    )
    matching = Matching(required=False)
    change = ChangeBody()

    def validate(self, attrs: Any) -> Any:
        if ("thread_ids" in attrs) == ("matching" in attrs):
            raise serializers.ValidationError("Give either thread_ids or matching.")
        return attrs


class BulkChanges(InboxEndpoint):
    """/bulk_changes"""

    scopes = {"POST": WRITE}

    @call(
        "create_bulk_change",
        "Change many conversations",
        about=f"At most {MOST:,} at once. They are changed in the background, each with an event of its own; "
        "read the answer's id again for how far it is.",
        body=BulkChangeBody,
        gives=BulkChangeShape,
        status=202,
        refuses=["conflict", "refused", "member_only"],
        example={"matching": {"view": "unassigned", "label": "fraud"}, "change": {"close": {}}},
    )
    def post(self, request: Request) -> BulkChangeShape:
        made = change_many(threads=self._chosen(), change=self._change(), by=self.author)
        return bulk_shape(made)

    def _chosen(self) -> QuerySet[Thread]:
        if "matching" in self.body:
            return threads(thread_filter(self.body["matching"], self.me))
        found: QuerySet[Thread] = Thread.objects.filter(id__in=self.body["thread_ids"])
        return found

    def _change(self) -> Json:
        """The change with the rows it names. Raises Problem for one that is not there."""
        [(kind, what)] = self.body["change"].items()
        if kind != "assign":
            return {kind: what}
        rows = {"assignee": Member.objects.all(), "team": Team.objects.all()}
        named = {
            name: referred(rows[name], what[f"{name}_id"], f"/change/assign/{name}_id")
            for name in rows
            if f"{name}_id" in what
        }
        return {kind: named}


class BulkChangeOne(InboxEndpoint):
    """/bulk_changes/{id}"""

    scopes = {"GET": READ}

    @call("get_bulk_change", "Read how far a change of many is", gives=BulkChangeShape)
    def get(self, request: Request, bulk_change_id: UUID) -> BulkChangeShape:
        return bulk_shape(_row(bulk_change_id))


class Undo(InboxEndpoint):
    """/bulk_changes/{id}/undo"""

    scopes = {"PUT": WRITE}

    @call(
        "undo_bulk_change",
        "Take a change of many back",
        about="A running one stops. What somebody has changed since stays as it is.",
        gives=BulkChangeShape,
        status=202,
    )
    def put(self, request: Request, bulk_change_id: UUID) -> BulkChangeShape:
        return bulk_shape(undo_bulk(bulk=_row(bulk_change_id)))


def _row(key: UUID) -> BulkChange:
    found: BulkChange = BulkChange.objects.get(id=key)
    return found


class MatchQuery(Query, ThreadFilters):
    """The filters of the list of conversations."""


class Matches(InboxEndpoint):
    """/threads/matches"""

    scopes = {"GET": READ}

    @call(
        "count_threads", "Count the conversations that match", query=MatchQuery, gives=MatchesShape,
        about=f"Counted up to {MOST:,}: as many as can be changed at once.",
    )  # fmt: skip
    def get(self, request: Request) -> MatchesShape:
        found = threads(thread_filter(self.query, self.me)).values("id")[: MOST + 1].count()
        return {"count": min(found, MOST), "is_more": found > MOST}
