"""Messages that leave outside the reply window without a template, where a channel's provider allows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from inbox.channels import UnknownChannel, adapter_for
from inbox.holds import DIRECT, holds_of
from inbox.models import Channel
from inbox.ports import Direct, DirectRule, Json, SendsDirectly

#: Where a message's content says that it leaves so: {"category", "ttl_s"?}; no channel's business.
KEY = DIRECT


def direct_rule(channel: Channel, now: datetime) -> DirectRule | None:
    """What may be sent so on this channel now; None when nothing."""
    return None if why_barred(channel, now) else _rule(channel)


def why_barred(channel: Channel, now: datetime) -> str:
    """Why nothing may be sent so on this channel, in a sentence or two; "" if something may."""
    if _rule(channel) is None:
        return _("This channel sends nothing outside the reply window without a template.")
    hold = next((one for one in holds_of(channel, now) if one["what"] == DIRECT), None)
    return " ".join(filter(None, (hold["why"], hold["fix"]))) if hold else ""


def _rule(channel: Channel) -> DirectRule | None:
    try:
        adapter = adapter_for(channel.kind)
    except UnknownChannel:
        return None
    return adapter.direct_rule(channel.config) if isinstance(adapter, SendsDirectly) else None


def direct_of(content: Mapping[str, Any]) -> Direct | None:
    """How a stored message leaves, from its content."""
    said = content.get(KEY)
    return Direct(str(said["category"]), said.get("ttl_s")) if isinstance(said, dict) else None


def with_direct(content: Mapping[str, Any], direct: Direct | None) -> Json:
    """The content of a message that leaves so, or of one that does not."""
    plain = {name: value for name, value in content.items() if name != KEY}
    if direct is None:
        return plain
    ttl = {} if direct.ttl_s is None else {"ttl_s": direct.ttl_s}
    return {**plain, KEY: {"category": direct.category, **ttl}}
