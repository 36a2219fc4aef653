"""The number's block list at Meta, held against ours."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from channels_whatsapp.blocking import NAMED_BY, read_blocked
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import run_errand
from channels_whatsapp.operations.number_copies import keep_copy
from customers.models import Customer
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.block_lists import Differences, block_differences, hold_blocks, tell_again
from inbox.ports import Claim, Json

BLOCKED = NumberCopy.What.BLOCKED
#: People named on the page, on either side.
SHOWN = 200
Keeps = Callable[[Channel, list[Claim]], None]


def compare_blocked(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Read the list and say where it differs from ours. Writes Errand, NumberCopy."""
    return _read(tenant_id, channel_id, Errand.What.READ_BLOCKED, by, _keep)


def align_blocked(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Block here whom Meta blocks, and have Meta told again of whom it does not. Writes Errand, NumberCopy,
    Reach, Events `customer.blocked`."""

    def keep(channel: Channel, blocked: list[Claim]) -> None:
        found = block_differences(channel=channel, blocked=blocked)
        hold_blocks(channel=channel, customers=found.there, kinds=tuple(NAMED_BY), by=by)
        tell_again(channel=channel, customers=found.here)
        _keep(channel, blocked)

    return _read(tenant_id, channel_id, Errand.What.ALIGN_BLOCKED, by, keep)


def _read(tenant_id: UUID, channel_id: UUID, what: Errand.What, by: Author, keep: Keeps) -> Errand:
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=read_blocked, keep=keep
    )


def _keep(channel: Channel, blocked: list[Claim]) -> None:
    found = block_differences(channel=channel, blocked=blocked)
    keep_copy(channel, BLOCKED, _told(found, len(blocked)))


def _told(found: Differences, count: int) -> Json:
    """{count, unknown, there, here, there_count, here_count} with {id, name} of people."""
    return {
        "count": count,
        "unknown": found.unknown,
        "there_count": len(found.there),
        "here_count": len(found.here),
        "there": _people(found.there),
        "here": _people(found.here),
    }


def _people(rows: list[Customer]) -> list[Json]:
    return [{"id": str(one.id), "name": one.name} for one in rows[:SHOWN]]
