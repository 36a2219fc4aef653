"""Servers that help a browser and a customer's phone to find each other, as the settings name them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from django.conf import settings

from inbox.wire_calls import IceServer

#: A password outlasts any call it was made for.
LIVES_S = 6 * 3_600


def ice_servers(name: str) -> list[IceServer]:
    """STUN and TURN servers, with a passing password for `name` (an id, no person's name).

    The form that TURN servers with a shared secret expect: draft-uberti-behave-turn-rest-00.
    """
    found: list[IceServer] = []
    if settings.STUN_URLS:
        found.append({"urls": settings.STUN_URLS, "username": "", "credential": ""})
    if settings.TURN_URLS:
        username = f"{int(time.time()) + LIVES_S}:{name}"
        digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        found.append({"urls": settings.TURN_URLS, "username": username, "credential": credential})
    return found
