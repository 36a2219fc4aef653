"""Each type of the starter set, installed as it is, reaches a phone with the words of its example."""

from __future__ import annotations

import pytest

from inbox.operations.authors import Author
from notifications.operations.starter import install_starter, starters
from notifications.variables import examples_of
from tests.inbox.telephone import ACCOUNT, LINE, TOKEN, connect_line
from tests.notifications.conftest import Office

#: The only one whose ladder has nothing but a template, and that nobody is sent unasked.
BY_TEMPLATE_ONLY = {"marketing_offer"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", sorted(set(starters()) - BY_TEMPLATE_ONLY))
def test_a_starter_reaches_the_phone_with_the_words_of_its_example(office: Office, key: str) -> None:
    """B2: by WhatsApp where its template is there, else by text."""
    phone = office.phone
    office.far_end.lend_line(LINE, phone, account_sid=ACCOUNT, auth_token=TOKEN)
    connect_line(office.cast, "sms", office.far_end.url)
    with office.scope():
        named = install_starter(key, by=Author.of(office.cast.alice))
        assert named.current is not None, "it is published at once"
        data = examples_of(named.current.variables)

    run = office.notify(named, data=data, language="en")
    office.work()
    office.work()  # hears that a template was refused, and takes the next step

    [got] = office.got()
    [sent] = [step.message for step in office.steps(run) if step.message and step.message.status == "sent"]
    assert got["provider_id"] == sent.external_id
    # A code is said in the provider's own words.
    assert data["code"] in got["text"] if key == "one_time_code" else got["text"] == sent.text


@pytest.mark.django_db(transaction=True)
def test_the_offer_goes_to_nobody_who_has_not_agreed(office: Office) -> None:
    """B2, B15"""
    with office.scope():
        named = install_starter("marketing_offer", by=Author.of(office.cast.alice))
        assert named.current is not None
        data = examples_of(named.current.variables)

    run = office.notify(named, data=data, language="en")
    office.work()

    assert (office.fresh(run).state, office.got()) == ("skipped", [])
    assert "has not agreed to marketing" in office.fresh(run).reason
