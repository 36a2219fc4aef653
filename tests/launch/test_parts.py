"""Which addresses under /hooks/ the door answers, and which wait for an answer of Django's."""

from __future__ import annotations

import pytest

from config.parts import is_asked

CHANNEL = "0190a0c4-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/hooks/whatsapp/", False),
        (f"/hooks/whatsapp/{CHANNEL}", False),
        (f"/hooks//whatsapp//{CHANNEL}//", False),
        (f"/hooks/whatsapp/{CHANNEL}/forms/", True),
        (f"/hooks/whatsapp/{CHANNEL}/forms/more/", True),
        (f"/console/channels/{CHANNEL}/form-key/", False),
        ("/", False),
    ],
)
def test_a_name_after_the_channel_is_asked(path: str, asked: bool) -> None:
    assert is_asked(path) is asked
