"""A secret that the next page shows once: kept sealed in the session between the POST and that page."""

from __future__ import annotations

import base64

from django.http import HttpRequest

from common.crypto import open_global, seal_global


def keep_once(request: HttpRequest, name: str, secret: str) -> None:
    """Keep `secret` until ``take_once`` asks for `name`."""
    request.session[_key(name)] = base64.b64encode(
        seal_global(secret.encode(), _place(request, name))
    ).decode()


def take_once(request: HttpRequest, name: str) -> str:
    """The secret, which is forgotten with that; "" when there is none."""
    sealed = request.session.pop(_key(name), None)
    return open_global(base64.b64decode(sealed), _place(request, name)).decode() if sealed else ""


def _key(name: str) -> str:
    return f"once:{name}"


def _place(request: HttpRequest, name: str) -> str:
    """Bound to the person, so that a copied session row shows nothing to another."""
    return f"session|{name}|{request.user.pk}"
