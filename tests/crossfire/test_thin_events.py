"""Whatever happens in a workspace, its thin webhooks carry nobody's words, names or numbers."""

from __future__ import annotations

import orjson

from common.tenancy import tenant_context
from events.models import Event
from tests.crossfire.marks import CRM_ID, MARK, PHONE, REF, WAMID
from tests.crossfire.twins import Twins
from webhooks.envelopes import envelope_of
from webhooks.models import Endpoint, Format


def test_of_all_that_happened_at_acme_only_ids_are_told(small_twins: Twins) -> None:
    acme = small_twins.acme
    with tenant_context(acme.tenant.id):
        endpoint = Endpoint(seq=0, event_format=Format.THIN)
        events = list(Event.objects.filter(audience=None).order_by("seq"))
        thin = [envelope_of(event, acme.tenant, endpoint) for event in events]

    told = [orjson.dumps({**one, "workspace": None}).decode() for one in thin]
    assert len({event.type for event in events}) > 20
    for words in (MARK, PHONE, CRM_ID, REF, WAMID, "Ada", "Zoe"):
        assert any(words in orjson.dumps([event.data, event.actor]).decode() for event in events)
        assert [one for one in told if words in one] == []
    assert sum(one["data"]["object"] is not None for one in thin) > len(thin) / 2
