"""What a number sends along with messages and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels_whatsapp.direct import SETTING as DIRECT_SEND
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.channels import change_channel
from inbox.operations.standing import try_directly_again


def change_options(*, channel: Channel, wanted: Mapping[str, Any], by: Author) -> Channel:
    """Choose what is named in `wanted`; the rest stays. Saying yes to Direct Send has it tried anew, whatever
    Meta has said of it.

    channel: locked. Writes Channel, Event `channel.updated`.
    """
    if wanted.get(DIRECT_SEND):
        try_directly_again(channel=channel)
    return change_channel(channel=channel, by=by, config={**channel.config, **wanted})
