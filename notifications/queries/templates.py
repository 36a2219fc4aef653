"""What a channel knows of the templates that contents name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inbox.channels import adapter_for
from inbox.models import Channel
from inbox.ports import KeepsTemplates
from notifications.contents import form_of


def template_trouble(channel: Channel, content: Mapping[str, Any], *, waits: bool = False) -> str:
    """Why a channel cannot send this content's template now; "" when it can, or cannot be known.

    waits: a pause is no trouble; the inbox holds the message until it ends (``inbox.operations.holding``).
    """
    adapter = adapter_for(channel.kind)
    if form_of(content) != "template" or not isinstance(adapter, KeepsTemplates):
        return ""
    name, language = content["name"], content["language"]
    kept = adapter.template(channel.id, name=name, language=language)
    if kept is None:
        known = bool(adapter.templates(channel.id))
        return f"{channel.name} has no template {name} in {language}." if known else ""
    status = str(kept.get("status", "")).lower()
    return (
        ""
        if status in {"", "approved"} or (waits and status == "paused")
        else f"The template {name} ({language}) is {status.replace('_', ' ')}."
    )
