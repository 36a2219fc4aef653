"""Type of the JSON of what may be sent outside the reply window without a template."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Meaning


class DirectRule(TypedDict):
    """What a channel may send outside the reply window without a template; null where it may send nothing
    so, because nobody switched it on, or because the provider refused it."""

    categories: Annotated[list[str], Meaning(about="What such a message may be for.")]
    text_chars: Annotated[int, Meaning(about="How long its words may be.")]
