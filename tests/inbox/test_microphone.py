"""Only the page on which one speaks may ask for a microphone."""

from __future__ import annotations

from django.test import Client


def test_the_inbox_may_ask_for_the_microphone_and_no_other_page_for_anything(alice_client: Client) -> None:
    inbox, console = (
        alice_client.get(path).headers["Permissions-Policy"] for path in ("/inbox/", "/console/")
    )

    assert "microphone=(self)" in inbox
    assert "microphone=()" in console
    assert all("camera=()" in policy for policy in (inbox, console))
