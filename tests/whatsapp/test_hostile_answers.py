"""A provider that answers nonsense or nothing: what is kept of it, and what people read.

That each call of the client ends in a refusal of a class, whatever was answered, is told in
``channels_whatsapp/tests/test_hostile_calls.py``. Here: such a refusal ends with a row that says of which
class it was, a sentence in the console, and everything else as it stood before.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import DELETED, Errand, Profile, Signup, Template, TemplateAccount
from channels_whatsapp.operations import numbers, profiles, signups
from channels_whatsapp.operations.templates import (
    change_template,
    delete_template,
    draft_template,
    request_sync,
    submit_template,
    template_account,
)
from channels_whatsapp.operations.work import work_all
from channels_whatsapp.signup_calls import App
from common.models import WorkQueue
from common.tenancy import tenant_context
from inbox.files import FileStore
from inbox.models import Attachment, Channel, FileState
from inbox.operations.authors import SYSTEM
from inbox.ports import Json, OutboundFile
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.spoiled import Spoiled, spoiled_provider
from tests.whatsapp.conftest import BODY

WABA = "102290129340398"
APP, SECRET = "920000000000078", "hostile-app-secret-0123456789abc"
OTHER, OTHER_WABA = "318840571926811", "102290129340556"
REASONS = {"auth", "config", "invalid", "throttled", "unavailable"}
#: One for each way a call can end: refused, refused for good, nobody knows, nothing that can be read.
KINDS = ("a no", "another address", "half a body", "wrong types")


@dataclass
class Scene:
    """Acme before a spoiled provider."""

    cast: Cast
    meta: FarEnd
    spoiled: Spoiled
    client: Client

    @property
    def of_number(self) -> Json:
        return {
            "tenant_id": self.cast.acme.id, "channel_id": self.cast.acme_number.id, "by": SYSTEM,
        }  # fmt: skip

    @property
    def app(self) -> App:
        return App(APP, SECRET, self.spoiled.url)


@pytest.fixture
def scene(cast: Cast, far_end: FarEnd, alice_client: Client) -> Iterator[Scene]:
    far_end.register(ACME_ACCOUNT, templates=[], template_review_s=0, profile={"about": "Bikes"})
    far_end.register(
        OTHER, waba_id=OTHER_WABA, app_id=APP, app_secret=SECRET, login_lasts=False, access_token="other"
    )
    with spoiled_provider(far_end.url) as spoiled:
        with tenant_context(cast.acme.id):
            Channel.objects.update(base_url=spoiled.url)
        yield Scene(cast, far_end, spoiled, alice_client)


# ---------------------------------------------------------------- errands


def _signup(scene: Scene) -> None:
    code = scene.meta.agree(APP, OTHER_WABA)
    signups.begin_signup(tenant_id=scene.cast.acme.id, by=SYSTEM, app=scene.app, code=code)


def _connect(scene: Scene) -> None:
    with tenant_context(scene.cast.acme.id):
        found = Signup.objects.first()
    if found is None:
        answer, scene.spoiled.method = scene.spoiled.method, ""
        _signup(scene)
        scene.spoiled.method = answer
    with tenant_context(scene.cast.acme.id):
        signup_id = Signup.objects.values_list("id", flat=True).get()
    signups.connect_numbers(
        tenant_id=scene.cast.acme.id, signup_id=signup_id, by=SYSTEM, names={OTHER: "Other"}
    )


def _number(deed: Callable[..., Errand], **given: Any) -> Callable[[Scene], None]:
    def do(scene: Scene) -> None:
        deed(**scene.of_number, **given)

    return do


def _picture() -> OutboundFile:
    content = b"\xff\xd8 a picture"
    return OutboundFile("image", "p.jpg", "image/jpeg", len(content), partial(io.BytesIO, content))


_PROFILE = _number(profiles.change_profile, wanted=lambda now: {"about": "Never"})
_IMAGE = _number(profiles.change_profile, wanted=lambda now: {}, picture=_picture())
ERRANDS: dict[str, tuple[str, str, int, Callable[[Scene], None]]] = {
    "register": ("POST", "/register$", 1, _number(numbers.register_number, pin="123456")),
    "deregister": ("POST", "/deregister$", 1, _number(numbers.deregister_number)),
    "set a PIN": ("POST", f"/{ACME_ACCOUNT}$", 1, _number(numbers.set_pin, pin="123456")),
    "request a code": (
        "POST", "/request_code", 1, _number(numbers.request_code, method="SMS", language="en"),
    ),
    "verify a code": ("POST", "/verify_code", 1, _number(numbers.verify_number, code="123456")),
    "subscribe": ("POST", "/subscribed_apps$", 1, _number(numbers.subscribe_number)),
    "point webhooks here": ("POST", "/subscribed_apps$", 2, _number(numbers.subscribe_number)),
    "ask the number": ("GET", rf"/{ACME_ACCOUNT}\?", 1, _number(numbers.refresh_number)),
    "ask the account": ("GET", rf"/{WABA}\?", 1, _number(numbers.refresh_number)),
    "read the profile": ("GET", "/whatsapp_business_profile", 1, _number(profiles.read_profile)),
    "read before changing": ("GET", "/whatsapp_business_profile", 1, _PROFILE),
    "change the profile": ("POST", "/whatsapp_business_profile", 1, _PROFILE),
    "begin the picture": ("POST", "/app/uploads", 1, _IMAGE),
    "send the picture": ("POST", "/upload:", 1, _IMAGE),
    "exchange a code": ("GET", "/oauth/access_token", 1, _signup),
    "lengthen a token": ("GET", "/oauth/access_token", 2, _signup),
    "inspect a token": ("GET", "/debug_token", 1, _signup),
    "list an account": ("GET", rf"/{OTHER_WABA}\?", 1, _signup),
    "list its numbers": ("GET", f"/{OTHER_WABA}/phone_numbers", 1, _signup),
    "subscribe a new account": ("POST", f"/{OTHER_WABA}/subscribed_apps", 1, _connect),
}  # fmt: skip


def _stands(cast: Cast) -> Any:
    """Everything an errand might have half saved."""
    with tenant_context(cast.acme.id):
        return (
            list(Channel.objects.order_by("id").values("id", "name", "config", "standing", "sealed_secrets")),
            list(Profile.objects.values("fields", "picture_url", "read_at")),
        )


@pytest.mark.parametrize("name", ERRANDS)
def test_every_answer_to_an_errand_ends_in_a_classed_outcome_and_nothing_half_saved(
    scene: Scene, name: str
) -> None:
    method, path, nth, deed = ERRANDS[name]
    profiles.read_profile(**scene.of_number)
    before = _stands(scene.cast)

    for answer in KINDS:
        scene.spoiled.spoil(method, path, answer, nth)
        deed(scene)

        with tenant_context(scene.cast.acme.id):
            errand = Errand.objects.latest("id")
        where = f"{name}: {answer}: {errand.sentence}"
        assert scene.spoiled.struck == 1, where
        assert errand.outcome in {"refused", "unclear"}, where
        assert errand.reason in REASONS, where
        assert re.fullmatch(r".{10,}\.", errand.sentence), where
        assert errand.fix, where
        assert _stands(scene.cast) == before, where
    _shows(scene, errand)


def _shows(scene: Scene, errand: Errand) -> None:
    """The last sentence stands in the console."""
    page = f"/console/channels/{errand.channel_id}/number/" if errand.channel_id else SIGNUPS
    shown = scene.client.get(page).content.decode()
    if errand.what == "signup" or errand.channel_id:
        assert errand.sentence in shown.replace("&#x27;", "'")


SIGNUPS = "/console/channels/whatsapp/signup/"


# ---------------------------------------------------------------- templates


def _sync(account: TemplateAccount) -> UUID | None:
    request_sync(account=account)
    return None


def _create(account: TemplateAccount, sample: bool = False) -> UUID:
    parts: list[Json] = [BODY]
    file = None
    if sample:
        parts = [{"type": "HEADER", "format": "IMAGE"}, BODY]
        file = _sample(account)
    name = f"new_{timezone.now():%H%M%S%f}"
    row = draft_template(
        account=account, by=SYSTEM, name=name, language="en", category="UTILITY", components=parts,
        header_file=file,
    )  # fmt: skip
    return submit_template(template=row, by=SYSTEM).id


def _sample(account: TemplateAccount) -> Attachment:
    key, size, digest = FileStore(account.tenant_id).write([b"\xff\xd8 a sample"])
    return Attachment.objects.create(
        kind="image", mime="image/jpeg", filename="s.jpg", storage_key=key, size_bytes=size, sha256=digest,
        state=FileState.READY, message=None,
    )  # fmt: skip


def _edit(account: TemplateAccount) -> UUID:
    row = Template.objects.get(account=account, name="follow_up", language="en")
    if row.draft is None:
        parts = [{**BODY, "text": "Hello {{1}}, your parcel {{2}} is here."}]
        row = change_template(template=row, by=SYSTEM, category=row.category, components=parts)
    return submit_template(template=row, by=SYSTEM).id


def _delete(account: TemplateAccount) -> UUID:
    row = Template.objects.get(account=account, name="follow_up", language="en")
    delete_template(template=row, by=SYSTEM)
    return row.id


TEMPLATES: dict[str, tuple[str, str, Callable[[TemplateAccount], UUID | None]]] = {
    "read the list": ("GET", f"/{WABA}/message_templates", _sync),
    "create": ("POST", f"/{WABA}/message_templates", _create),
    "edit": ("POST", r"/v26.0/\d+$", _edit),
    "delete": ("DELETE", f"/{WABA}/message_templates", _delete),
    "begin a sample": ("POST", "/app/uploads", partial(_create, sample=True)),
    "send a sample": ("POST", "/upload:", partial(_create, sample=True)),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_answer_about_a_template_is_kept_and_shown_and_no_template_is_lost(
    scene: Scene, name: str
) -> None:
    method, path, deed = TEMPLATES[name]
    work_all()
    with tenant_context(scene.cast.acme.id):
        account = template_account(Channel.objects.get(id=scene.cast.acme_number.id))
        before = _usable(account)
        assert before

    for answer in KINDS:
        scene.spoiled.spoil(method, path, answer)
        with tenant_context(scene.cast.acme.id):
            row_id = deed(account)
        work_all()
        with tenant_context(scene.cast.acme.id):
            said, page = _said(account, row_id)
            where = f"{name}: {answer}: {said}"
            assert scene.spoiled.struck, where
            assert len(said) > 10, where
            assert _usable(account) == before, where
            _forget(account, row_id)
    assert said in scene.client.get(page).content.decode().replace("&#x27;", "'")


def _usable(account: TemplateAccount) -> list[Any]:
    """The templates Meta has approved, as they are kept."""
    rows = Template.objects.filter(account=account).exclude(status__in=[DELETED, "DRAFT"])
    return list(rows.order_by("name", "language").values_list("name", "language", "status", "components"))


def _said(account: TemplateAccount, row_id: UUID | None) -> tuple[str, str]:
    """What is kept of the answer, and the page that shows it."""
    if row_id is None:
        account.refresh_from_db()
        return account.error, "/console/templates/"
    return Template.objects.get(id=row_id).work_error, f"/console/templates/{row_id}/"


def _forget(account: TemplateAccount, row_id: UUID | None) -> None:
    """The work of this answer is given up, so that the next one finds a template at rest."""
    if row_id is not None:
        Template.objects.filter(id=row_id).update(work="", work_due_at=None, work_attempts=0, history=[])
    WorkQueue.objects.filter(tenant_id=account.tenant_id, queue="templates").delete()
