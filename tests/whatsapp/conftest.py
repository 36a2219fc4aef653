"""Acme's templates, kept from a real provider: the simulator, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.templates import template_account
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from inbox.models import Channel
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd

BODY = {
    "type": "BODY",
    "text": "Hello {{1}}, your order {{2}} is ready.",
    "example": {"body_text": [["Ada", "7781"]]},
}
Shelf = Callable[..., None]


def graph(far_end: FarEnd, method: str, path: str, **more: Any) -> Any:
    """A call another program of Acme makes to the provider."""
    headers = {"Authorization": "Bearer EAAGtesttoken"}
    return requests.request(method, f"{far_end.url}/v24.0/{path}", headers=headers, timeout=10, **more)


@pytest.fixture
def provider(cast: Cast, far_end: FarEnd) -> FarEnd:
    """The provider as Acme's channel reaches it: nothing is reviewed by itself."""
    far_end.register(ACME_ACCOUNT, templates=[], template_review_s=None)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def account(cast: Cast, provider: FarEnd) -> TemplateAccount:
    """Acme's templates have been read."""
    work_all()
    with tenant_context(cast.acme.id):
        return template_account(Channel.objects.get(id=cast.acme_number.id))


def found(cast: Cast, name: str, language: str = "en") -> Template:
    with tenant_context(cast.acme.id):
        return Template.objects.select_related("account").get(name=name, language=language)
