"""Who looks at which conversation and who writes there: told from socket to socket, kept in no table.

A mark belongs to one connection and goes with it; one that is not renewed fades by itself, for a process may
die without a word.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers

from realtime.poke import GROUP

log = logging.getLogger(__name__)

STATES = ("viewing", "replying")
FADES_AFTER_S = 45.0
#: Type of the message on the channel layer.
MARKED = "presence.marked"


@dataclass(frozen=True, slots=True)
class Mark:
    """One connection's place. thread_id None: it looks at none, or is gone."""

    key: str
    member_id: UUID
    thread_id: UUID | None
    state: str = "viewing"

    @property
    def shape(self) -> dict[str, Any]:
        """As browsers hear it."""
        thread = str(self.thread_id) if self.thread_id else None
        return {"key": self.key, "member_id": str(self.member_id), "thread_id": thread, "state": self.state}


def read_mark(said: dict[str, Any], key: str, member_id: UUID) -> Mark:
    """What a browser said of itself. Raises ValueError for anything else."""
    state, thread = said.get("state", "viewing"), said.get("thread")
    if state not in STATES or not isinstance(thread, str | None):
        raise ValueError("no presence")
    return Mark(key, member_id, UUID(thread) if thread else None, state)


async def tell_everybody(tenant_id: UUID, mark: Mark) -> None:
    """Send a mark to every web process. It is only a hint: without Redis nobody hears it."""
    message = {"type": MARKED, "tenant": str(tenant_id), **mark.shape}
    try:
        await channel_layers[DEFAULT_CHANNEL_LAYER].group_send(GROUP, message)
    except Exception as error:  # noqa: BLE001 - whatever Redis is up to, a hint may be lost
        log.warning("presence is not told: %s", type(error).__name__)


def heard_mark(message: dict[str, Any]) -> Mark:
    """Undo ``tell_everybody``."""
    thread = UUID(message["thread_id"]) if message["thread_id"] else None
    return Mark(message["key"], UUID(message["member_id"]), thread, message["state"])


class Present:
    """The marks of one tenant, as this process heard them."""

    def __init__(self) -> None:
        self._marks: dict[str, tuple[Mark, float]] = {}

    def note(self, mark: Mark) -> None:
        """Keep a mark, or forget its connection."""
        now = time.monotonic()
        self._marks = {key: kept for key, kept in self._marks.items() if now - kept[1] < FADES_AFTER_S}
        self._marks.pop(mark.key, None)
        if mark.thread_id:
            self._marks[mark.key] = (mark, now)

    def marks(self) -> list[Mark]:
        """Those that have not faded."""
        now = time.monotonic()
        return [mark for mark, at in self._marks.values() if now - at < FADES_AFTER_S]
