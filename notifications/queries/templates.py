"""What a channel knows of the templates that contents name, and which types name one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from inbox.channels import adapter_for
from inbox.models import Channel
from inbox.operations.templates import stored_template
from inbox.ports import Json, KeepsTemplates
from inbox.queries.template_uses import TemplateUse
from notifications.contents import form_of
from notifications.models import TypeVersion, VersionState

#: What a provider may lift again without anybody writing a new template.
_PASSING = ("paused", "in_appeal")

Kept = Callable[[Channel, Mapping[str, Any]], Json | None]


def template_waits(channel: Channel, content: Mapping[str, Any], *, kept_as: Kept = stored_template) -> bool:
    """Is the content's template only paused for a while, so that what waits may still go?"""
    kept = kept_as(channel, content) if form_of(content) == "template" else None
    return kept is not None and str(kept.get("status", "")).lower() in _PASSING


def template_trouble(
    channel: Channel, content: Mapping[str, Any], *, waits: bool = False, kept_as: Kept = stored_template
) -> str:
    """Why a channel cannot send this content's template now; "" when it can, or cannot be known.

    waits: a pause is no trouble; the inbox holds the message until it ends (``inbox.operations.holding``).
    kept_as: where to look for the channel's copy.
    """
    adapter = adapter_for(channel.kind)
    if form_of(content) != "template" or not isinstance(adapter, KeepsTemplates):
        return ""
    name, language = content["name"], content["language"]
    kept = kept_as(channel, content)
    if kept is None:
        known = bool(adapter.templates(channel.id))
        return f"{channel.name} has no template {name} in {language}." if known else ""
    status = str(kept.get("status", "")).lower()
    return (
        ""
        if status in {"", "approved"} or (waits and status == "paused")
        else f"The template {name} ({language}) is {status.replace('_', ' ')}."
    )


def template_uses(*, channels: Collection[Channel], name: str, language: str) -> Iterator[TemplateUse]:
    """The types whose current version or draft sends this template; see ``settings.TEMPLATE_USERS``."""
    places = {one.kind for one in channels} | {str(one.id) for one in channels}
    versions = TypeVersion.objects.filter(type__archived_at=None).select_related("type")
    versions = versions.filter(Q(state=VersionState.DRAFT) | Q(id=F("type__current")))
    live: dict[str, TemplateUse] = {}
    for version in versions.order_by("type__key", "number"):
        if not any(_names(one, name, language) for one in _contents(version, places)):
            continue
        kind, is_live = version.type, version.state != VersionState.DRAFT
        if kind.key not in live or is_live:
            url = reverse("notification_type", args=[kind.key])
            live[kind.key] = TemplateUse(kind.name, url, is_live)
    yield from live.values()


def _contents(version: TypeVersion, places: Collection[str]) -> Iterator[Mapping[str, Any]]:
    for place, by_language in version.contents.items():
        if place in places:
            yield from by_language.values()


def _names(content: Mapping[str, Any], name: str, language: str) -> bool:
    return form_of(content) == "template" and (content["name"], content.get("language")) == (name, language)
