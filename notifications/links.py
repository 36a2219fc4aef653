"""Signed links to the page where one person chooses what they get; they need no sign-in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.choices"


def choices_link(tenant_id: UUID, customer_id: UUID) -> str:
    """The whole address for one person."""
    path = reverse("choices", args=[tenant_id, _token(tenant_id, customer_id)])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def _token(tenant_id: UUID, customer_id: UUID) -> str:
    return signing.Signer(salt=f"{_SALT}.{tenant_id}").sign(customer_id.hex).replace(":", "~")


def customer_of(tenant_id: UUID, token: str) -> UUID | None:
    """Whose link it is, None when it is not one of ours."""
    try:
        return UUID(signing.Signer(salt=f"{_SALT}.{tenant_id}").unsign(token.replace("~", ":")))
    except (signing.BadSignature, ValueError):
        return None
