"""Reads of templates: by a channel, for a page of the list, for what depends on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from channels_whatsapp.models import APPROVED, DELETED, DISABLED, PAUSED, USABLE, Template, TemplateAccount
from channels_whatsapp.shapes import kept_shape
from common.api.pages import Keyset
from inbox.models import Channel, Delivery, DeliveryState
from inbox.models.deliveries import UNSETTLED
from inbox.ports import Json
from inbox.queries.template_uses import TemplateUse, template_uses

BY_NAME = Keyset("name", ("name", "id"), (str, UUID), is_falling=False)
#: Parts of the list's rows that only a whole template needs.
HEAVY = ("components", "history")


def account_of(channel: Channel) -> TemplateAccount | None:
    """The account whose templates a channel sends, None before it was ever read."""
    waba_id = str(channel.config.get("waba_id") or "")
    return TemplateAccount.objects.filter(waba_id=waba_id).first() if waba_id else None


def templates_of(channel_id: UUID) -> QuerySet[Template]:
    """Every template a channel sends. Raises Channel.DoesNotExist."""
    waba_id = Channel.objects.values_list("config__waba_id", flat=True).get(id=channel_id)
    return Template.objects.filter(account__waba_id=str(waba_id or "")).exclude(status=DELETED)


def kept_templates(channel_id: UUID) -> list[Json]:
    """See ``inbox.ports.KeepsTemplates``."""
    return [kept_shape(row) for row in templates_of(channel_id).order_by("name", "language")]


def kept_template(channel_id: UUID, *, name: str, language: str) -> Json | None:
    """See ``inbox.ports.KeepsTemplates``."""
    account = Channel.objects.filter(id=channel_id).values_list(KeyTextTransform("waba_id", "config"))
    rows = Template.objects.filter(account__waba_id__in=account, name=name, language=language)
    row = rows.exclude(status=DELETED).order_by("id").first()
    return kept_shape(row) if row else None


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """Which templates. status "sendable": those an agent may look for; without one, all but deleted ones."""

    search: str = ""
    status: str = ""
    category: str = ""
    language: str = ""
    account: str = ""
    channel: UUID | None = None

    def rows(self) -> QuerySet[Template]:
        """The templates it fits, in no order."""
        rows = templates_of(self.channel) if self.channel else Template.objects.all()
        rows = rows.filter(self._status())
        plain = {"category": self.category, "language": self.language, "account__waba_id": self.account}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        for word in self.search.replace("_", " ").split():
            rows = rows.filter(name__icontains=word)
        return rows.select_related("account")

    def _status(self) -> Q:
        if self.status == "sendable":
            return Q(status__in=[*USABLE, PAUSED, DISABLED])
        if self.status == APPROVED:
            return Q(status__in=USABLE)
        return Q(status=self.status) if self.status else ~Q(status=DELETED)


def template_rows() -> QuerySet[Template]:
    """Whole templates with what their pages show."""
    return Template.objects.select_related("account__channel", "header_file")


def uses_of(template: Template) -> list[TemplateUse]:
    """What else sends a template on a channel of its account."""
    channels = Channel.objects.filter(kind="whatsapp", config__waba_id=template.account.waba_id)
    return template_uses(channels=list(channels), name=template.name, language=template.language)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that still need a template: queued to leave, and held for it."""

    queued: int
    held: int

    @property
    def total(self) -> int:
        return self.queued + self.held


def waiting_for(template: Template) -> Waiting:
    """Counts what a template's end would stop; the few messages that have not left are found by index."""
    same: dict[str, Any] = {"content__name": template.name, "content__language": template.language}
    channels = Channel.objects.filter(config__waba_id=template.account.waba_id).values("id")
    waiting = Delivery.objects.filter(channel__in=channels, message__kind="template")
    waiting = waiting.filter(**{f"message__{key}": value for key, value in same.items()})
    held = waiting.filter(state=DeliveryState.HELD).count()
    return Waiting(waiting.filter(state__in=UNSETTLED).count(), held)
