"""What is kept of a number beside its profile: as Meta had it when it was last read."""

from __future__ import annotations

from django.utils import timezone

from channels_whatsapp.models import NumberCopy
from inbox.models import Channel
from inbox.ports import Json


def copy_of(channel: Channel, what: NumberCopy.What) -> NumberCopy | None:
    """As it was last read, None before that."""
    return NumberCopy.objects.filter(channel=channel, what=what).first()


def keep_copy(channel: Channel, what: NumberCopy.What, found: Json) -> None:
    """Put another one in its place. Writes NumberCopy."""
    values = {"found": found, "read_at": timezone.now()}
    NumberCopy.objects.update_or_create(channel=channel, what=what, defaults=values)
