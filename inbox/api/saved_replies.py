"""/saved_replies: texts to answer with again and again."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.pages import Keyset, Page
from common.api.parameters import Body, PageQuery
from common.api.problems import Problem
from common.api.schema import ListOf
from common.wire import Json
from inbox import wire_words as wire
from inbox.api.endpoint import InboxEndpoint
from inbox.models import SavedReply
from inbox.operations.saved_replies import (
    NAME_MAX,
    TEXT_MAX,
    change_saved_reply,
    create_saved_reply,
    delete_saved_reply,
)
from inbox.queries.saved_replies import changeable_replies, saved_replies
from inbox.shapes_words import saved_reply_shape

READ, WRITE = "messages:read", "messages:write"
SHARED = "saved_replies:write"
BY_NAME = Keyset("name", ("name", "id"), (str, UUID), is_falling=False)


class SavedReplyBody(Body):
    """{{customer.name}}, {{agent.name}} and the like are filled in the inbox page."""

    name = serializers.CharField(max_length=NAME_MAX)
    text = serializers.CharField(max_length=TEXT_MAX, trim_whitespace=False)
    is_shared = serializers.BooleanField(
        default=False, help_text="For everybody, as all that a key makes; needs `saved_replies:write`."
    )


class SavedReplyChange(Body):
    """What is left out stays."""

    name = serializers.CharField(required=False, max_length=NAME_MAX)
    text = serializers.CharField(required=False, max_length=TEXT_MAX, trim_whitespace=False)


class SavedReplies(InboxEndpoint):
    """/saved_replies"""

    scopes = {"GET": READ, "POST": WRITE}

    @call("list_saved_replies", "List saved replies", query=PageQuery, gives=ListOf(wire.SavedReply))
    def get(self, request: Request) -> Json:
        page: Page[SavedReply] = BY_NAME.page(saved_replies(self.me), **self.query)
        return page.shape([saved_reply_shape(row) for row in page.rows])

    @call(
        "create_saved_reply",
        "Save a reply",
        body=SavedReplyBody,
        gives=wire.SavedReply,
        status=201,
        refuses=["forbidden", "conflict", "refused"],
        example={"name": "New card", "text": "Dear {{customer.first_name}}, …", "is_shared": False},
    )
    def post(self, request: Request) -> wire.SavedReply:
        is_shared = self.body["is_shared"] or self.me is None
        if is_shared and SHARED not in self.principal.scopes:
            raise Problem("forbidden", f"Replies for everybody need the scope {SHARED}.")
        owner = None if is_shared else self.member
        made = create_saved_reply(name=self.body["name"], text=self.body["text"], owner=owner)
        return saved_reply_shape(made)


class SavedReplyOne(InboxEndpoint):
    """/saved_replies/{id}"""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}

    @call(
        "change_saved_reply",
        "Change a saved reply",
        body=SavedReplyChange,
        gives=wire.SavedReply,
        refuses=["conflict", "refused"],
        example={"text": "Good morning {{customer.name}}"},
    )
    def patch(self, request: Request, saved_reply_id: UUID) -> wire.SavedReply:
        reply = self._changeable(saved_reply_id)
        return saved_reply_shape(change_saved_reply(reply=reply, **self.body))

    @call("delete_saved_reply", "Delete a saved reply", status=204)
    def delete(self, request: Request, saved_reply_id: UUID) -> None:
        delete_saved_reply(reply=self._changeable(saved_reply_id))

    def _changeable(self, key: UUID) -> SavedReply:
        rows = changeable_replies(self.me, also_shared=SHARED in self.principal.scopes)
        found: SavedReply = rows.get(id=key)
        return found
