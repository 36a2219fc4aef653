"""What would miss a template: higher rooms say what they send it for (``settings.TEMPLATE_USERS``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from inbox.models import Channel


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """Something that sends a template. name: for people; url: of its page; is_live: not only in a draft."""

    name: str
    url: str
    is_live: bool


class TemplateUser(Protocol):
    def __call__(
        self, *, channels: Collection[Channel], name: str, language: str
    ) -> Iterable[TemplateUse]: ...


def template_uses(*, channels: Collection[Channel], name: str, language: str) -> list[TemplateUse]:
    """Everything that sends this template on one of these channels, what is live first."""
    found = [use for user in _users() for use in user(channels=channels, name=name, language=language)]
    return sorted(found, key=lambda use: (not use.is_live, use.name))


@cache
def _users() -> list[TemplateUser]:
    return [import_string(name) for name in settings.TEMPLATE_USERS]
