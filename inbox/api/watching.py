"""/threads/{id}/watch: hearing of a conversation without working on it."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request

from common.api.endpoints import call
from inbox import wire
from inbox.api.endpoint import InboxEndpoint, thread_row
from inbox.api.threads import READ
from inbox.operations.watching import unwatch_thread, watch_thread


class Watch(InboxEndpoint):
    """/threads/{id}/watch"""

    scopes = {"PUT": READ, "DELETE": READ}

    @call(
        "watch_thread",
        "Watch a conversation",
        about="You are told of what happens in it, whoever works on it. It stands in your view `watching` "
        "until it is closed, and again once it is reopened. A member who leaves watches nothing any more.",
        gives=wire.Thread,
        refuses=["member_only"],
    )
    def put(self, request: Request, thread_id: UUID) -> wire.Thread:
        watch_thread(thread=thread_row(thread_id), member=self.member)
        return self.thread_answer(thread_id)

    @call("unwatch_thread", "Stop watching a conversation", gives=wire.Thread, refuses=["member_only"])
    def delete(self, request: Request, thread_id: UUID) -> wire.Thread:
        unwatch_thread(thread=thread_row(thread_id), member=self.member)
        return self.thread_answer(thread_id)
