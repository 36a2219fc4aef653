"""Notes and drafts: what a member writes that no customer sees."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body, Query
from common.ids import uuid7
from inbox import wire
from inbox.api.bodies import FILES_MAX
from inbox.api.endpoint import InboxEndpoint, referred, thread_row, uploaded
from inbox.models import Channel, Message
from inbox.operations.drafts import discard_draft, save_draft
from inbox.operations.notes import add_note
from inbox.shapes import draft_shape, note_shape

WRITE = "messages:write"
NOTE_MAX = 10_000


class NoteBody(Body):
    """mentions: ids of members who shall see it; teams: ids of teams whose members shall."""

    text = serializers.CharField(max_length=NOTE_MAX, trim_whitespace=False)
    client_ref = serializers.CharField(required=False, max_length=80)
    mentions = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=50)
    teams = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=20)


class ThreadNotes(InboxEndpoint):
    """/threads/{id}/notes"""

    scopes = {"POST": WRITE}

    @call(
        "add_note",
        "Write a note",
        about="Only members write notes.",
        body=NoteBody,
        gives=wire.Note,
        status=201,
        refuses=["member_only", "nothing_to_send", "text_too_long"],
        example={"text": "Called the branch; they confirm.", "mentions": []},
    )
    def post(self, request: Request, thread_id: UUID) -> wire.Note:
        thread = thread_row(thread_id)
        client_ref = self.body.get("client_ref") or str(uuid7())
        note = add_note(
            thread=thread, by=self.member, text=self.body["text"], client_ref=client_ref,
            mentions=self.body["mentions"], teams=self.body["teams"],
        )  # fmt: skip
        return note_shape(note)


WHERE = "Where the reply is to go; each channel has a draft of its own."


class DraftBody(Body):
    """Replaces the draft there was."""

    text = serializers.CharField(allow_blank=True, default="", max_length=NOTE_MAX, trim_whitespace=False)
    reply_to = serializers.UUIDField(allow_null=True, default=None)
    attachment_ids = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=FILES_MAX)
    channel_id = serializers.UUIDField(allow_null=True, default=None, help_text=WHERE)


class DraftQuery(Query):
    """Which draft of a conversation."""

    channel = serializers.UUIDField(required=False, help_text=WHERE)


class Drafts(InboxEndpoint):
    """/threads/{id}/drafts/{mode}"""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @call(
        "save_draft",
        "Keep what I have begun to write",
        body=DraftBody,
        gives=wire.Draft,
        refuses=["member_only"],
        example={"text": "Dear Ada,", "reply_to": None, "attachment_ids": []},
    )
    def put(self, request: Request, thread_id: UUID, mode: str) -> wire.Draft:
        thread = thread_row(thread_id)
        quotable = Message.objects.filter(customer_id=thread.customer_id)  # as of an answer
        quoted = referred(quotable, self.body["reply_to"], "/reply_to")
        where = referred(Channel.objects.all(), self.body["channel_id"], "/channel_id")
        files = uploaded(self.body["attachment_ids"])
        draft = save_draft(
            thread=thread, member=self.member, mode=mode, text=self.body["text"], reply_to=quoted,
            attachments=files, channel=where,
        )  # fmt: skip
        return draft_shape(draft, files)

    @call("discard_draft", "Throw my draft away", query=DraftQuery, status=204, refuses=["member_only"])
    def delete(self, request: Request, thread_id: UUID, mode: str) -> None:
        discard_draft(
            thread=thread_row(thread_id), member=self.member, mode=mode, channel_id=self.query.get("channel")
        )
