"""Whatever is sent, the answer is one the document names, and never a broken page."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import orjson
import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from channels_whatsapp.models import Group
from channels_whatsapp.operations.templates import draft_template, template_account
from common.api.reference import openapi
from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import preview_merge
from inbox.models import Call, CallState, Message, ReceiptOutcome, Thread, ThreadMove
from inbox.operations.authors import Author
from inbox.operations.bulk import change_many
from inbox.operations.macro_runs import run_macro
from inbox.operations.macros import create_macro
from inbox.operations.merging import merge_people
from inbox.operations.reply import reply
from inbox.operations.saved_replies import create_saved_reply
from inbox.operations.saved_views import save_view
from inbox.operations.scheduled import schedule_message
from inbox.operations.thread_joins import join_threads
from inbox.operations.thread_splits import split_thread
from inbox.operations.threads import close_thread, reopen_thread
from notifications.models import NotificationType
from notifications.operations.alerts import make_rule
from notifications.operations.campaigns import create_campaign
from notifications.operations.notify import Accepted
from notifications.operations.prices import set_prices
from notifications.operations.samples import keep_samples
from tests.api.caller import BASE, METHODS_WITH_BODY, Caller, checked
from tests.api.conftest import customer_writes, program_of
from tests.cast import Cast, make_cast
from tests.conftest import QUICK_HASHERS, _empty, _signed_in
from tests.notifications.conftest import ask, make_type, send
from tests.webhooks.rows import failed_delivery


def _made_up_parts(document: Any) -> Any:
    """The document without the ids of an address and without headers: a call gets ours, and to make up others
    takes longer than the call."""
    document["paths"] = {path.translate(AWAY): methods for path, methods in document["paths"].items()}
    for call in (call for methods in document["paths"].values() for call in methods.values()):
        call["parameters"] = [one for one in call.get("parameters", []) if one["in"] == "query"]
    return document


AWAY, BACK = str.maketrans("{}", "<>"), str.maketrans("<>", "{}")
SCHEMA = schemathesis.openapi.from_dict(_made_up_parts(orjson.loads(openapi())))
#: What ends the caller's own rights.
APART = {"revoke_key"}
WHOLE = [cast(Ok[Any], found).ok() for found in SCHEMA.get_all_operations()]
OPERATIONS = {
    one.definition.raw["operationId"]: one for one in WHOLE if one.definition.raw["operationId"] not in APART
}


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
FEW = effort(
    max_examples=6, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Office:
    """Acme with a row of each kind. ids: name in an address → row; bob: the browser where Bob is signed in;
    key: of a program; folder: of the files."""

    ids: dict[str, str]
    bob: Client
    key: dict[str, str]
    folder: Path

    def callers(self) -> list[Caller]:
        """Bob and the program, as they were before any test."""
        browser, program = Client(), Caller(Client())
        browser.cookies, program.headers = copy.deepcopy(self.bob.cookies), self.key
        return [Caller(browser), program]


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Office]:
    """Made once and committed, because that takes longer than what one test does with it and undoes."""
    folder = tmp_path_factory.mktemp("fuzz")
    with django_db_blocker.unblock():
        _empty()
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS, FILES_DIR=folder):
            cast = make_cast()
            thread = customer_writes(cast.acme_number, "My card is gone").thread
            bob, program = _signed_in(cast.bob, cast.acme), program_of(cast.acme)
            made = Office(_ids(cast, thread, Caller(bob)), bob, program.headers, folder)
    yield made
    with django_db_blocker.unblock():
        _empty()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_input_breaks_a_call(office: Office, db: None, settings: Any, name: str) -> None:
    settings.FILES_DIR = office.folder
    callers = cycle(office.callers())

    for mode in MODES:

        @FEW
        @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
        def fire(case: Any) -> None:
            path = case.path.translate(BACK).format(**{"mode": "reply", **office.ids})
            checked(case.method.lower(), path, _send(next(callers), case, path))

        fire()


def _ids(cast: Cast, thread: Thread, calls: Caller) -> dict[str, str]:
    """Rows that are there, so that input gets past the address."""
    file = SimpleUploadedFile("terms.pdf", b"%PDF-1.4", content_type="application/pdf")
    attachment = calls.upload("attachments", file=file).data["id"]
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        [accepted] = send(cast.alice, ask(named, send_at=timezone.now() + timedelta(hours=1)))
        assert isinstance(accepted, Accepted)
        template = draft_template(
            account=template_account(cast.acme_number), by=Author.of(cast.alice), name="news", language="en",
            category="UTILITY", components=[{"type": "BODY", "text": "News"}],
        )  # fmt: skip
        saved = create_saved_reply(name="Hours", text="From nine to five", owner=None)
        many = change_many(
            threads=Thread.objects.filter(id=thread.id), change={"close": {}}, by=Author.of(cast.alice)
        )
        more = _more(cast, thread, named)
        place = {"view": "all", "sort": "newest", "filters": {}}
        view = save_view(name="All", place=place, owner=None)
        return more | {
            "key": named.key,
            "notification_id": str(accepted.notification.id),
            "template_id": str(template.id),
            "saved_reply_id": str(saved.id),
            "saved_view_id": str(view.id),
            "bulk_change_id": str(many.id),
            "thread_id": str(thread.id),
            "message_id": str(Message.objects.get(direction="inbound").id),
            "customer_id": str(thread.customer_id),
            "address_id": str(Address.objects.filter(customer=thread.customer_id)[0].id),
            "channel_id": str(cast.acme_number.id),
            "receipt_id": str(ReceiptOutcome.objects.get().receipt_id),
            "attachment_id": attachment,
            "code": "ABCDEFGHIJKLMN",
            "person": "+447700900123",
            "ref": "01985f5e-7c1b-7f3a-9a3e-2f4b6c8d0e1f",
        }


def _more(cast: Cast, thread: Thread, named: NotificationType) -> dict[str, str]:
    """A macro and what it did, an answer for later, a campaign, a merge, a price, a rule and samples."""
    by = Author.of(cast.alice)
    macro = create_macro(name="Close", steps={"reply": "Bye", "close": True}, owner=None)
    run = run_macro(macro=macro, thread=thread, by=by, client_ref="run")
    tomorrow = timezone.now() + timedelta(days=1)
    later = schedule_message(thread=thread, by=by, client_ref="later", text="Later", send_at=tomorrow)
    people: list[Any] = [{"to": "+447700900321", "data": {}}]
    campaign = create_campaign(name="News", named=named, by=by, items=people)
    double = Customer.objects.create(name="Double")
    token = preview_merge(survivor=thread.customer, other=double).token
    merge = merge_people(survivor=thread.customer, other=double, token=token, by=by)
    price = {"channel": str(cast.acme_number.id), "country": "FR", "currency": "EUR", "price": "0.05"}
    [listed] = set_prices(given=[{**price, "valid_from": "2026-10-01"}], by=by)
    now, heard = timezone.now(), Message.objects.get(direction="inbound")
    ringing = Call.objects.create(
        channel=cast.acme_number, thread=thread, customer=thread.customer, address=heard.address,
        direction="inbound", state=CallState.RINGING, external_id="wacid.1", rang_at=now,
    )  # fmt: skip
    group = Group.objects.create(channel=cast.acme_number, group_id="elm-street", subject="Elm Street")
    heard_of = failed_delivery(by)
    ids = {
        **_moves(thread, by), "call": ringing, "group": group,
        "macro": macro, "macro_run": run, "scheduled_message": later, "campaign": campaign, "merge": merge,
        "price": listed, "rule": make_rule(by=by, watched="failures", threshold=Decimal(10)),
        "set": keep_samples(named=named, name="Usual", data={}, by=by), "endpoint": heard_of["endpoint"],
    }  # fmt: skip
    return {f"{name}_id": str(row.id) for name, row in ids.items()}


def _moves(thread: Thread, by: Author) -> dict[str, ThreadMove]:
    """Its last part is a conversation of its own, and over; it is open itself, and has taken another in."""
    made = {}
    for name in ("join", "split"):
        reopen_thread(thread=thread, by=by)
        said = reply(thread=thread, by=by, text="More", client_ref=name)
        made[name] = split_thread(thread=thread, message=said, by=by)
        close_thread(thread=made[name].other, by=by)
    reopen_thread(thread=thread, by=by)
    return made | {"join": join_threads(thread=thread, other=made["join"].other, by=by)}


def _send(caller: Caller, case: Any, path: str) -> Any:
    query = case.query if isinstance(case.query, dict) else {}
    pairs = [f"{quote(str(name), safe='')}={quote(str(value), safe='')}" for name, value in query.items()]
    address = "?".join([path, "&".join(pairs)])
    options: dict[str, Any] = {"headers": caller.headers}
    if case.method.lower() in METHODS_WITH_BODY:
        options |= {"data": _body(case), "content_type": "application/json"}
    return getattr(caller.client, case.method.lower())(address, **options)


def _body(case: Any) -> bytes:
    try:
        return orjson.dumps(case.body)
    except TypeError:  # no body, or one that no JSON can hold
        return b""


def test_the_fuzz_reaches_every_call() -> None:
    assert len(OPERATIONS) + len(APART) == sum(len(one) for one in SCHEMA.raw_schema["paths"].values())
    assert all(one.path.startswith(BASE) for one in OPERATIONS.values())
