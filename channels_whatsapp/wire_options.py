"""Types of the JSON of what a number sends along; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Meaning


class NumberOptions(TypedDict):
    """What a number sends along with messages and calls, as chosen here; WhatsApp is not asked."""

    direct_send: Annotated[
        bool, Meaning(about="May utility messages leave outside the reply window without a template?")
    ]
