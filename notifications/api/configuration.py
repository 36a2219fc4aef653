"""/configuration: the set-up as one file, compared with another and taken over."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.parameters import Body
from common.api.problems import Fault, Problem
from common.wire import Json, Meaning
from notifications import wire
from notifications.api.sending import author_of
from notifications.operations.configuration import (
    FORMAT,
    BadFile,
    compare,
    export_configuration,
    read_file,
    take_over,
)
from notifications.operations.configuration_parts import Item
from notifications.operations.consents import UnknownZone

MANAGE = "notifications:manage"
STATES = ("new", "changed", "same", "wrong")


class ConfigurationFault(TypedDict):
    """Why one thing cannot be taken."""

    pointer: str
    detail: str


class ConfigurationItem(TypedDict):
    """One thing of a file beside what is here."""

    key: str
    name: str
    state: Annotated[str, Meaning(words=STATES)]
    differences: list[wire.VersionDifference]
    faults: list[ConfigurationFault]


class ConfigurationTaken(TypedDict):
    """What differed. `taken`: keys of what was taken over; `drafts`: types among them that wait as drafts."""

    dry_run: bool
    data: list[ConfigurationItem]
    taken: list[str]
    drafts: list[str]


class ConfigurationBody(Body):
    """A file, and what to do with it."""

    file = serializers.JSONField(help_text="What `GET /configuration` gives.")
    dry_run = serializers.BooleanField(
        default=True, help_text="Only compare; this is what happens if left out."
    )
    keys = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        max_length=5_000,
        help_text="Only these things; all that are new or changed, if left out.",
    )


def _item(one: Item) -> ConfigurationItem:
    found: list[Any] = [
        {"pointer": place.pointer, "before": place.before, "after": place.after} for place in one.found
    ]
    return {
        "key": one.key,
        "name": one.name,
        "state": one.state,
        "differences": found,
        "faults": [{"pointer": pointer, "detail": detail} for pointer, detail in one.faults],
    }


class Configuration(Endpoint):
    """/configuration"""

    scopes = {"GET": MANAGE, "POST": MANAGE}

    @call(
        "get_configuration",
        "Read the set-up as a file",
        about="Types in use, quiet hours, business hours, teams, shared replies; channels by kind and name.",
        gives=Json,
    )
    def get(self, request: Request) -> Json:
        return export_configuration()

    @call(
        "take_configuration",
        "Compare a file with the set-up, and take it over",
        about="Nothing is written unless `dry_run` is false. What is only here stays as it is; what is wrong "
        "or needs a scope the caller has not, is never taken.",
        body=ConfigurationBody,
        gives=ConfigurationTaken,
        example={"file": {"format": FORMAT, "types": []}, "dry_run": True},
    )
    def post(self, request: Request) -> ConfigurationTaken:
        try:
            return self._take(read_file(self.body["file"]))
        except BadFile as refused:
            raise Problem("validation_failed", str(refused), errors=[Fault("/file", str(refused))]) from None
        except UnknownZone as refused:
            where = Fault("/file/quiet_hours/timezone", str(refused))
            raise Problem("validation_failed", str(refused), errors=[where]) from None

    def _take(self, file: Json) -> ConfigurationTaken:
        may = self.principal.scopes
        items = compare(file, may=may)
        ready = [one.key for one in items if one.state in {"new", "changed"}]
        keys = [key for key in ready if key in self.body.get("keys", ready)]
        is_dry = self.body["dry_run"]
        drafts = [] if is_dry else take_over(file, keys=keys, by=author_of(self.principal), may=may)
        return {
            "dry_run": is_dry,
            "data": [_item(one) for one in items],
            "taken": [] if is_dry else keys,
            "drafts": drafts,
        }
