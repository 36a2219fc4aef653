"""Accounts of people; what they may do is a matter of each tenant's members."""

from __future__ import annotations

from tenants.models import User


def choose_language(*, user: User, language: str) -> None:
    """Keep in which language a person reads the pages; "" follows their browser."""
    user.language = language
    user.save(update_fields=["language"])


def create_person(*, email: str, name: str, password: str | None = None) -> User:
    """Write a User (global). Without a password they can only come in by a link."""
    return User.objects.create_user(email, password, name=name)
