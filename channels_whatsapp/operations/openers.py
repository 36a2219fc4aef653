"""What a new chat offers: read from Meta, changed there, and kept as it was when last read."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from channels_whatsapp import opener_calls as calls
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import run_errand
from channels_whatsapp.operations.number_copies import keep_copy
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Account, Json

OPENERS = NumberCopy.What.OPENERS


def read_openers(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta for them. Writes Errand, NumberCopy."""
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.READ_OPENERS, by=by,
        ask=calls.read_openers, keep=_keep,
    )  # fmt: skip


def change_openers(
    *, tenant_id: UUID, channel_id: UUID, by: Author, wanted: Callable[[Json], Json]
) -> Errand:
    """Change them at Meta. Writes Errand, NumberCopy.

    wanted: gets them as Meta has them this moment and gives what they are to be; raises Conflict.
    """

    def ask(account: Account) -> Json:
        now = calls.read_openers(account)
        change = wanted(now)
        if change != now:
            calls.change_openers(account, change)
        return change

    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.OPENERS, by=by, ask=ask, keep=_keep
    )


def _keep(channel: Channel, found: Json) -> None:
    keep_copy(channel, OPENERS, found)
