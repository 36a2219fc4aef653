"""Two customers become one and two again: their notifications, consents and wishes go along."""

from __future__ import annotations

import pytest

from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import preview_merge
from inbox.operations.authors import Author
from inbox.operations.merging import merge_people, split_people
from notifications.models import Consent, ConsentChange, Notification, Preference
from notifications.operations.consents import record_consents, set_preference
from notifications.operations.recipients import find_recipients
from tests.cast import Cast
from tests.notifications.conftest import ask, make_type, send

pytestmark = pytest.mark.django_db

ADA, ADA_AGAIN = "+447700900123", "+447700900124"


def _owner(phone: str) -> Customer:
    return Address.objects.select_related("customer").get(value=phone).customer


def test_what_was_sent_agreed_and_wished_goes_along_and_comes_back(cast: Cast) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        send(cast.alice, ask(named, to={"phone": ADA}), ask(named, to={"phone": ADA_AGAIN}))
        survivor, other = _owner(ADA), _owner(ADA_AGAIN)
        no = {"category": "marketing", "channel": "whatsapp", "state": "denied"}
        record_consents(customer=other, given=[no], source="form", by=alice)
        set_preference(customer=survivor, named=named, wanted=True, by=alice)
        set_preference(customer=other, named=named, wanted=False, by=alice)

        look = preview_merge(survivor=survivor, other=other)
        merge = merge_people(survivor=survivor, other=other, token=look.token, by=alice)

        assert look.figures["notifications"] == 1
        assert look.denied == [{"category": "marketing", "channel": "whatsapp"}]
        assert Notification.objects.filter(customer=survivor).count() == 2
        assert Consent.objects.get(customer=survivor).state == "denied"
        assert ConsentChange.objects.filter(customer=survivor).count() == 1
        assert Preference.objects.get(customer=survivor).wanted is False
        assert find_recipients([{"customer_id": other.id}], make=False) == [survivor]

        split_people(merge=merge, by=alice)

        assert Notification.objects.filter(customer=other).count() == 1
        assert Notification.objects.filter(customer=survivor).count() == 1
        assert Consent.objects.get().customer_id == other.id
        assert ConsentChange.objects.get().customer_id == other.id
        assert dict(Preference.objects.values_list("customer_id", "wanted")) == {
            survivor.id: True,
            other.id: False,
        }
