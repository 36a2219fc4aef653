"""/saved_views: places of the inbox under names, shared or one's own."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body
from common.api.problems import Problem
from common.api.schema import ListOf
from common.wire import Json, ident
from inbox.api.endpoint import InboxEndpoint
from inbox.api.threads import READ, ThreadFilters, thread_filter
from inbox.models import SavedView
from inbox.operations.saved_views import (
    NAME_MAX,
    change_view,
    delete_view,
    kept_counts,
    order_views,
    save_view,
)
from inbox.queries.counts import VIEWS
from inbox.queries.saved_views import in_order, saved_views
from inbox.queries.threads import SORTS, ThreadFilter
from inbox.wire_saved_views import SavedView as SavedViewShape

SHARED = "saved_views:write"
#: Filters that stand in the page's address; days are of the reader's own, so nobody else can count by them.
FILTERS = ("status", "channel", "assignee", "team", "label", "priority", "unread")
UNCOUNTED = ("from", "to", "q")
_DAY = re.compile(r"today|\d{1,3}d|\d{4}-\d{2}-\d{2}")


class PlaceBody(Body):
    """A view, its order, and the filters of the inbox page's address."""

    view = serializers.ChoiceField(VIEWS, default="all")
    sort = serializers.ChoiceField(tuple(SORTS), default="newest")
    filters = serializers.DictField(child=serializers.CharField(max_length=200), default=dict)

    def validate_filters(self, filters: dict[str, str]) -> dict[str, str]:
        unknown = [name for name in filters if name not in (*FILTERS, *UNCOUNTED)]
        if unknown:
            raise serializers.ValidationError({name: ["There is no such filter."] for name in unknown})
        wrong = [name for name in ("from", "to") if name in filters and not _DAY.fullmatch(filters[name])]
        if wrong:
            raise serializers.ValidationError({name: ["This is not a day."] for name in wrong})
        known = ThreadFilters(data={name: filters[name] for name in FILTERS if name in filters})
        known.is_valid(raise_exception=True)
        return filters


class SavedViewBody(Body):
    """Where it leads and what it is called."""

    name = serializers.CharField(max_length=NAME_MAX)
    place = PlaceBody()
    is_shared = serializers.BooleanField(
        default=False, help_text="For everybody, as all that a key makes; needs `saved_views:write`."
    )


class SavedViewChange(Body):
    """What is left out stays."""

    name = serializers.CharField(required=False, max_length=NAME_MAX)
    place = PlaceBody(required=False)


class OrderBody(Body):
    """Ids of saved views in the order wanted; those not named follow."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=100)


class SavedViewsEndpoint(InboxEndpoint):
    """What the addresses share."""

    def shapes(self, rows: list[SavedView]) -> list[SavedViewShape]:
        """Views with what was last counted in them."""
        counts = kept_counts(member=self.member, wanted=self._wanted(rows)) if self.me else {}
        return [_shape(row, counts.get(row.id)) for row in rows]

    def _wanted(self, rows: list[SavedView]) -> dict[UUID, ThreadFilter]:
        """What is counted for a member. A key has nothing of its own that a view could be asked about."""
        return {row.id: self._filter(row) for row in rows if self._is_counted(row)}

    def _is_counted(self, row: SavedView) -> bool:
        return not any(name in row.place["filters"] for name in UNCOUNTED)

    def _filter(self, row: SavedView) -> ThreadFilter:
        known = ThreadFilters(data={**row.place["filters"], "view": row.place["view"]})
        known.is_valid(raise_exception=True)
        return thread_filter(known.validated_data, self.me)


class SavedViews(SavedViewsEndpoint):
    """/saved_views"""

    scopes = {"GET": READ, "POST": READ}

    @call("list_saved_views", "List saved views", gives=ListOf(SavedViewShape, is_whole=True))
    def get(self, request: Request) -> Json:
        return {"data": self.shapes(in_order(self.me))}

    @call(
        "create_saved_view",
        "Save a view",
        body=SavedViewBody,
        gives=SavedViewShape,
        status=201,
        refuses=["forbidden", "conflict", "refused"],
        example={"name": "Fraud", "place": {"view": "all", "filters": {"label": "fraud"}}},
    )
    def post(self, request: Request) -> SavedViewShape:
        is_shared = self.body["is_shared"] or self.me is None
        if is_shared and SHARED not in self.principal.scopes:
            raise Problem("forbidden", f"Views for everybody need the scope {SHARED}.")
        owner = None if is_shared else self.member
        made = save_view(name=self.body["name"], place=_plain(self.body["place"]), owner=owner)
        return self.shapes([made])[0]


class SavedViewOne(SavedViewsEndpoint):
    """/saved_views/{id}"""

    scopes = {"PATCH": READ, "DELETE": READ}

    @call(
        "change_saved_view",
        "Change a saved view",
        body=SavedViewChange,
        gives=SavedViewShape,
        refuses=["conflict", "refused"],
        example={"name": "Fraud, urgent"},
    )
    def patch(self, request: Request, saved_view_id: UUID) -> SavedViewShape:
        view = self._changeable(saved_view_id)
        place = _plain(self.body["place"]) if "place" in self.body else None
        changed = change_view(view=view, name=self.body.get("name"), place=place)
        return self.shapes([changed])[0]

    @call("delete_saved_view", "Delete a saved view", status=204)
    def delete(self, request: Request, saved_view_id: UUID) -> None:
        delete_view(view=self._changeable(saved_view_id))

    def _changeable(self, key: UUID) -> SavedView:
        """A shared one needs its scope; without it, it is as if it were not there."""
        rows = saved_views(self.me)
        rows = rows if SHARED in self.principal.scopes else rows.exclude(owner=None)
        return rows.get(id=key)


class Order(SavedViewsEndpoint):
    """/saved_views/order"""

    scopes = {"PUT": READ}

    @call(
        "order_saved_views",
        "Put saved views in my order",
        body=OrderBody,
        gives=ListOf(SavedViewShape, is_whole=True),
        refuses=["member_only"],
        example={"ids": ["0190a0c4-0000-7000-8000-00000000000a"]},
    )
    def put(self, request: Request) -> Json:
        order_views(member=self.member, ids=self.body["ids"])
        return {"data": self.shapes(in_order(self.me))}


def _plain(place: Any) -> Json:
    return {"view": place["view"], "sort": place["sort"], "filters": dict(place["filters"])}


def _shape(row: SavedView, count: int | None) -> SavedViewShape:
    return {
        "id": ident(row.id),
        "name": row.name,
        "is_shared": row.owner_id is None,
        "place": row.place,
        "count": count,
    }
