"""/notification_types/{key}/proposal and /publishing: a second person looks before a type is published."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.parameters import Body
from common.api.problems import Problem
from common.wire import ident, stamp
from notifications import review_wire as wire
from notifications.api.sending import author_of
from notifications.api.types import NUMBER_MAX
from notifications.models import Proposal
from notifications.operations.reviews import approve, propose, reject, set_publishing, take_back
from notifications.queries.reviews import last_proposal, needs_second_person
from notifications.queries.types import find_type

READ, MANAGE = "notifications:read", "notifications:manage"


def proposal_shape(row: Proposal, key: str) -> wire.Proposal:
    """A proposal."""
    return {
        "id": ident(row.id),
        "type": key,
        "number": row.number,
        "revision": row.revision,
        "note": row.note,
        "state": row.state,
        "proposed_by": row.author_name,
        "created_at": stamp(row.created_at),
        "decided_by": row.decided_name,
        "decided_at": stamp(row.decided_at),
        "reason": row.reason,
    }


def _newest(key: str) -> wire.Proposal:
    row = last_proposal(find_type(key))
    if row is None:
        raise Problem("not_found", "No version of this type was ever proposed.")
    return proposal_shape(row, key)


class ProposeBody(Body):
    """What to look at."""

    revision = serializers.IntegerField(required=False, max_value=NUMBER_MAX, help_text="The one you saw.")
    note = serializers.CharField(default="", allow_blank=True, max_length=500)


class Proposed(Endpoint):
    """/notification_types/{key}/proposal"""

    scopes = {"GET": READ, "POST": MANAGE, "DELETE": MANAGE}

    @call("get_notification_proposal", "Read the newest proposal of a type", gives=wire.Proposal)
    def get(self, request: Request, key: str) -> wire.Proposal:
        return _newest(key)

    @call(
        "propose_notification_type",
        "Propose the draft of a type",
        about="Another person approves it, exactly as it is now; each edit takes the proposal back.",
        body=ProposeBody,
        gives=wire.Proposal,
        status=201,
        refuses=["version_invalid", "nothing_to_publish", "conflict"],
        example={"note": "Shorter text for Portugal."},
    )
    def post(self, request: Request, key: str) -> wire.Proposal:
        row = propose(named=find_type(key), by=author_of(self.principal), **self.body)
        return proposal_shape(row, key)

    @call(
        "withdraw_notification_proposal",
        "Take your own proposal back",
        gives=wire.Proposal,
        refuses=["nothing_to_publish", "review_refused"],
    )
    def delete(self, request: Request, key: str) -> wire.Proposal:
        return proposal_shape(take_back(named=find_type(key), by=author_of(self.principal)), key)


class DecisionBody(Body):
    """Yes, or no and why."""

    approved = serializers.BooleanField()
    revision = serializers.IntegerField(required=False, max_value=NUMBER_MAX, help_text="The one you saw.")
    reason = serializers.CharField(default="", allow_blank=True, max_length=500)


class Decision(Endpoint):
    """/notification_types/{key}/proposal/decision"""

    scopes = {"PUT": MANAGE}

    @call(
        "decide_notification_proposal",
        "Approve or reject a proposal",
        about="Only a person decides, never a key, and never the one who proposed it.",
        body=DecisionBody,
        gives=wire.Proposal,
        refuses=["version_invalid", "nothing_to_publish", "conflict", "review_refused"],
        example={"approved": False, "reason": "The amount is missing."},
    )
    def put(self, request: Request, key: str) -> wire.Proposal:
        named, by = find_type(key), author_of(self.principal)
        if self.body["approved"]:
            approve(named=named, by=by, revision=self.body.get("revision"))
        else:
            reject(named=named, by=by, reason=self.body["reason"])
        return _newest(key)


class PublishingBody(Body):
    """What publishing needs."""

    needs_second_person = serializers.BooleanField()


class Publishing(Endpoint):
    """/publishing"""

    scopes = {"GET": READ, "PUT": MANAGE}

    @call("get_publishing", "Read whether publishing needs a second person", gives=wire.Publishing)
    def get(self, request: Request) -> wire.Publishing:
        return {"needs_second_person": needs_second_person()}

    @call(
        "put_publishing",
        "Say whether publishing needs a second person",
        body=PublishingBody,
        gives=wire.Publishing,
        example={"needs_second_person": True},
    )
    def put(self, request: Request) -> wire.Publishing:
        set_publishing(needs_second=self.body["needs_second_person"], by=author_of(self.principal))
        return {"needs_second_person": needs_second_person()}
