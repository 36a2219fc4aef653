"""Type of the JSON of what may be done with one address of a customer."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time


class Reach(TypedDict):
    """What one channel allows for one address of a customer."""

    channel_id: Id
    address_id: Id
    last_inbound_at: Time | None
    window_until: Time | None
    blocked: bool
    block_error: Annotated[
        str, Meaning(about="Why the provider did not do it; we send nothing all the same.")
    ]
    consent: Annotated[str, Meaning(about="To marketing: opted_in, opted_out, or empty when never asked.")]
    free_until: Annotated[Time | None, Meaning(about="Until when writing costs nothing.")]
    identity_changed_at: Annotated[
        Time | None,
        Meaning(
            about="Since when another phone than before answers here, as the provider says; nothing leaves "
            "until `confirm_identity`. Null: nothing is to be confirmed."
        ),
    ]


class Place(TypedDict):
    """Where a customer can be written to: on a channel, one person as its provider knows them."""

    channel_id: Id
    address_ids: Annotated[
        list[Id], Meaning(about="The addresses of that person, the one to write to first (`address_id`).")
    ]
    window_until: Annotated[Time | None, Meaning(about="Until when a free reply is allowed there.")]
