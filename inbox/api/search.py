"""/search: people, messages and notes by words, numbers and ids."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Query
from inbox.api.endpoint import InboxEndpoint
from inbox.queries.search import search
from inbox.wire_search import Found

READ = "messages:read"


class SearchQuery(Query):
    """What to look for."""

    q = serializers.CharField(
        max_length=200,
        help_text="Words in any case and order, a number in any spelling, or an id. At least two letters.",
    )


class Search(InboxEndpoint):
    """/search"""

    scopes = {"GET": READ}

    @call(
        "search",
        "Find people and messages",
        about="People by name, number, address or your own id; messages and notes that hold all the words.",
        query=SearchQuery,
        gives=Found,
    )
    def get(self, request: Request) -> Found:
        return search(self.query["q"])
