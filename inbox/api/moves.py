"""/threads/{id}/splits and /threads/{id}/joins: one conversation made two, two made one, and back."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body
from inbox import wire, wire_moves
from inbox.api.endpoint import InboxEndpoint, referred, thread_row
from inbox.models import Message, MoveKind, ThreadMove
from inbox.operations.thread_splits import split_thread, undo_split
from inbox.shapes_moves import split_shape

WRITE = "threads:write"


class SplitBody(Body):
    """Where to part it."""

    message_id = serializers.UUIDField(help_text="The message with which the new conversation begins.")


class Splits(InboxEndpoint):
    """/threads/{id}/splits"""

    scopes = {"POST": WRITE}

    @call(
        "split_thread",
        "Start a new conversation from a message",
        about="The message and all that follow it move into a new conversation of the same customer, with "
        "its drafts and what is to leave later. The new one goes on as the whole did, with the same state, "
        "people, team, labels and priority. The earlier one is closed.",
        body=SplitBody,
        gives=wire_moves.Split,
        status=201,
        refuses=["conflict"],
        example={"message_id": "0190a0c4-0000-7000-8000-000000000001"},
    )
    def post(self, request: Request, thread_id: UUID) -> wire_moves.Split:
        thread = thread_row(thread_id)
        message = referred(Message.objects.all(), self.body["message_id"], "/message_id")
        return split_shape(split_thread(thread=thread, message=message, by=self.author))


class SplitOne(InboxEndpoint):
    """/threads/{id}/splits/{split}"""

    scopes = {"DELETE": WRITE}

    @call(
        "undo_split",
        "Undo a split",
        about="The new conversation is part of the earlier one again, with what came since; its id leads "
        "there. What was changed in the new one stands.",
        gives=wire.Thread,
        refuses=["conflict"],
    )
    def delete(self, request: Request, thread_id: UUID, split_id: UUID) -> wire.Thread:
        move = ThreadMove.objects.get(id=split_id, thread=thread_id, kind=MoveKind.SPLIT)
        return self.thread_answer(undo_split(move=move, by=self.author).id)
