"""/customers/{id}/merges: two customers made one, and two again; /customers/{id}/splits: one made two."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body, Query
from common.api.problems import Fault, Problem, translates
from common.api.schema import ListOf
from common.wire import Json
from customers import wire as people
from customers.models import Address, Customer, CustomerMerge
from customers.operations import NotMergeable, OnlyPerson, StaleMerge, preview_merge
from customers.queries import find_customer
from customers.shapes import customer_shape, merge_shape, preview_shape
from inbox import wire
from inbox.api.endpoint import InboxEndpoint, referred
from inbox.operations.merging import merge_people, split_people, take_person_out
from inbox.queries.customers import customer_card
from inbox.queries.duplicates import likely_duplicates

NAME_MAX = 200
READ, WRITE = "customers:read", "customers:write"


@translates(NotMergeable)
def _not_mergeable(error: NotMergeable) -> Problem:
    return Problem("conflict", str(error), errors=[Fault("/other_id", str(error))])


@translates(OnlyPerson)
def _only_person(error: OnlyPerson) -> Problem:
    return Problem("conflict", str(error), errors=[Fault("/address_id", str(error))])


@translates(StaleMerge)
def _stale(error: StaleMerge) -> Problem:
    return Problem("conflict", str(error), extra={"preview": preview_shape(error.preview)})


class PreviewQuery(Query):
    """Whom to merge."""

    other = serializers.UUIDField(help_text="Id of the customer that would become part of this one.")


class MergePreviewOne(InboxEndpoint):
    """/customers/{id}/merge_preview"""

    scopes = {"GET": READ}

    @call(
        "preview_merge",
        "See what merging two customers would do",
        about="Nothing changes. The answer's `token` allows exactly this merge.",
        query=PreviewQuery,
        gives=people.MergePreview,
        refuses=["conflict"],
    )
    def get(self, request: Request, customer_id: UUID) -> people.MergePreview:
        survivor = find_customer(customer_id)
        other = referred(Customer.objects.all(), self.query["other"], "?other")
        return preview_shape(preview_merge(survivor=survivor, other=find_customer(other.id)))


class MergeBody(Body):
    """token: of the preview that was looked at."""

    other_id = serializers.UUIDField(help_text="The customer that becomes part of this one.")
    token = serializers.CharField(max_length=64)


class Merges(InboxEndpoint):
    """/customers/{id}/merges"""

    scopes = {"GET": READ, "POST": WRITE}

    @call(
        "list_merges",
        "List whom a customer was merged with, newest first",
        gives=ListOf(people.Merge, is_whole=True),
    )
    def get(self, request: Request, customer_id: UUID) -> Json:
        survivor = find_customer(customer_id)
        rows = CustomerMerge.objects.filter(survivor=survivor).select_related("merged").order_by("-id")
        return {"data": [merge_shape(row) for row in rows[:100]]}

    @call(
        "merge_customers",
        "Merge two customers",
        about="Addresses, conversations, labels, notes and notifications go along; of two consents the "
        "stricter counts. Ids of the merged customer and of joined conversations still lead there. When "
        "something changed since the preview, a `conflict` carries the new one as `preview`.",
        body=MergeBody,
        gives=people.Merge,
        status=201,
        refuses=["conflict"],
    )
    def post(self, request: Request, customer_id: UUID) -> people.Merge:
        survivor = find_customer(customer_id)
        other = referred(Customer.objects.all(), self.body["other_id"], "/other_id")
        merge = merge_people(
            survivor=survivor,
            other=find_customer(other.id),
            token=self.body["token"],
            by=self.author,
        )
        return merge_shape(merge)


class MergeOne(InboxEndpoint):
    """/customers/{id}/merges/{merge}"""

    scopes = {"DELETE": WRITE}

    @call(
        "split_customers",
        "Undo a merge",
        about="Each has again what it had; messages that came since go with the address they came by.",
        gives=wire.Customer,
        refuses=["conflict"],
    )
    def delete(self, request: Request, customer_id: UUID, merge_id: UUID) -> wire.Customer:
        merge = CustomerMerge.objects.select_related("merged").get(id=merge_id, survivor=customer_id)
        split_people(merge=merge, by=self.author)
        return customer_card(merge.survivor_id)


class TakeOutBody(Body):
    """Who is taken out."""

    address_id = serializers.UUIDField(help_text="An address of this customer that is somebody else's.")
    name = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=NAME_MAX,
        help_text="By default what the provider calls them.",
    )


class Splits(InboxEndpoint):
    """/customers/{id}/splits"""

    scopes = {"POST": WRITE}

    @call(
        "split_customer",
        "Make an address a customer of its own",
        about="Two people shared a record: the address, those first seen beside it, and the messages, calls "
        "and notifications that came by them become those of a new customer, who is the answer. Fields, "
        "labels and your own id stay; what was denied is denied to both. Merging the two undoes it.",
        body=TakeOutBody,
        gives=wire.Customer,
        status=201,
        refuses=["conflict"],
        example={"address_id": "0190a0c4-0000-7000-8000-000000000003"},
    )
    def post(self, request: Request, customer_id: UUID) -> wire.Customer:
        mine = Address.objects.filter(customer=find_customer(customer_id))
        address = referred(mine, self.body["address_id"], "/address_id")
        return customer_card(take_person_out(address=address, name=self.body["name"], by=self.author).id)


class Duplicates(InboxEndpoint):
    """/customers/{id}/duplicates"""

    scopes = {"GET": READ}

    @call("list_duplicates", "List who may be the same person", gives=ListOf(people.Duplicate, is_whole=True))
    def get(self, request: Request, customer_id: UUID) -> Json:
        found = likely_duplicates(find_customer(customer_id))
        return {"data": [{"customer": customer_shape(one.customer), "reasons": one.reasons} for one in found]}
