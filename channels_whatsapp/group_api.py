"""/whatsapp/numbers/{channel_id}/groups: groups of a number. Each call asks WhatsApp at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire_numbers as wire
from channels_whatsapp.api import KIND
from channels_whatsapp.group_calls import DESCRIPTION_CHARS, SUBJECT_CHARS
from channels_whatsapp.models import Errand, Group
from channels_whatsapp.number_api import FAILS, SCOPE, NumberEndpoint
from channels_whatsapp.operations import groups
from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Problem
from common.api.schema import ListOf
from common.tenancy import tenant_context
from common.wire import Json, ident, stamp
from inbox.models import Channel

LATER = "WhatsApp does it a moment later; list or read again to see it."


def _shape(row: Group) -> wire.Group:
    return {
        "id": ident(row.id),
        "group_id": row.group_id,
        "subject": row.subject,
        "description": row.description,
        "invite_link": row.invite_link,
        "needs_approval": row.needs_approval,
        "is_suspended": row.is_suspended,
        "people": row.people,
        "requests": row.requests,
        "read_at": stamp(row.read_at),
    }


class NewGroupBody(Body):
    """A group to be made."""

    subject = serializers.CharField(max_length=SUBJECT_CHARS)
    description = serializers.CharField(max_length=DESCRIPTION_CHARS, required=False, default="")
    needs_approval = serializers.BooleanField(required=False, default=False)


class Groups(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/groups"""

    scopes = {"GET": SCOPE, "POST": SCOPE}

    @call("list_groups", "List groups", gives=ListOf(wire.Group, is_whole=True), refuses=FAILS)
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(groups.read_groups, channel_id)
        return self._now(channel_id)

    @call(
        "make_group",
        "Make a group",
        about=f"People join it by its invite link. {LATER}",
        body=NewGroupBody,
        gives=ListOf(wire.Group, is_whole=True),
        status=202,
        refuses=FAILS,
        example={"subject": "Harbour tour on Saturday", "needs_approval": True},
    )
    def post(self, request: Request, channel_id: UUID) -> Json:
        self.ask(groups.make_group, channel_id, **self.body)
        return self._now(channel_id)

    def _now(self, channel_id: UUID) -> Json:
        with tenant_context(self.tenant_id):
            channel = Channel.objects.get(id=channel_id, kind=KIND)
            rows = Group.objects.filter(channel=channel, is_gone=False).order_by("subject", "id")
            return {"data": [_shape(row) for row in rows]}


class GroupBody(Body):
    """Its name and description."""

    subject = serializers.CharField(max_length=SUBJECT_CHARS)
    description = serializers.CharField(
        max_length=DESCRIPTION_CHARS, required=False, allow_blank=True, default=""
    )


class GroupEndpoint(NumberEndpoint):
    """An address of one group."""

    def found(self, channel_id: UUID, group_id: UUID) -> Group:
        """Raises Group.DoesNotExist."""
        with tenant_context(self.tenant_id):
            found: Group = Group.objects.get(id=group_id, channel_id=channel_id, is_gone=False)
            return found

    def done(self, deed: Callable[..., Errand], group: Group, **given: Any) -> wire.Group:
        """Have it done; gives the group as it is known now. Raises Problem."""
        errand = deed(tenant_id=self.tenant_id, group=group, by=self.author, **given)
        if errand.outcome != Errand.Outcome.DONE:
            raise Problem("provider_failed", f"{errand.sentence} {errand.fix}".strip())
        with tenant_context(self.tenant_id):
            return _shape(Group.objects.get(id=group.id))


class GroupOne(GroupEndpoint):
    """/whatsapp/numbers/{channel_id}/groups/{group_id}"""

    scopes = {"GET": SCOPE, "PATCH": SCOPE, "DELETE": SCOPE}

    @call("read_group", "Read a group", gives=wire.Group, refuses=FAILS)
    def get(self, request: Request, channel_id: UUID, group_id: UUID) -> wire.Group:
        return self.done(groups.read_group, self.found(channel_id, group_id))

    @call(
        "change_group",
        "Change a group",
        about=LATER,
        body=GroupBody,
        gives=wire.Group,
        refuses=FAILS,
        example={"subject": "Harbour tour on Sunday", "description": "We meet at pier 4."},
    )
    def patch(self, request: Request, channel_id: UUID, group_id: UUID) -> wire.Group:
        return self.done(groups.change_group, self.found(channel_id, group_id), **self.body)

    @call("delete_group", "Delete a group", about=LATER, gives=wire.Group, refuses=FAILS)
    def delete(self, request: Request, channel_id: UUID, group_id: UUID) -> wire.Group:
        return self.done(groups.delete_group, self.found(channel_id, group_id))


class GroupLink(GroupEndpoint):
    """/whatsapp/numbers/{channel_id}/groups/{group_id}/invite_link"""

    scopes = {"PUT": SCOPE}

    @call("renew_invite_link", "Make another invite link", gives=wire.Group, refuses=FAILS)
    def put(self, request: Request, channel_id: UUID, group_id: UUID) -> wire.Group:
        return self.done(groups.renew_link, self.found(channel_id, group_id))


class GroupPeople(GroupEndpoint):
    """/whatsapp/numbers/{channel_id}/groups/{group_id}/people/{person}"""

    scopes = {"DELETE": SCOPE}

    @call(
        "remove_from_group",
        "Take somebody out of a group",
        about=f"person: as the group's `people` name them. {LATER}",
        gives=wire.Group,
        refuses=FAILS,
    )
    def delete(self, request: Request, channel_id: UUID, group_id: UUID, person: str) -> wire.Group:
        return self.done(groups.remove_person, self.found(channel_id, group_id), person=person)


class RequestBody(Body):
    """Who asks, as the group's `requests` name them, and the answer."""

    request = serializers.CharField(max_length=512)
    lets_in = serializers.BooleanField()


class GroupRequests(GroupEndpoint):
    """/whatsapp/numbers/{channel_id}/groups/{group_id}/requests"""

    scopes = {"PUT": SCOPE}

    @call(
        "answer_join_request",
        "Let in somebody who asks to join, or not",
        body=RequestBody,
        gives=wire.Group,
        refuses=FAILS,
        example={"request": "abc", "lets_in": True},
    )
    def put(self, request: Request, channel_id: UUID, group_id: UUID) -> wire.Group:
        return self.done(groups.answer_request, self.found(channel_id, group_id), **self.body)
