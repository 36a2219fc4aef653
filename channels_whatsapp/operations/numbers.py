"""What people have done to a number: registration, PIN, codes, webhooks; and how it stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from channels_whatsapp import number_calls as calls
from channels_whatsapp.models import Errand
from channels_whatsapp.number_standing import ask_closely
from channels_whatsapp.operations.errands import run_errand
from common.wire import stamp
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.standing import REFUSED, keep_standing
from inbox.ports import Account, SendError, Standing

What = Errand.What


def refresh_number(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Ask how number, account and token stand. Writes Errand, Channel, Event `channel.updated`."""
    return run_errand(
        tenant_id=tenant_id, channel_id=channel_id, what=What.REFRESH, by=by, ask=ask_closely, keep=_keep
    )


def _keep(channel: Channel, news: Standing | None) -> None:
    """What an answer to a message held back is free again."""
    if news:
        holds = {REFUSED: None, **news.holds}
        keep_standing(channel=channel, news=Standing(facts=news.facts, holds=holds, at=news.at))


def register_number(*, tenant_id: UUID, channel_id: UUID, by: Author, pin: str, region: str = "") -> Errand:
    """Let a number send. region: where Meta keeps what is said. Writes what ``refresh_number`` does."""
    work = partial(calls.register, pin=pin, region=region)
    return _change(tenant_id, channel_id, What.REGISTER, by, work)


def request_name(*, tenant_id: UUID, channel_id: UUID, by: Author, name: str) -> Errand:
    """Ask for another display name. Writes what ``refresh_number`` does."""
    return _change(tenant_id, channel_id, What.NAME, by, partial(calls.request_name, name=name))


def deregister_number(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Take a number off the platform. Writes what ``refresh_number`` does."""
    return _change(tenant_id, channel_id, What.DEREGISTER, by, calls.deregister)


def set_pin(*, tenant_id: UUID, channel_id: UUID, by: Author, pin: str) -> Errand:
    """Give a number another two-step PIN; it is not kept here. Writes what ``refresh_number`` does."""
    return _change(tenant_id, channel_id, What.PIN, by, partial(calls.set_pin, pin=pin))


def request_code(*, tenant_id: UUID, channel_id: UUID, by: Author, method: str, language: str) -> Errand:
    """Have a verification code sent. Writes what ``refresh_number`` does."""
    work = partial(calls.request_code, method=method, language=language)
    return _change(tenant_id, channel_id, What.CODE, by, work)


def verify_number(*, tenant_id: UUID, channel_id: UUID, by: Author, code: str) -> Errand:
    """Prove that a number is ours. Writes what ``refresh_number`` does."""
    return _change(tenant_id, channel_id, What.VERIFY, by, partial(calls.verify_code, code=code))


def start_sync(*, tenant_id: UUID, channel_id: UUID, by: Author, what: str) -> Errand:
    """Have the WhatsApp Business app's contacts or chats sent here. Writes Errand, Channel."""

    def keep(channel: Channel, _: None) -> None:
        facts = {f"sync_{what}": stamp(timezone.now())}
        keep_standing(channel=channel, news=Standing(facts=facts, holds={}))

    ask = partial(calls.start_sync, what=what)
    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=What.SYNC, by=by, ask=ask, keep=keep)


def subscribe_number(*, tenant_id: UUID, channel_id: UUID, by: Author) -> Errand:
    """Let our app hear of the number's account, at the address all numbers share."""

    def work(account: Account) -> None:
        calls.subscribe(account)
        calls.point_webhooks(account, url=shared_address())

    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=What.SUBSCRIBE, by=by, ask=work)


def shared_address() -> str:
    """Where the webhooks of all numbers may go."""
    return f"{settings.PUBLIC_URL}/hooks/whatsapp/"


def _change(
    tenant_id: UUID, channel_id: UUID, what: Errand.What, by: Author, work: Callable[[Account], None]
) -> Errand:
    """Do it, then look how the number stands: the page shows what is true now, not what we believe."""

    def ask(account: Account) -> Standing | None:
        work(account)
        try:
            return ask_closely(account)
        except SendError:
            return None  # It is done; how the number stands shows at the next refresh.

    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=ask, keep=_keep)
