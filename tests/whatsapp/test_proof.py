"""An app that wants each call proved with its secret is served when the number says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels_whatsapp.models import Errand
from channels_whatsapp.operations.numbers import refresh_number
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import SYSTEM
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(provider: FarEnd) -> Iterator[FarEnd]:
    provider.register(ACME_ACCOUNT, require_app_proof=True)
    yield provider
    provider.register(ACME_ACCOUNT, require_app_proof=False)


def test_calls_are_proved_where_the_app_wants_it(cast: Cast, strict: FarEnd) -> None:
    without = refresh_number(tenant_id=cast.acme.id, channel_id=cast.acme_number.id, by=SYSTEM)
    with tenant_context(cast.acme.id):
        channel = Channel.objects.get(id=cast.acme_number.id)
        channel.config = {**channel.config, "app_proof": True}
        channel.save(update_fields=["config"])

    proved = refresh_number(tenant_id=cast.acme.id, channel_id=cast.acme_number.id, by=SYSTEM)

    assert (without.outcome, proved.outcome) == (Errand.Outcome.REFUSED, Errand.Outcome.DONE)
    assert "appsecret_proof" in without.sentence
