"""A number's key of forms: set at Meta, and how it stood when it was last asked."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from channels_whatsapp import form_keys as calls
from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.errands import run_errand
from channels_whatsapp.operations.number_copies import keep_copy
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json

FORM_KEY = NumberCopy.What.FORM_KEY


def read_key(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask Meta how it stands. Writes Errand, NumberCopy."""
    what = Errand.What.READ_FORM_KEY
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=calls.read_key, keep=_keep
    )


def set_key(*, tenant_id: UUID, channel_id: UUID, by: Author, key: str) -> Errand:
    """Put a key into the place of the one there is. Writes Errand, NumberCopy. key: see ``checked_key``."""
    ask = partial(calls.set_key, key=key)
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=Errand.What.FORM_KEY, by=by, ask=ask, keep=_keep
    )


def _keep(channel: Channel, found: Json) -> None:
    keep_copy(channel, FORM_KEY, found)
