"""May this be sent? The rules of a channel, asked when a message is queued and again when it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Address
from inbox import direct as directly
from inbox.channels import adapter_for
from inbox.models import Attachment, Channel, Message
from inbox.operations.errors import (
    ChannelInactive,
    ContentRefused,
    FileTooLarge,
    FileTypeRefused,
    NoAddress,
    NothingToSend,
    OptedOut,
    Refused,
    TemplateMissingValue,
    TextTooLong,
    WindowClosed,
)
from inbox.operations.reach import is_opted_out
from inbox.operations.templates import check_template, stored_template
from inbox.ports import BarsPeople, CanCheckContent, Claim, Direct, FileKind, Json, SendsDirectly
from inbox.queries.heard import Heard, heard_on

_PLACEHOLDER = re.compile(r"\{\{\s*\w+\s*\}\}")


#: Where a message's content says which notification it belongs to; pages read it, no channel does.
MARK = "notification"


def without_mark(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as a channel is to have it."""
    return {name: value for name, value in content.items() if name not in (MARK, directly.KEY)}


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be said. kind: by default what the parts make it; direct: without a template, outside the
    reply window too; files: those its content names (``own_files``)."""

    text: str = ""
    reply_to: Message | None = None
    attachment: Attachment | None = None
    template: Mapping[str, Any] | None = None
    kind: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    direct: Direct | None = None
    files: tuple[Attachment, ...] = ()

    @property
    def all_files(self) -> tuple[Attachment, ...]:
        """The one above it first."""
        return (self.attachment, *self.files) if self.attachment else self.files

    @property
    def message_kind(self) -> str:
        if self.template is not None:
            return "template"
        if self.attachment is not None and self.kind not in {"interactive", "template"}:
            return self.attachment.kind
        return self.kind or "text"

    @property
    def category(self) -> str:
        """What it is for: marketing, utility, authentication, or "" when nobody said."""
        if self.direct:
            return self.direct.category
        return str(self.message_content.get("category") or "") if self.message_kind == "template" else ""

    @property
    def message_content(self) -> dict[str, Any]:
        return dict(self.template) if self.template is not None else dict(self.content)


def address_for(*, customer_id: UUID, channel: Channel, address: Address | None = None) -> Address:
    """Where a customer is written to on this channel. address: the one somebody chose. Raises NoAddress."""
    return chosen_address(channel, *heard_on(channel, customer_id), address)


def chosen_address(
    channel: Channel, newest_first: Sequence[Address], heard: Heard, address: Address | None
) -> Address:
    """The address somebody chose of a customer's, or else the one to write to. Raises NoAddress."""
    if address is None:
        return best_address(channel, newest_first, heard)
    adapter = adapter_for(channel.kind)
    if address.id not in {row.id for row in newest_first} or address.kind not in adapter.address_kinds:
        raise NoAddress(_("This is no address of the customer on %s.") % adapter.label, pointer="/address_id")
    return address


def address_beside(channel: Channel, address: Address) -> Address | None:
    """Where the person behind one address of a customer is written to on a channel; None: they have none
    there."""
    addresses, heard = heard_on(channel, address.customer_id)
    person = heard.person_of(address.id)
    theirs = [row for row in addresses if heard.person_of(row.id) == person]
    found = heard.ranked(theirs, adapter_for(channel.kind).address_kinds)
    return found[0] if found else None


def best_address(channel: Channel, newest_first: Iterable[Address], heard: Heard) -> Address:
    """Which of a customer's addresses is written to: the one they last wrote from on this channel, else one
    that was reached there, in the channel's own order of kinds. Raises NoAddress."""
    adapter = adapter_for(channel.kind)
    found = heard.ranked(newest_first, adapter.address_kinds)
    if not found:
        raise NoAddress(_("This customer cannot be reached on %s.") % adapter.label, pointer="/channel_id")
    return found[0]


def check(
    *, channel: Channel, address: Address, part: Part, now: datetime, heard: Heard | None = None
) -> None:
    """Raise the Refused that says why this may not be sent, if it may not. heard: if it is at hand."""
    check_words(channel=channel, part=part)
    if stopped(channel, is_marketing=part.category == "marketing"):
        is_out = is_opted_out(channel=channel, customer_id=address.customer_id)
        check_consent(channel, part, is_opted_out=is_out)
    check_person(channel, address, part)
    if not part.direct and has_window(channel, part.message_kind):
        known = heard or heard_on(channel, address.customer_id)[1]
        check_last_inbound(channel, known.last_of(address.id), now)


def check_words(*, channel: Channel, part: Part) -> None:
    """Raise the Refused that says why no customer could get this on the channel, whenever it is sent."""
    is_template = part.message_kind == "template"
    check_said(channel, part, stored_template(channel, part.message_content) if is_template else None)


def check_said(channel: Channel, part: Part, stored: Json | None) -> None:
    """The rules that need nothing of the customer. stored: the copy of the template it names."""
    if not channel.is_active:
        raise ChannelInactive(
            _("This channel is switched off; choose another or switch it on in the console.")
        )
    _check_text(channel, part)
    for file in part.all_files:
        check_file(channel.kind, file.kind, file.mime, file.size_bytes or 0, file.filename)
    if part.message_kind == "template":
        _check_template(part.message_content)
        check_template(stored)
    _check_content(channel, part)
    if part.direct:
        _check_direct(channel, part, part.direct)


def _check_text(channel: Channel, part: Part) -> None:
    limits = adapter_for(channel.kind).limits
    is_caption = part.attachment is not None and part.message_kind == part.attachment.kind
    most = limits.caption_chars if is_caption else limits.text_chars
    if len(part.text) > most:
        raise TextTooLong(
            _("%(chars)d characters; at most %(most)d can be sent here.")
            % {"chars": len(part.text), "most": most},
            pointer="/text",
        )
    if part.message_kind == "text" and not part.text.strip():
        raise NothingToSend(_("There is nothing to send; write something or attach a file."), pointer="/text")


def check_file(channel_kind: str, kind: str, mime: str, size_bytes: int, filename: str) -> None:
    """Is this file taken by this kind of channel? Raises FileTypeRefused, FileTooLarge."""
    adapter = adapter_for(channel_kind)
    rule = adapter.limits.files.get(cast(FileKind, kind))
    plain = mime.split(";")[0].strip().lower()
    most = rule.most_bytes(plain) if rule else 0
    if rule is None or not most:
        taken = ", ".join(rule.all_mimes) if rule else "no such files"
        raise FileTypeRefused(
            _("%(channel)s does not take %(plain)s as %(kind)s; it takes %(taken)s.")
            % {"channel": adapter.label, "plain": plain, "kind": kind, "taken": taken},
            pointer="/file",
        )
    if size_bytes > most:
        raise FileTooLarge(
            f"{filename or 'The file'} has {_megabytes(size_bytes)}; {adapter.label} takes at most "
            f"{_megabytes(most)} for {kind}.",
            pointer="/file",
        )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_048_576:.1f} MB" if size_bytes >= 104_858 else f"{size_bytes / 1024:.0f} KB"


def _check_template(template: dict[str, Any]) -> None:
    if not template.get("name") or not template.get("language"):
        raise Refused(_("A template needs its name and language."), pointer="/template")
    for component in template.get("components") or ():
        for parameter in component.get("parameters") or ():
            if parameter.get("type") == "text" and not str(parameter.get("text", "")).strip():
                raise TemplateMissingValue(
                    _("A value of the template is empty."), pointer="/template/components"
                )


def _check_content(channel: Channel, part: Part) -> None:
    """What the provider would refuse is refused here, before anybody waits for it. Raises ContentRefused."""
    adapter = adapter_for(channel.kind)
    if not isinstance(adapter, CanCheckContent):
        return
    wrong = adapter.check_content(
        kind=part.message_kind,
        text=part.text,
        content=part.message_content,
        file_kind=part.attachment.kind if part.attachment else "",
    )
    if wrong:
        raise ContentRefused([(flaw.pointer, flaw.detail) for flaw in wrong])


def _check_direct(channel: Channel, part: Part, direct: Direct) -> None:
    """May this leave without a template, outside the reply window too? Raises ContentRefused."""
    if part.message_kind == "template":
        raise ContentRefused([("/category", _("A template has its own category; leave this one out."))])
    if why := directly.why_barred(channel, timezone.now()):
        raise ContentRefused([("/category", why)])
    adapter = adapter_for(channel.kind)
    wrong = (
        adapter.direct_flaws(
            kind=part.message_kind,
            text=part.text,
            content=part.message_content,
            file_kind=part.attachment.kind if part.attachment else "",
            direct=direct,
        )
        if isinstance(adapter, SendsDirectly)
        else []
    )
    if wrong:
        raise ContentRefused([(flaw.pointer, flaw.detail) for flaw in wrong])


def stopped(channel: Channel, *, is_marketing: bool) -> str:
    """What somebody who opted out on this channel does not get any more, in one sentence; "" if they do."""
    if adapter_for(channel.kind).limits.opt_out_stops_all:
        return _("The customer has opted out of messages on this channel.")
    if is_marketing:
        return _("The customer stopped marketing messages here; other messages may still be sent.")
    return ""


def check_consent(channel: Channel, part: Part, *, is_opted_out: bool) -> None:
    """Whoever wants to send it. Raises OptedOut."""
    is_marketing = part.category == "marketing"
    if is_opted_out and (why := stopped(channel, is_marketing=is_marketing)):
        raise OptedOut(why, pointer="/template/category" if is_marketing else "/channel_id")


def check_person(channel: Channel, address: Address, part: Part) -> None:
    """Does the provider deliver this kind of template to this person at all? Raises NoAddress."""
    adapter = adapter_for(channel.kind)
    if not part.category or not isinstance(adapter, BarsPeople):
        return
    to = Claim(address.kind, address.value)
    if why := adapter.why_barred(to=to, category=part.category):
        raise NoAddress(why, pointer="/template")


def has_window(channel: Channel, kind: str) -> bool:
    """Does the channel take messages of this kind only for some time after the customer wrote?"""
    limits = adapter_for(channel.kind).limits
    return kind != "template" and limits.needs_template and limits.reply_window_h is not None


def check_last_inbound(channel: Channel, last: datetime | None, now: datetime) -> None:
    """Is the window still open that the customer's last message opened? Raises WindowClosed."""
    hours = adapter_for(channel.kind).limits.reply_window_h or 0
    if last is None or last + timedelta(hours=hours) <= now:
        raise WindowClosed(
            _("The customer last wrote more than %s hours ago; only a template can be sent.") % f"{hours:g}"
        )
