"""Acme and Globex as twins: equal phone numbers, customer names, ids at the provider and refs of programs.

Every word only Acme may read carries MARK, and so does every file name, address and token of Acme's.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.account.utils import user_pk_to_url_str
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from channels_whatsapp.models import Errand, Group, Profile, Signup
from channels_whatsapp.operations.errands import begin_errand, refuse_errand
from channels_whatsapp.operations.form_endpoints import set_address
from channels_whatsapp.operations.signups import keep_signup
from channels_whatsapp.operations.templates import draft_template, template_account
from channels_whatsapp.signup_calls import App, Grant
from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import Sighting, add_address, change_customer, preview_merge, resolve_people
from inbox.files import signed_url
from inbox.models import Attachment, Call, Channel, Inbox, Message, ReceiptOutcome, Status, Thread
from inbox.operations import receipts
from inbox.operations.attachments import upload_attachment
from inbox.operations.authors import Author
from inbox.operations.bulk import change_many
from inbox.operations.channels import connect_channel
from inbox.operations.drafts import save_draft
from inbox.operations.macro_runs import run_macro
from inbox.operations.macros import create_macro
from inbox.operations.merging import merge_people
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.saved_replies import create_saved_reply
from inbox.operations.saved_views import save_view
from inbox.operations.scheduled import schedule_message
from inbox.operations.thread_joins import join_threads
from inbox.operations.thread_splits import split_thread
from inbox.operations.threads import assign_thread, label_thread
from inbox.ports import SendError
from inbox.shapes import customer_shape
from tenants.models import Member, Tenant, User
from tenants.operations.invitations import invite_member
from tenants.operations.keys import create_api_key, revoke_api_key
from tenants.operations.members import add_member, deactivate_member
from tenants.operations.teams import create_team
from tenants.operations.workspaces import create_tenant
from tenants.permissions import SCOPES
from tests import hooks
from tests.calls import OFFER, event, told
from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_ACCOUNT, GLOBEX_SECRET
from tests.crossfire.marks import CRM_ID, MARK, OTHER_PHONE, PHONE, REF, WAMID
from tests.crossfire.twins_notify import ids, notify_twin
from tests.webhooks.rows import failed_delivery


@dataclass
class Twin:
    """One tenant. rows: what a place in an address, query or body can name → its id as text; keys: live,
    revoked and expired; secret: signs webhooks of its number."""

    tenant: Tenant
    owner: Member
    agent: Member
    gone: Member
    channel: Channel
    secret: str
    mark: str
    rows: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def word(self, text: str) -> str:
        """A text that only this tenant has."""
        return f"{text} {self.mark}".strip()


@dataclass(frozen=True)
class Twins:
    acme: Twin
    globex: Twin
    #: Was an agent of Acme, and is one of Globex now; the same person.
    moved: Member


def make_twins(
    base_url: str = "http://127.0.0.1:9", *, drain: Callable[[], object] = receipts.drain
) -> Twins:
    """Both tenants with a row in every table, made by the product's own operations. drain: works off what
    the customers wrote."""
    acme = _twin("acme", MARK, ACME_ACCOUNT, APP_SECRET, base_url)
    globex = _twin("globex", "", GLOBEX_ACCOUNT, GLOBEX_SECRET, base_url)
    moved = _move(acme, globex)
    for twin in (acme, globex):
        _customers_write(twin)
    drain()
    for twin in (acme, globex):
        with tenant_context(twin.tenant.id):
            _work(twin)
            _hand_out(twin)
    return Twins(acme, globex, moved)


# ---------------------------------------------------------------- people and channel


def _twin(name: str, mark: str, account: str, secret: str, base_url: str) -> Twin:
    owner = _person("owner", name, mark)
    tenant = create_tenant(name=f"{name.title()} {mark}".strip(), owner=owner)
    with tenant_context(tenant.id):
        boss = Member.objects.select_related("user").get(user=owner)
        agent = add_member(user=_person("agent", name, mark), role="agent")
        gone = add_member(user=_person("gone", name, ""), role="admin")
        deactivate_member(member=gone, by=boss)
        channel = connect_channel(
            kind="whatsapp",
            name=f"Front desk {mark}".strip(),
            external_id=account,
            config={"waba_id": f"1{account}", "display_phone_number": "+447700900201"},
            secrets={"app_secret": secret, "access_token": f"EAAG{name}token", "verify_token": f"hi-{name}"},
            base_url=base_url,
            inbox=Inbox.objects.create(name=f"Support {mark}".strip()),
            by=Author.of(boss),
        )
    return Twin(tenant, boss, agent, gone, channel, secret, mark)


def _person(role: str, tenant: str, mark: str) -> User:
    email = f"{role}{mark and '-'}{mark}@{tenant}.example"
    return User.objects.create_user(email, "a-long-password-of-theirs", name=f"{role.title()} {mark}".strip())


def _move(acme: Twin, globex: Twin) -> Member:
    user = User.objects.create_user("dana@people.example", "danas-long-password", name="Dana")
    with tenant_context(acme.tenant.id):
        deactivate_member(member=add_member(user=user, role="agent"), by=acme.owner)
    with tenant_context(globex.tenant.id):
        return add_member(user=user, role="agent")


# ---------------------------------------------------------------- what customers and agents do


def _customers_write(twin: Twin) -> None:
    """Ada is the same person at both; the second customer shares a number and nothing else."""
    ada = hooks.text_message(WAMID, twin.word("My card is gone"), phone=PHONE)
    zoe = hooks.text_message(f"{WAMID}-2", twin.word("Hello"), phone=OTHER_PHONE)
    lost = hooks.text_message(f"{WAMID}-3", twin.word("Lost"), phone=PHONE)
    hooks.post(twin.channel, hooks.webhook(twin.channel, messages=[ada]))
    hooks.post(twin.channel, hooks.webhook(twin.channel, messages=[zoe], name=twin.word("Zoe")))
    said = {
        "original_message_id": WAMID,
        "message": {"type": "text", "text": {"body": twin.word("It is gone")}},
    }
    edit = hooks.text_message(f"{WAMID}-e", "", phone=PHONE, type="edit", edit=said)
    del edit["text"]
    hooks.post(twin.channel, hooks.webhook(twin.channel, messages=[edit]))
    stray = hooks.webhook(twin.channel, messages=[lost])
    stray["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "999999"
    hooks.post(twin.channel, stray)
    _ring(twin)


def _ring(twin: Twin) -> None:
    """Zoe calls."""
    session = {"sdp_type": "offer", "sdp": OFFER.replace("s=-", f"s={twin.word('Zoe')}")}
    zoe: dict[str, Any] = {"from": OTHER_PHONE, "from_user_id": hooks.user_id(OTHER_PHONE)}
    told(twin.channel, event("wacid.the-same-everywhere", "connect", session=session, **zoe))


def _work(twin: Twin) -> None:
    """An agent works on Ada's conversation."""
    heard = Message.objects.select_related("thread").get(external_id=WAMID)
    thread, me = heard.thread, Author.of(twin.agent)
    _know(Customer.objects.get(id=heard.customer_id), twin, me)
    notify_twin(twin, Customer.objects.get(id=heard.customer_id), me)
    _merge(twin, me)
    _part(twin, me)
    team = create_team(name=twin.word("Fraud"), members=[twin.agent])
    assign_thread(thread=thread, assignee=twin.agent, team=team, by=me)
    label_thread(thread=thread, labels=[twin.word("urgent")], by=me)
    add_note(thread=thread, by=twin.agent, text=twin.word("Called"), client_ref=REF, mentions=[twin.owner.id])
    kept = [
        create_saved_reply(name=twin.word(name), text=twin.word("Dear Ada"), owner=owner)
        for name, owner in (("All", None), ("Spare", None), ("Own", twin.agent))
    ]
    save_draft(thread=thread, member=twin.owner, mode="reply", text=twin.word("Dear Ada"))
    macros = [
        create_macro(name=twin.word(name), steps={"reply": twin.word("Hello")}, owner=None)
        for name in ("Macro", "Spare", "To run")
    ]
    run = run_macro(macro=macros[0], thread=thread, by=me, client_ref=f"{REF}-macro")
    sent = reply(thread=thread, by=me, client_ref=REF, text=twin.word("Sent"), attachments=[_file(twin)])
    failed = reply(thread=thread, by=me, client_ref=f"{REF}-2", text=twin.word("Failed"))
    Message.objects.filter(id=failed.id).update(status=Status.FAILED)
    tomorrow = timezone.now() + timedelta(days=1)
    later = [
        schedule_message(
            thread=thread, by=me, client_ref=f"{REF}-{name}", text=twin.word(name), send_at=tomorrow
        )
        for name in ("Later", "Spare")
    ]
    labelling = {"label": {"add": [twin.word("many")], "remove": []}}
    many = change_many(threads=Thread.objects.filter(id=thread.id), change=labelling, by=me)
    place = {"view": "all", "sort": "newest", "filters": {"label": twin.word("urgent")}}
    view = save_view(name=twin.word("Urgent"), place=place, owner=None)
    template = draft_template(
        account=template_account(twin.channel), by=me, name=f"news_{twin.mark or 'plain'}", language="en",
        category="UTILITY", components=[{"type": "BODY", "text": twin.word("News")}],
    )  # fmt: skip
    twin.rows |= ids(
        template=template, call=Call.objects.get(), bulk_change=many, saved_view=view,
        thread=thread, message=heard, customer=heard.customer, team=team, failed=failed, sent=sent,
        address=heard.address,
        file=_file(twin), channel=twin.channel, inbox=twin.channel.inbox, member=twin.agent, gone=twin.gone,
        tenant=twin.tenant, saved_reply=kept[0], spare_reply=kept[1], own_reply=kept[2],
        macro=macros[0], spare_macro=macros[1], run_macro=macros[2], macro_run=run,
        scheduled_message=later[0], spare_message=later[1],
        group=Group.objects.create(channel=twin.channel, group_id="elm-street", subject=twin.word("Elm")),
    )  # fmt: skip


def _know(customer: Customer, twin: Twin, by: Author) -> None:
    change_customer(
        customer=customer, by=by.actor, version=None, shape=customer_shape, external_id=CRM_ID,
        attributes={"tier": twin.word("gold")}, labels=[twin.word("vip")],
    )  # fmt: skip
    spare = add_address(
        customer=customer, kind="phone", value="+447700900977", label=twin.word("Work"), by=by.actor,
        shape=customer_shape,
    )  # fmt: skip
    twin.rows |= ids(spare_address=spare)


def _merge(twin: Twin, by: Author) -> None:
    """Zoe was written down three times, and two of them are one already."""
    zoe = Address.objects.get(value=f"+{OTHER_PHONE}").customer
    sighting = Sighting((("email", "zoe@people.example"),), twin.word("Zoe Two"))
    other = resolve_people([sighting]).address_of(sighting).customer
    resolve_people([Sighting((("email", "Zoe@People.example"),), twin.word("Zoe Three"))])
    token = preview_merge(survivor=zoe, other=other).token
    merge = merge_people(survivor=zoe, other=other, token=token, by=by)
    twin.rows |= {"double": str(zoe.id), "merge": str(merge.id)}


def _part(twin: Twin, by: Author) -> None:
    """Zoe's conversation was made four, and two of them one."""
    whole = Message.objects.select_related("thread").get(external_id=f"{WAMID}-2").thread
    said = [
        reply(thread=whole, by=by, client_ref=f"{REF}-part-{n}", text=twin.word("And then")) for n in range(3)
    ]
    first, second, last = (split_thread(thread=whole, message=one, by=by) for one in reversed(said))
    join = join_threads(thread=second.other, other=first.other, by=by)
    twin.rows |= ids(split=last, halved=whole, rest=last.other, join=join, joined=join.thread)


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def _file(twin: Twin) -> Attachment:
    name = twin.word("card").replace(" ", "-") + ".png"
    upload = SimpleUploadedFile(name, picture(), content_type="image/png")
    return upload_attachment(file=upload, member=twin.agent)  # type: ignore[arg-type]


# ---------------------------------------------------------------- keys, links, receipts


def _hand_out(twin: Twin) -> None:
    """What can be presented at the door: keys and links, and the raw webhooks."""
    key, twin.keys["live"] = create_api_key(name=twin.word("Core"), scopes=SCOPES, by=twin.owner)
    old, twin.keys["revoked"] = create_api_key(name=twin.word("Old"), scopes=SCOPES, by=twin.owner)
    revoke_api_key(key=old)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    _, twin.keys["expired"] = create_api_key(
        name=twin.word("Late"), scopes=SCOPES, by=twin.owner, expires_at=an_hour_ago
    )
    invitation, link = invite_member(
        email=f"new{twin.mark}@{twin.tenant.slug}.example", role="agent", by=twin.owner
    )
    receipt = ReceiptOutcome.objects.order_by("receipt_id").values_list("receipt_id", flat=True)[1]
    twin.rows |= ids(key=key, invitation=invitation)
    twin.rows |= {"merge_token": _look(twin)}
    twin.rows |= {"receipt": str(receipt), "token": urlsplit(link).path.split("/")[-2]}
    twin.rows |= {"email": twin.owner.email, "uid": user_pk_to_url_str(twin.owner.user)}
    twin.rows["signup"] = str(_number_pages(twin).id)
    twin.rows |= ids(**failed_delivery(Author.of(twin.owner), mark=twin.mark))
    twin.rows |= _link(twin, time.time() - len(twin.mark))


def _number_pages(twin: Twin) -> Signup:
    """What the pages about a WhatsApp number keep: a profile, an errand, whom forms are asked, a signup."""
    by, now = Author.of(twin.owner), timezone.now()
    set_address(channel=twin.channel, url=f"https://{twin.mark or 'shop'}.example/forms", by=by)
    Profile.objects.create(channel=twin.channel, fields={"about": twin.word("Bikes")}, read_at=now)
    refuse_errand(
        begin_errand(what=Errand.What.PIN, by=by, channel=twin.channel),
        SendError("config", twin.word("Wrong PIN"), permanent=True),
    )
    number = {
        "id": "318840571926677", "phone": "+447700900277", "name": twin.word("Sales"), "status": "CONNECTED",
        "verification": "VERIFIED",
    }  # fmt: skip
    waba = {"waba_id": "102290129340999", "name": twin.word("Account"), "review": "", "numbers": [number]}
    app, granted = App("920000000000055", "s3cret", twin.channel.base_url), Grant("EAAx", None, ())
    return keep_signup(app=app, granted=granted, accounts=[waba], by=by)


def _look(twin: Twin) -> str:
    """What lets Ada and Zoe be merged as they are now."""
    ada, zoe = (Customer.objects.get(id=twin.rows[name]) for name in ("customer", "double"))
    return preview_merge(survivor=zoe, other=ada).token


def _link(twin: Twin, now: float) -> dict[str, str]:
    """Made at different moments, so that not even the times of two links are equal."""
    file = Attachment.objects.get(id=twin.rows["file"])
    query = parse_qs(urlsplit(signed_url(file, holder=twin.agent.id, now=now)).query)
    return {name: query[name][0] for name in ("holder", "expires", "signature")}


#: Ids, tokens and addresses of the right shape that nobody has.
_KINDS = """thread message failed sent customer team file channel inbox member gone tenant key invitation
receipt template notification campaign type saved_reply spare_reply own_reply choices double merge signup
bulk_change saved_view macro macro_run run_macro spare_macro scheduled_message spare_message call group
price spare_price rule spare_rule other_rule set spare_set address spare_address split halved rest
join joined endpoint event delivery"""
NOBODY = dict.fromkeys(_KINDS.split(), "0190a0c4-0000-7000-8000-000000000000") | {
    "token": "0" * 43,
    "merge_token": "0" * 32,
    "email": "nobody@nowhere.example",
    "uid": "0190a0c4000070008000000000000000",
    "holder": "0190a0c4-0000-7000-8000-000000000000",
    "expires": "4102444800",
    "signature": "0" * 64,
}
