"""/views and /bootstrap: what the inbox page starts with."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.authentication import house
from common.api.endpoints import call
from common.api.parameters import Query
from inbox import wire
from inbox.api.endpoint import InboxEndpoint
from inbox.queries.bootstrap import bootstrap
from inbox.queries.counts import VIEWS, view_counts

READ = "messages:read"


class Views(InboxEndpoint):
    """/views"""

    scopes = {"GET": READ}

    @call("list_views", "Count the conversations in each view", gives=wire.Views, refuses=["member_only"])
    def get(self, request: Request) -> wire.Views:
        return view_counts(self.member.id)


class BootstrapQuery(Query):
    """What the page shows first."""

    view = serializers.ChoiceField(VIEWS, default="mine")
    thread = serializers.UUIDField(required=False, help_text="Id of the conversation to open.")


class Bootstrap(InboxEndpoint):
    """/bootstrap: runs outside of the request's transaction, to open one that is a snapshot."""

    scopes = {"GET": READ}

    @call(
        "get_bootstrap",
        "Read what an inbox page starts with",
        about="One snapshot, as of event number `head`: continue from there on the socket or with /events.",
        query=BootstrapQuery,
        gives=wire.Bootstrap,
        refuses=["member_only"],
    )
    def get(self, request: Request) -> wire.Bootstrap:
        thread_id: UUID | None = self.query.get("thread")
        tenant = house(request).tenant
        return bootstrap(tenant=tenant, member=self.member, view=self.query["view"], thread_id=thread_id)
