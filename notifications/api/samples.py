"""/notification_types/{key}/samples: values with a name, to look at a type with and to try it."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.parameters import Body
from common.api.problems import Fault, Problem, translates
from common.wire import Id, Json, Meaning, Time, ident, stamp
from notifications.api.sending import author_of
from notifications.masking import masked_data
from notifications.models import SampleSet
from notifications.operations.samples import (
    NAME_MAX,
    SampleRefused,
    keep_samples,
    known_variables,
    remove_samples,
)
from notifications.queries.samples import sets_of
from notifications.queries.types import find_type

READ, MANAGE = "notifications:read", "notifications:manage"


class NotificationSamples(TypedDict):
    """Values with a name."""

    id: Id
    name: str
    data: Annotated[Json, Meaning(about="A variable that was called personal since has ••• in its place.")]
    kept_by: str
    updated_at: Time


class NotificationSampleSets(TypedDict):
    """All sets of a type, by name."""

    data: list[NotificationSamples]


@translates(SampleRefused)
def _refused(error: SampleRefused) -> Problem:
    faults = [Fault(pointer, words) for pointer, words in error.faults]
    return Problem("validation_failed", str(error), errors=faults)


def _sets(key: str) -> NotificationSampleSets:
    named = find_type(key)
    variables = known_variables(named)
    return {"data": [_shape(row, masked_data(variables, row.data)) for row in sets_of(named)]}


def _shape(row: SampleSet, data: Json) -> NotificationSamples:
    return {
        "id": ident(row.id),
        "name": row.name,
        "data": data,
        "kept_by": row.author_name,
        "updated_at": stamp(row.updated_at),
    }


class SamplesBody(Body):
    """A set. One with this name is replaced."""

    name = serializers.CharField(max_length=NAME_MAX)
    data = serializers.DictField(  # type: ignore[assignment]
        child=serializers.JSONField(), help_text="Variable → value; none that is personal."
    )


class Samples(Endpoint):
    """/notification_types/{key}/samples"""

    scopes = {"GET": READ, "PUT": MANAGE}

    @call("list_notification_samples", "List the sample sets of a type", gives=NotificationSampleSets)
    def get(self, request: Request, key: str) -> NotificationSampleSets:
        return _sets(key)

    @call(
        "put_notification_samples",
        "Keep sample values under a name",
        body=SamplesBody,
        gives=NotificationSampleSets,
        example={"name": "Long shop", "data": {"merchant": "ELEKTRO-24 Hauptbahnhof"}},
    )
    def put(self, request: Request, key: str) -> NotificationSampleSets:
        keep_samples(named=find_type(key), by=author_of(self.principal), **self.body)
        return _sets(key)


class SamplesOne(Endpoint):
    """/notification_types/{key}/samples/{id}"""

    scopes = {"DELETE": MANAGE}

    @call("delete_notification_samples", "Take a sample set away", gives=NotificationSampleSets)
    def delete(self, request: Request, key: str, set_id: UUID) -> NotificationSampleSets:
        rows = SampleSet.objects.filter(type=find_type(key)).select_related("type")
        remove_samples(samples=rows.get(id=set_id), by=author_of(self.principal))
        return _sets(key)
