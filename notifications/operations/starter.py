"""The starter set: types that work at once, in two languages, installed with one call each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from inbox.channels import adapters
from inbox.models import Channel
from inbox.operations.authors import Author
from notifications.contents import forms_for
from notifications.models import NotificationType
from notifications.operations.reviews import publish_or_propose
from notifications.operations.types import create_type, draft_faults
from notifications.shapes import LANE_OF
from notifications.variables import Json

_FOLDER = Path(__file__).resolve().parent.parent / "starter"


class UnknownStarter(LookupError):
    """The starter set has no type of this key."""


@cache
def starters() -> dict[str, Json]:
    """The set by key. Contents and ladders name forms, of which ``install_starter`` makes channels."""
    found = [orjson.loads(path.read_bytes()) for path in sorted(_FOLDER.glob("*.json"))]
    return {one["key"]: one for one in found}


def install_starter(key: str, *, by: Author) -> NotificationType:
    """Make a type of the starter set and publish it, if the channels there are allow it; else it is a draft.

    Writes as ``create_type`` and ``publish_draft`` do. Raises UnknownStarter, TypeKeyTaken.
    """
    if key not in starters():
        raise UnknownStarter(f"The starter set has no {key}.")
    one = starters()[key]
    named = create_type(
        key=key,
        name=one["name"]["en"],
        category=one["category"],
        mandatory=one["mandatory"],
        by=by,
        **_said(one),
    )
    if not draft_faults(named):
        publish_or_propose(named=named, by=by)
    named.refresh_from_db()
    return named


def _said(one: Mapping[str, Any]) -> Json:
    """What a version of it says, with the kinds of channel that are installed."""
    forms = {kind: forms_for(kind)[0] for kind in adapters()}
    said = {
        name: one[name]
        for name in ("variables", "actions", "ttl_s", "quiet_hours", "dedupe_window_s", "throttle", "digest")
        if name in one
    }
    return said | {
        "lane": LANE_OF[one["lane"]],
        "contents": {kind: one["contents"][form] for kind, form in forms.items() if form in one["contents"]},
        "ladder": _ladder(one["ladder"], forms),
    }


def _ladder(rungs: list[Json], forms: Mapping[str, str]) -> list[Json]:
    """A rung for each form that a connected channel takes; all of them while nothing is connected yet."""
    connected = set(Channel.objects.filter(is_active=True).values_list("kind", flat=True)) or set(forms)
    return [
        {"channel": kind, "reach": rung["reach"], "patience_s": rung["patience_s"]}
        for rung in rungs
        for kind, form in forms.items()
        if form == rung["form"] and kind in connected
    ]
