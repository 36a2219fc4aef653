"""What providers say of the templates that versions name, and which of them cannot be sent now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from inbox.channels import adapter_for
from inbox.models import Channel
from inbox.ports import Json, KeepsTemplates
from notifications.contents import contents_for, form_of
from notifications.models import TypeVersion

#: What only time can change: a new template waits for its approval, and nobody need do anything.
_ON_ITS_WAY = ("approved", "pending", "draft", "")


@dataclass(frozen=True, slots=True)
class Approval:
    """How a channel's provider sees a template. tone: a class of state.css."""

    words: str
    tone: str
    icon: str
    reason: str = ""
    quality: str = ""


def kept_template(channel: Channel | None, content: Mapping[str, Any]) -> Json | None:
    """The channel's copy of the template a content names, where it keeps one."""
    keeper = keeper_of(channel)
    if channel is None or keeper is None or form_of(content) != "template":
        return None
    return keeper.template(channel.id, name=content["name"], language=content.get("language", ""))


def keeper_of(channel: Channel | None) -> KeepsTemplates | None:
    """The adapter of a channel that keeps copies of its templates."""
    if channel is None:
        return None
    adapter: object = adapter_for(channel.kind)
    return adapter if isinstance(adapter, KeepsTemplates) else None


def approval_of(channel: Channel | None, content: Mapping[str, Any]) -> Approval | None:
    """The state of a content's template, None where the channel keeps no copies."""
    if form_of(content) != "template" or keeper_of(channel) is None:
        return None
    return approval_as(kept_template(channel, content))


def approval_as(kept: Json | None) -> Approval:
    """What a channel's copy of a template says; None: it has none of it."""
    if kept is None:
        return Approval(_("Not there"), "bad", "circle-alert", _("The channel has no such template."))
    words, tone, icon = _STATUSES.get(
        str(kept.get("status", "")).lower(), (str(kept.get("status", "")), "mute", "circle-dashed")
    )
    quality = str(kept.get("quality") or "").lower()
    quality = "" if quality == "unknown" else quality
    return Approval(str(words), tone, icon, str(kept.get("reason") or ""), quality)


_STATUSES: dict[str, tuple[Any, str, str]] = {
    "approved": (lazy("Approved"), "ok", "check"),
    "pending": (lazy("In review"), "warn", "hourglass"),
    "in_appeal": (lazy("In appeal"), "warn", "hourglass"),
    "rejected": (lazy("Rejected"), "bad", "circle-alert"),
    "paused": (lazy("Paused"), "warn", "pause"),
    "disabled": (lazy("Disabled"), "bad", "circle-slash"),
    "draft": (lazy("Draft"), "mute", "pencil"),
}


# ---------------------------------------------------------------- what cannot be sent


@dataclass(frozen=True, slots=True)
class Trouble:
    """A template that cannot be sent now. channel: what the channel is called; language: the provider's."""

    channel: str
    name: str
    language: str
    approval: Approval
    is_paused: bool


def troubles_of(versions: Sequence[TypeVersion]) -> dict[UUID, list[Trouble]]:
    """{version: its templates that cannot be sent}. A statement for all channels, and one for each that keeps
    copies of its templates."""
    channels = list(Channel.objects.order_by("id"))
    copies: dict[UUID, dict[tuple[str, str], Json]] = {}
    return {one.id: list(_troubles(one, channels, copies)) for one in versions}


def _troubles(
    version: TypeVersion, channels: Sequence[Channel], copies: dict[UUID, Any]
) -> Iterator[Trouble]:
    for rung in version.ladder:
        channel = _channel_of(rung["channel"], channels)
        if channel is None:
            continue
        if channel.id not in copies:
            copies[channel.id] = _copies(channel)
        known = copies[channel.id]
        for content in contents_for(version.contents, rung["channel"], channel.kind).values():
            if known and form_of(content) == "template":
                kept = known.get((content["name"], content.get("language", "")))
                status = str(kept["status"]).lower() if kept else "gone"
                if status not in _ON_ITS_WAY:
                    yield Trouble(
                        channel.name, content["name"], content.get("language", ""),
                        approval_as(kept), status == "paused",
                    )  # fmt: skip


def _channel_of(rung: str, channels: Sequence[Channel]) -> Channel | None:
    fitting = [one for one in channels if rung == str(one.id) or (one.is_active and one.kind == rung)]
    return next(iter(fitting), None)


def _copies(channel: Channel) -> dict[tuple[str, str], Json]:
    """Nothing, when the channel keeps no copies or has not read its provider's list yet."""
    keeper = keeper_of(channel)
    return {(one["name"], one["language"]): one for one in keeper.templates(channel.id)} if keeper else {}
