"""Where a template is used: its page, its deletion and the API name the notifications that send it."""

from __future__ import annotations

from django.test import Client

from channels_whatsapp.models import TemplateAccount
from common.tenancy import tenant_context
from inbox.operations.authors import Author
from notifications.operations.types import archive_type, save_draft
from notifications.queries.types import find_type
from tests.api.conftest import program_of
from tests.cast import Cast
from tests.inbox.telephone import connect_line
from tests.notifications.conftest import make_type, rung
from tests.whatsapp.conftest import found
from tests.whatsapp.test_pages import LIST, words


def test_a_template_names_the_notifications_that_send_it(
    cast: Cast, account: TemplateAccount, alice_client: Client, charlie_client: Client
) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        make_type(cast.alice, key="card_alert")
        gone = make_type(cast.alice, key="old_alert")
        archive_type(named=gone, by=alice)
        other = make_type(cast.alice, key="other_alert")
        rewritten = {"whatsapp": {"en": {"name": "flight_delay", "language": "en", "body": []}}}
        save_draft(named=other, by=alice, contents=rewritten)
    row, drafted = found(cast, "fraud_alert"), found(cast, "flight_delay")
    calls = program_of(cast.acme)

    page, deletion = (words(alice_client.get(f"{LIST}{row.id}/{rest}")) for rest in ("", "deletion/"))
    assert "/types/card_alert/" in page
    assert "Old_Alert" not in page
    assert "<b>2 notifications</b> send it" in deletion
    assert "Card_Alert" in deletion
    assert calls.get(f"templates/{row.id}").data["uses"] == ["Card_Alert", "Other_Alert"]
    in_draft = words(alice_client.get(f"{LIST}{drafted.id}/"))
    assert "/types/other_alert/" in in_draft
    assert "draft" in in_draft

    asked = calls.delete(f"templates/{row.id}").data
    assert (asked["uses"], asked["work"]) == (["Card_Alert", "Other_Alert"], "delete")
    assert charlie_client.get(f"{LIST}{row.id}/").status_code == 404


def test_a_template_of_another_channel_of_that_name_is_not_meant(
    cast: Cast, account: TemplateAccount
) -> None:
    with tenant_context(cast.acme.id):
        text = connect_line(cast, "sms")
        make_type(
            cast.alice, rung("sms"), key="by_text", contents={"sms": {"en": {"text": "Hello"}}}, actions=[]
        )
        assert find_type("by_text")
    row = found(cast, "fraud_alert")

    assert text.kind == "sms"
    assert program_of(cast.acme).get(f"templates/{row.id}").data["uses"] == []
