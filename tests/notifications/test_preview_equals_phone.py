"""What the builder shows of a notification is what arrives on the phone, part by part (B4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import requests

from channels_whatsapp.operations.work import work_all
from inbox.operations.authors import Author
from notifications.models import NotificationType
from notifications.operations.starter import install_starter
from notifications.queries.previews import Part, Preview, preview_of, sample_values
from notifications.variables import examples_of
from tests.inbox.telephone import ACCOUNT, LINE, TOKEN, connect_line
from tests.notifications.conftest import Office, make_type

pytestmark = pytest.mark.django_db(transaction=True)


def words(parts: Iterable[Part]) -> str:
    return "".join(text for _, text in parts)


def previewed(office: Office, named: NotificationType, channel: str, language: str) -> Preview:
    """The picture of the published version with its examples."""
    with office.scope():
        version = named.current
        assert version is not None
        values = sample_values(version.variables, language)
        return preview_of(channel, version.contents[channel][language], language, values, version.actions)


def on_the_phone(office: Office, named: NotificationType, language: str) -> dict[str, Any]:
    """What arrives when it is sent with its examples."""
    with office.scope():
        assert named.current is not None
        data = examples_of(named.current.variables)
    office.notify(named, data=data, language=language)
    office.work()
    office.work()  # hears that there is no such template, and takes the next step
    [got] = office.got()
    chat = f"{office.far_end.url}/phone/chats/{got['channel']}/{office.phone}"
    [shown] = requests.get(chat, timeout=30).json()["messages"]
    return dict(shown)


def shown_by(template: dict[str, Any]) -> tuple[str, str, str, list[str]]:
    """(header, body, footer, buttons) of a template as the phone draws it."""
    header, footer = template.get("header") or {}, template.get("footer")
    return (
        header.get("text") or "",
        template["body"],
        footer or "",
        [one["text"] for one in template["buttons"]],
    )


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_template_is_previewed_as_the_phone_shows_it(office: Office, language: str) -> None:
    work_all()  # the provider's words of it are read
    with office.scope():
        named = make_type(office.cast.alice)

    shown = previewed(office, named, "whatsapp", language)
    got = on_the_phone(office, named, language)

    assert got["kind"] == "template"
    told = (words(shown.head), words(shown.parts), shown.foot, shown.buttons)
    assert told == shown_by(got["template"])
    assert "{{" not in words(shown.parts)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_text_is_previewed_as_the_phone_shows_it(office: Office, language: str) -> None:
    office.far_end.lend_line(LINE, office.phone, account_sid=ACCOUNT, auth_token=TOKEN)
    connect_line(office.cast, "sms", office.far_end.url)
    with office.scope():
        named = install_starter("payment_due", by=Author.of(office.cast.alice))

    shown = previewed(office, named, "sms", language)
    got = on_the_phone(office, named, language)

    assert (shown.form, got["text"]) == ("text", words(shown.parts))
