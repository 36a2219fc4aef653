"""WhatsApp as the house sees it: the adapter, its limits, and where each of its verbs is done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO
from uuid import UUID

from django.forms import Form
from django.utils.translation import gettext_lazy

from channels_whatsapp import (
    blocking,
    calls,
    checking,
    contents,
    countries,
    direct,
    form_words,
    media,
    payloads,
    prices,
    queries,
    recordings,
    sending,
    signatures,
    standing,
    stickers,
    template_warnings,
)
from channels_whatsapp.direct import direct_flaws
from channels_whatsapp.forms import ConnectForm
from channels_whatsapp.operations import accounts, form_tokens, notices
from channels_whatsapp.people import GROUP, WHATSAPP_ID
from common.sound import OGG
from inbox.ports import (
    PHONE,
    Account,
    Answer,
    CallPermission,
    Charge,
    CheckStep,
    Claim,
    Credentials,
    Direct,
    DirectRule,
    FileRule,
    Flaw,
    HealthNote,
    Hook,
    Inbound,
    Json,
    Leaving,
    Limits,
    Link,
    Notice,
    Outbound,
    Pace,
    SendResult,
    Standing,
    Taken,
    TemplateWarning,
    Use,
)

MB = 1_048_576
OFFICE = "application/vnd.openxmlformats-officedocument"

#: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media and
#: …/messages/send-messages (September 2026). The pace is the one every number starts with.
LIMITS = Limits(
    text_chars=4096,
    caption_chars=1024,
    files={
        "image": FileRule(("image/jpeg", "image/png"), 5 * MB),
        "video": FileRule(("video/mp4", "video/3gpp"), 16 * MB),
        "audio": FileRule((*sorted(recordings.PLAYED), OGG), 16 * MB, recordings.CONVERTS, 16 * MB),
        "voice": FileRule((OGG,), 16 * MB, recordings.CONVERTS, 16 * MB),
        "document": FileRule(
            (
                "application/pdf",
                "text/plain",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                f"{OFFICE}.wordprocessingml.document",
                f"{OFFICE}.spreadsheetml.sheet",
                f"{OFFICE}.presentationml.presentation",
            ),
            100 * MB,
        ),
        "sticker": FileRule((stickers.WEBP,), stickers.MOVING_BYTES, stickers.CONVERTS, 5 * MB),
    },
    reply_window_h=24,
    needs_template=True,
    offers=("location", "contacts", *contents.TYPES),
    pace=Pace(per_second=80, pair_burst=45, pair_every_s=6),
)


class Adapter:
    """The WhatsApp Business Platform's Cloud API."""

    kind = "whatsapp"
    label = "WhatsApp"
    limits = LIMITS
    connect_form: type[Form] = ConnectForm
    hook_secrets: tuple[str, ...] = ("app_secret", "verify_token")
    address_kinds: tuple[str, ...] = (WHATSAPP_ID, PHONE, GROUP)
    answer = Answer(200)
    group_key = "waba_id"
    tariff = prices.TARIFF
    channel_pages: tuple[Link, ...] = (
        Link("whatsapp_number", gettext_lazy("Number"), "phone"),
        Link("whatsapp_profile", gettext_lazy("Profile"), "contact"),
        Link("whatsapp_settings", gettext_lazy("Calls and security"), "shield-check"),
        Link("whatsapp_options", gettext_lazy("Sending options"), "send"),
        Link("whatsapp_form_key", gettext_lazy("Forms"), "file-text"),
        Link("whatsapp_openers", gettext_lazy("Chat openers"), "message-circle"),
        Link("whatsapp_links", gettext_lazy("Short links"), "link"),
        Link("whatsapp_groups", gettext_lazy("Groups"), "users"),
        Link("whatsapp_blocked", gettext_lazy("Blocked people"), "user-x"),
    )
    connect_pages: tuple[Link, ...] = (
        Link("whatsapp_signup", gettext_lazy("Connect by Meta's signup"), "zap"),
    )

    def handshake(self, hook: Hook, credentials: Credentials) -> Answer | None:
        return signatures.handshake(hook, credentials)

    def verify(self, hook: Hook, credentials: Credentials) -> None:
        signatures.verify(hook, credentials)

    def parse(self, body: bytes) -> list[Inbound]:
        return payloads.parse(body)

    def only_reports(self, body: bytes) -> bool:
        return payloads.only_reports(body)

    def check_content(self, *, kind: str, text: str, content: Json, file_kind: str) -> list[Flaw]:
        return contents.flaws(kind=kind, text=text, content=content, file_kind=file_kind)

    def direct_rule(self, config: Json) -> DirectRule | None:
        return direct.direct_rule(config)

    def direct_flaws(
        self, *, kind: str, text: str, content: Json, file_kind: str, direct: Direct
    ) -> list[Flaw]:
        return direct_flaws(kind=kind, text=text, content=content, file_kind=file_kind, direct=direct)

    def send(self, account: Account, message: Outbound) -> SendResult:
        return sending.send(account, message)

    def note_departures(self, leaving: Sequence[Leaving]) -> None:
        form_tokens.note_departures(leaving)

    def fetch(
        self, account: Account, *, media_id: str, url: str, max_bytes: int
    ) -> AbstractContextManager[BinaryIO]:
        return media.fetch(account, media_id=media_id, url=url, max_bytes=max_bytes)

    def mark_read(self, account: Account, *, external_id: str, typing: bool = False) -> None:
        sending.mark_read(account, external_id=external_id, typing=typing)

    def block(self, account: Account, *, person: tuple[Claim, ...], blocked: bool) -> None:
        blocking.block(account, person=person, blocked=blocked)

    def check(self, account: Account, *, webhook_url: str) -> list[CheckStep]:
        return list(checking.check(account, webhook_url=webhook_url))

    def why_barred(self, *, to: Claim, category: str) -> str:
        return countries.why_barred(to=to, category=category)

    def standing_of(self, notice: Notice) -> Standing | None:
        return standing.standing_of(notice)

    def ask_standing(self, account: Account) -> Standing:
        return standing.ask_standing(account)

    def templates(self, channel_id: UUID) -> list[Json]:
        return queries.kept_templates(channel_id)

    def template(self, channel_id: UUID, *, name: str, language: str) -> Json | None:
        return queries.kept_template(channel_id, name=name, language=language)

    def template_warnings(self, channel_id: UUID) -> list[TemplateWarning]:
        return template_warnings.template_warnings(channel_id)

    def health(self, channel_id: UUID) -> list[HealthNote]:
        return form_words.health_of_forms(channel_id)

    def take_notice(self, notice: Notice, *, channel_id: UUID | None) -> Taken | None:
        return notices.take_notice(notice, channel_id=channel_id)

    def channel_changed(self, *, channel_id: UUID) -> None:
        accounts.channel_changed(channel_id=channel_id)

    def charge(self, use: Use) -> Charge | None:
        return prices.charge(use)

    def accept_call(self, account: Account, *, external_id: str, sdp: str) -> None:
        calls.accept_call(account, external_id=external_id, sdp=sdp)

    def reject_call(self, account: Account, *, external_id: str) -> None:
        calls.reject_call(account, external_id=external_id)

    def end_call(self, account: Account, *, external_id: str) -> None:
        calls.end_call(account, external_id=external_id)

    def call_permission(self, account: Account, *, to: tuple[Claim, ...]) -> CallPermission:
        return calls.call_permission(account, to=to)

    def start_call(self, account: Account, *, to: tuple[Claim, ...], sdp: str, ref: str) -> str:
        return calls.start_call(account, to=to, sdp=sdp, ref=ref)
