"""Types of the JSON of connected channels; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated

from common.wire import Meaning, Time
from inbox.wire import Channel


class ConnectedChannel(Channel):
    """A channel with the address its provider must post to."""

    webhook_url: str
    old_secret_ends_at: Annotated[
        Time | None, Meaning(about="Until when the app secret before is accepted beside the new one.")
    ]
