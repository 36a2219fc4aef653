"""JSON of the texts a message had before its customer changed it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Meaning, Time


class MessageVersion(TypedDict):
    """A text a message had once."""

    text: str
    at: Annotated[Time, Meaning(about="When the customer wrote it so.")]
