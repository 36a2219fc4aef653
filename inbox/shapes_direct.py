"""What may be sent outside the reply window without a template, as JSON (``inbox.wire_direct``)."""

from __future__ import annotations

from django.utils import timezone

from inbox import wire_direct as wire
from inbox.direct import direct_rule
from inbox.models import Channel


def direct_shape(channel: Channel) -> wire.DirectRule | None:
    """The rule of a channel as it stands now."""
    rule = direct_rule(channel, timezone.now())
    return {"categories": list(rule.categories), "text_chars": rule.text_chars} if rule else None
