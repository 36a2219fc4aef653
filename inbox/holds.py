"""What a channel's provider keeps it from sending now, as ``inbox.operations.standing`` has kept it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inbox.models import Channel

#: Of a hold on messages without a template outside the reply window: what it is about, and its reason.
DIRECT = "direct"
_WIDTH = {"all": 0, "started": 1, "marketing": 2, DIRECT: 3}


def holds_of(channel: Channel, now: datetime) -> list[dict[str, Any]]:
    """The holds in force, the widest first."""
    found = [one for one in channel.standing.get("holds", {}).values() if _is_on(one, now)]
    return sorted(found, key=lambda one: _WIDTH[one["what"]])


def _is_on(hold: Mapping[str, Any], now: datetime) -> bool:
    return not hold["until"] or datetime.fromisoformat(hold["until"]) > now
