"""Types of the JSON of what a number sends along; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Meaning


class NumberOptions(TypedDict):
    """What a number sends along with messages and calls, as chosen here; WhatsApp is not asked."""

    direct_send: Annotated[
        bool, Meaning(about="May utility messages leave outside the reply window without a template?")
    ]
    marketing_fallback: Annotated[
        bool, Meaning(about="Does what the Marketing Messages API cannot send go by the usual way?")
    ]
    marketing_activity: Annotated[
        str,
        Meaning(
            words=("", "on", "off"),
            about="Does Meta learn what people do with marketing? Empty: as set in WhatsApp Manager.",
        ),
    ]
    call_recording: Annotated[bool, Meaning(about="Are calls recorded? WhatsApp announces it.")]
    call_transcription: Annotated[bool, Meaning(about="Is what is said in them written down?")]
    call_purpose: Annotated[str, Meaning(about="What for, as the customer hears it.")]
    call_language: Annotated[str, Meaning(about="Of the announcement; empty: as WhatsApp chooses.")]
