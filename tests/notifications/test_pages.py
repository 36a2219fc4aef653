"""The console's pages about types: a list that counts right, texts that are checked, versions that stay."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from common.tenancy import tenant_context
from inbox.operations.authors import Author
from notifications.models import Notification, NotificationType
from notifications.operations.starter import starters
from notifications.operations.types import save_draft
from notifications.queries.types import draft_of, find_type
from tests import hooks
from tests.cast import Cast
from tests.notifications.conftest import DATA, ask, send
from tests.notifications.forms import inputs, page
from tests.reading import find

HOME = "/console/notifications/"
TYPES = f"{HOME}types/"
FRAUD = f"{TYPES}fraud_alert/"


def test_the_empty_list_offers_the_starter_set(cast: Cast, alice_client: Client) -> None:
    text = page(alice_client, TYPES)

    assert "No type yet" in text
    assert text.count("/console/notifications/starters/") == len(starters())


def test_a_starter_is_one_press_away_and_published(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post(f"{HOME}starters/fraud_alert/")

    assert answer["Location"] == FRAUD
    text = page(alice_client, FRAUD)
    assert "Published v1" in text
    assert "is installed and published" in text
    assert alice_client.post(f"{HOME}starters/fraud_alert/")["Location"] == TYPES  # a second press says why
    assert alice_client.post(f"{HOME}starters/nothing/").status_code == 404


def test_figures_of_the_list_are_those_of_the_log(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    with tenant_context(cast.acme.id):
        send(cast.alice, *[ask(fraud) for _ in range(5)], ask(fraud, is_test=True))
        rows = list(Notification.objects.filter(is_test=False).order_by("id"))
        for row, state in zip(rows, ["sent", "delivered", "answered", "failed", "queued"], strict=True):
            Notification.objects.filter(id=row.id).update(state=state)

    text = page(alice_client, TYPES)

    assert re.findall(r'data-label="(\w+)">\s*(?:<a[^>]*>)?(\d+)', text) == [
        ("Sent", "3"),
        ("Delivered", "2"),
        ("Failed", "1"),
    ]
    log = page(alice_client, f"{HOME}log/?type=fraud_alert&state=failed&test=no")
    assert log.count("<tr>") - 1 == 1


def test_the_list_is_searched(cast: Cast, alice_client: Client, fraud: NotificationType) -> None:
    assert "fraud_alert" in page(alice_client, f"{TYPES}?q=fraud")
    assert "None of these" in page(alice_client, f"{TYPES}?q=parcel")
    assert "None of these" in page(alice_client, f"{TYPES}?archived=1")
    page(alice_client, f"{TYPES}?after=nonsense&category=nothing")


def test_a_new_type_needs_a_good_key_that_is_free(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    said = {"name": "Parcel", "category": "utility"}

    wrong = alice_client.post(f"{TYPES}new/", said | {"key": "Parcel Here"})
    taken = alice_client.post(f"{TYPES}new/", said | {"key": "fraud_alert"})
    made = alice_client.post(f"{TYPES}new/", said | {"key": "parcel_here"})

    assert wrong.status_code == taken.status_code == 422
    assert 'value="Parcel Here"' in wrong.content.decode()
    assert "There is a type fraud_alert already." in taken.content.decode()
    assert made["Location"] == f"{TYPES}parcel_here/ladder/"


def test_a_copy_says_the_same_under_its_own_key(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    alice_client.post(f"{FRAUD}copy/", {"name": "Second", "key": "second"})

    with tenant_context(cast.acme.id):
        copied = draft_of(find_type("second"))
        assert copied is not None
        assert fraud.current is not None
        assert (copied.contents, copied.actions) == (fraud.current.contents, fraud.current.actions)
    assert alice_client.post(f"{FRAUD}copy/", {"name": "Again", "key": "second"}).status_code == 422


def test_an_archive_names_what_it_does_not_stop(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    with tenant_context(cast.acme.id):
        send(cast.alice, ask(fraud))

    before = page(alice_client, f"{FRAUD}archive/")
    alice_client.post(f"{FRAUD}archive/")

    assert "<b>1 notification</b> accepted before is not over" in before
    with tenant_context(cast.acme.id):
        assert find_type("fraud_alert").archived_at is not None
    alice_client.post(f"{FRAUD}archive/", {"restore": ""})
    with tenant_context(cast.acme.id):
        assert find_type("fraud_alert").archived_at is None


def test_what_the_page_shows_saves_as_it_is(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD))

    answer = alice_client.post(FRAUD, typed)

    assert answer.status_code == 302, answer.content.decode()
    with tenant_context(cast.acme.id):
        draft = draft_of(fraud)
        assert draft is not None
        assert fraud.current is not None
        assert draft.contents == fraud.current.contents
        assert [one["example"] for one in draft.variables] == [
            one["example"] for one in fraud.current.variables
        ]


def test_a_text_is_saved_in_its_language_only(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, f"{FRAUD}?language=ar"))
    typed |= {
        "whatsapp__name": "fraud_alert",
        "whatsapp__language": "ar",
        "whatsapp__text": "{{first_name}} مرحبا",
    }

    answer = alice_client.post(f"{FRAUD}?language=ar", typed)

    assert answer["Location"] == f"{FRAUD}?language=ar"
    text = page(alice_client, f"{FRAUD}?language=ar")
    assert 'dir="rtl"' in text
    with tenant_context(cast.acme.id):
        draft = draft_of(fraud)
        assert draft is not None
        assert fraud.current is not None
        assert draft.contents["whatsapp"]["ar"]["text"] == "{{first_name}} مرحبا"
        assert draft.contents["whatsapp"]["en"] == fraud.current.contents["whatsapp"]["en"]


def test_the_matrix_says_which_language_is_its_own_and_which_is_borrowed(
    alice_client: Client, fraud: NotificationType
) -> None:
    """B9."""
    text = page(alice_client, f"{FRAUD}?language=ar")

    matrix = find(r'(?s)<table class="grid matrix"[^>]*>(.*?)</table>', text)
    rows = {find(r'lang="([\w-]+)"', row): row for row in re.findall(r"(?s)<tr.*?</tr>", matrix)[1:]}
    assert sorted(rows) == ["ar", "en", "pt"]
    assert "From en" in rows["ar"]
    assert all("From" not in rows[code] and "Missing" not in rows[code] for code in ("en", "pt"))


def test_a_variable_nobody_declared_is_said_beside_the_text(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD)) | {"whatsapp__text": "Hi {{nobody}}"}

    live = alice_client.post(f"{FRAUD}preview/", typed, HTTP_HX_REQUEST="true").content.decode()

    assert 'id="e-whatsapp__text"' in live
    assert "{{nobody}} is not declared as a variable." in live
    assert '<span class="hole" dir="auto">nobody</span>' in live
    with tenant_context(cast.acme.id):
        assert draft_of(fraud) is None  # a preview writes nothing


def test_a_key_brings_only_the_sentences_that_changed(alice_client: Client, fraud: NotificationType) -> None:
    said = inputs(page(alice_client, FRAUD))
    wrong = said | {"whatsapp__text": "Hi {{nobody}}"}

    def preview(typed: dict[str, str], finds: list[str]) -> str:
        return alice_client.post(f"{FRAUD}preview/", typed | {"finds": finds}).content.decode()

    first = preview(wrong, [])
    told = re.findall(r'name="finds" value="([^"]+)"', first)
    again, mended = preview(wrong, told), preview(said, told)

    assert re.findall(r'class="finds" id="e-(\w+)"', first) == ["whatsapp__text"]
    assert 'class="finds"' not in again
    assert re.findall(
        r'<div class="finds" id="e-(\w+)" aria-live="polite" hx-swap-oob="true"></div>', mended
    ) == ["whatsapp__text"]


def test_previews_show_usual_and_longest_values(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD))

    usual = alice_client.post(f"{FRAUD}preview/", typed).content.decode()
    longest = alice_client.post(f"{FRAUD}preview/", typed | {"sample": "longest"}).content.decode()

    assert "€ 1,240.00" in usual
    assert "€ 9,999,999.99" in longest
    shown = find(r'<span class="val" dir="auto">(ELEKTRO-24 ELEK[^<]*)', longest)
    assert 50 <= len(shown) <= 60


def test_a_preview_without_scripts_keeps_what_was_typed_and_saves_nothing(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD)) | {"whatsapp__text": "New words", "preview": "1"}

    answer = alice_client.post(FRAUD, typed)

    assert answer.status_code == 200
    assert answer.content.decode().count("New words") == 2  # in the field and in the picture
    with tenant_context(cast.acme.id):
        assert draft_of(fraud) is None


def test_a_wrong_variable_keeps_the_input_and_takes_the_focus(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD)) | {"var4__name": "Not Good", "var4__type": "text"}

    answer = alice_client.post(FRAUD, typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Not Good"' in text
    assert "A name has small letters" in text


def test_two_editors_do_not_lose_each_others_words(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, FRAUD))
    alice_client.post(FRAUD, typed | {"whatsapp__name": "theirs"})

    clash = alice_client.post(FRAUD, typed | {"whatsapp__name": "mine"})
    other = alice_client.post(FRAUD, typed | {"whatsapp__text": "Only mine"})

    text = clash.content.decode()
    assert clash.status_code == 422
    assert "Somebody changed this to “theirs” meanwhile" in text
    assert 'value="mine"' in text
    assert other.status_code == 302  # different fields: both stay
    with tenant_context(cast.acme.id):
        draft = draft_of(fraud)
        assert draft is not None
        said = draft.contents["whatsapp"]["en"]
        assert (said["name"], said["text"]) == ("theirs", "Only mine")


def rungs(*places: tuple[str, str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, (channel, reach, patience) in enumerate(places):
        found |= {f"channel{n}": channel, f"reach{n}": reach, f"patience{n}": patience}
    return found


def test_rungs_are_added_moved_and_removed_without_scripts(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    number = str(cast.acme_number.id)
    two = rungs(("whatsapp", "delivered", "60"), (number, "read", "30"))

    alice_client.post(
        f"{FRAUD}ladder/", rungs(("whatsapp", "delivered", "60")) | {"deed": "add", "new_channel": number}
    )
    alice_client.post(f"{FRAUD}ladder/", two | {"deed": "up:1"})

    with tenant_context(cast.acme.id):
        draft = draft_of(fraud)
        assert draft is not None
        assert [one["channel"] for one in draft.ladder] == [number, "whatsapp"]
    wrong = alice_client.post(f"{FRAUD}ladder/", rungs(("whatsapp", "delivered", "2")))
    assert wrong.status_code == 422
    assert "This takes 5 to 259200 seconds." in wrong.content.decode()
    stale = alice_client.post(f"{FRAUD}ladder/", two | {"revision": "1", "deed": "remove:1"})
    assert "Somebody changed this ladder meanwhile" in stale.content.decode()


def test_a_climb_is_simulated_branch_by_branch(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    with tenant_context(cast.acme.id):
        ladder = [
            {"channel": "whatsapp", "reach": "delivered", "patience_s": 60},
            {"channel": str(cast.acme_number.id), "reach": "answered", "patience_s": 120},
        ]
        save_draft(named=fraud, by=Author.of(cast.alice), ladder=ladder)

    silent = page(alice_client, f"{FRAUD}ladder/?fate0=silent&fate1=silent")
    second = page(alice_client, f"{FRAUD}simulation/?fate0=silent&fate1=answered")
    first = page(alice_client, f"{FRAUD}simulation/?fate0=reached")

    assert re.findall(r"<time>([\d:]+)</time>", silent) == ["0:00", "1:00", "1:00", "3:00", "3:00"]
    assert 'data-end="failed"' in silent
    assert 'data-end="answered"' in second
    assert 'data-end="reached"' in first


def test_actions_keep_their_words_and_say_what_is_wrong(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, f"{FRAUD}actions/"))

    good = alice_client.post(f"{FRAUD}actions/", typed | {"action0__words": "1, yes, si"})
    wrong = alice_client.post(f"{FRAUD}actions/", typed | {"action0__event": "Not Good"})

    assert good.status_code == 302
    with tenant_context(cast.acme.id):
        draft = draft_of(fraud)
        assert draft is not None
        assert draft.actions[0]["words"] == ["1", "yes", "si"]
        assert draft.actions[1]["then"] == {
            "stop": True, "event": "payment.denied", "thread": {"team": "Fraud", "priority": "urgent"},
        }  # fmt: skip
    assert wrong.status_code == 422
    assert "Somebody changed these actions" in wrong.content.decode() or "An event" in wrong.content.decode()


def test_a_new_variable_is_required_until_somebody_says_otherwise(
    alice_client: Client, fraud: NotificationType
) -> None:
    """As over the API: what is forgotten is refused, and leaves no hole in a message."""
    fields = inputs(page(alice_client, FRAUD))
    spare = max(name for name in fields if name.startswith("var"))[:4]

    assert (fields[f"{spare}__name"], fields[f"{spare}__required"]) == ("", "on")


def test_preferences_are_checked_and_saved(cast: Cast, alice_client: Client, fraud: NotificationType) -> None:
    typed = inputs(page(alice_client, f"{FRAUD}preferences/"))

    half = alice_client.post(f"{FRAUD}preferences/", typed | {"throttle_count": "2"})
    good = alice_client.post(
        f"{FRAUD}preferences/",
        typed | {"throttle_count": "2", "throttle_per_s": "3600", "name": "Fraud", "ttl_s": "900"},
    )

    assert half.status_code == 422
    assert "Give both the number and the time" in half.content.decode()
    assert good.status_code == 302
    with tenant_context(cast.acme.id):
        draft, named = draft_of(fraud), find_type("fraud_alert")
        assert draft is not None
        assert (draft.throttle, draft.ttl_s, named.name) == ({"count": 2, "per_s": 3600}, 900, "Fraud")


def test_a_test_is_marked_and_counted_nowhere(
    cast: Cast, alice_client: Client, fraud: NotificationType
) -> None:
    typed = inputs(page(alice_client, f"{FRAUD}test/"))
    before = page(alice_client, TYPES)

    wrong = alice_client.post(f"{FRAUD}test/", typed | {"phone": "nonsense"})
    bad_money = alice_client.post(
        f"{FRAUD}test/", typed | {"phone": f"+{hooks.PHONE.lstrip('+')}", "value_amount": "a lot"}
    )
    sent = alice_client.post(f"{FRAUD}test/", typed | {"phone": "+44 7700 900123"})

    assert wrong.status_code == bad_money.status_code == 422
    assert 'id="id_value_amount_error"' in bad_money.content.decode()
    assert "This takes money" in bad_money.content.decode()
    with tenant_context(cast.acme.id):
        run = Notification.objects.get()
        assert (run.is_test, run.data["amount"]) == (True, DATA["amount"])
    assert sent["Location"] == f"{HOME}log/{run.id}/"
    row = re.compile(r'data-label="\w+">\s*(?:<a[^>]*>)?(\d+)')
    assert row.findall(page(alice_client, TYPES)) == row.findall(before)


@pytest.mark.parametrize(
    "part",
    ["", "ladder/", "simulation/", "actions/", "preferences/", "versions/", "copy/", "archive/", "test/"],
)
def test_a_stranger_and_an_agent_find_no_type(
    cast: Cast, charlie_client: Client, bob_client: Client, fraud: NotificationType, part: str
) -> None:
    assert charlie_client.get(f"{FRAUD}{part}").status_code == 404
    assert bob_client.get(f"{FRAUD}{part}").status_code == 404
    assert page(charlie_client, TYPES).count("fraud_alert/") == 1  # only the starter
