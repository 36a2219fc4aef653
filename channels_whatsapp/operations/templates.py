"""What people do with templates: write, change, copy, submit, delete. work.py tells the provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_whatsapp.findings import Draft, Finding
from channels_whatsapp.models import (
    DELETED,
    DISABLED,
    DRAFT,
    EDITABLE,
    PAUSED,
    Template,
    TemplateAccount,
    Work,
)
from channels_whatsapp.operations.card_files import (
    CardFiles,
    card_files_of,
    card_samples,
    keep_card_files,
)
from channels_whatsapp.operations.news import save_templates, tell
from channels_whatsapp.shapes import content_of
from channels_whatsapp.template_counts import count_findings
from channels_whatsapp.template_parts import cards_of, format_of, kind_of, records, with_cards
from channels_whatsapp.template_rules import refusals
from common import queues
from events import audit
from inbox.models import Attachment, Channel
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible, Refused
from inbox.ports import Json

#: Where tenants stand that have something to tell or to ask the provider about templates.
QUEUE = "templates"


class NotReady(Refused):
    """The provider would refuse this template. findings: why, each with its place."""

    code = "validation_failed"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].sentence, pointer="/" + findings[0].where.replace(".", "/"))
        self.findings = list(findings)


class TooOften(NotPossible):
    """The provider takes no more templates, or changes of this one, at the moment."""


class NameTaken(NotPossible):
    """The account has a template of this name in this language."""


def template_account(channel: Channel) -> TemplateAccount:
    """The account of a channel's templates; made, and due to be read, when there is none.

    Raises NotPossible when the channel names no account.
    """
    waba_id = str(channel.config.get("waba_id") or "")
    if not waba_id:
        raise NotPossible(_("This channel names no WhatsApp Business Account; add its ID to the channel."))
    account, is_new = TemplateAccount.objects.get_or_create(waba_id=waba_id, defaults={"channel": channel})
    if is_new:
        request_sync(account=account)
    return account


def request_sync(*, account: TemplateAccount) -> TemplateAccount:
    """Read all templates of an account again, soon. Asked twice it is done once. Writes TemplateAccount."""
    now = timezone.now()
    TemplateAccount.objects.filter(id=account.id, sync_started_at=None).update(sync_due_at=now, attempts=0)
    queues.enqueue(QUEUE)
    account.refresh_from_db()
    return account


def draft_template(
    *,
    account: TemplateAccount,
    by: Author,
    name: str,
    language: str,
    category: str,
    components: list[Json],
    header_file: Attachment | None = None,
    card_files: CardFiles = (),
    send_ttl_s: int | None = None,
) -> Template:
    """Keep a new template; nobody outside hears of it before it is submitted.

    card_files: samples of the cards, by place. Writes Template, CardFile, Event `template.drafted`. Raises
    NameTaken.
    """
    known = Template.objects.filter(account=account, name=name, language=language).first()
    if known and known.status != DELETED:
        raise NameTaken(
            _("There is a template “%(name)s” in this language already.") % {"name": name}, pointer="/name"
        )
    draft = _draft(category, components, send_ttl_s)
    if known is None:
        known = Template.objects.create(account=account, name=name, language=language, category=category)
    values = {"category": category, "components": components}
    audit.note("template.drafted", known.id, str(known), after=values, actor=by.actor)
    known.status, known.provider_id, known.components, known.reason = DRAFT, "", [], ""
    known.category, known.parameter_format = category, draft["parameter_format"]
    known.draft, known.header_file, known.quality = draft, header_file, ""
    keep_card_files(known, card_files)
    tell(known, "template.drafted", by=by)
    save_templates([known])
    return _again(known)


def _draft(category: str, components: list[Json], send_ttl_s: int | None) -> Json:
    about: Json = {"category": category, "parameter_format": format_of(components), "components": components}
    return about if send_ttl_s is None else about | {"send_ttl_s": send_ttl_s}


def _again(template: Template) -> Template:
    template.refresh_from_db()
    return template


def change_template(
    *,
    template: Template,
    by: Author,
    category: str,
    components: list[Json],
    version: int | None = None,
    header_file: Attachment | None = None,
    card_files: CardFiles = (),
    send_ttl_s: int | None = None,
    **names: str,
) -> Template:
    """Keep other content; what is in use stays as it is until that is submitted and approved.

    version: refuse when somebody has saved since; names: name and language, only before the first submission.
    Writes Template, CardFile, Event `template.changed`. Raises NotPossible, NameTaken.
    """
    template = _locked(template)
    _may_change(template, version)
    if template.components and category != template.category and template.is_usable:
        raise NotPossible(
            _("The category of an approved template cannot be changed here; copy it instead."),
            pointer="/category",
        )
    before = template.draft or content_of(template)
    template.draft = _draft(category, components, send_ttl_s)
    values = {"before": _told(before), "after": _told(template.draft)}
    audit.note("template.changed", template.id, str(template), **values, actor=by.actor)
    template.header_file, template.work_error = header_file, ""
    keep_card_files(template, card_files)
    if not template.components:
        _rename(template, **names)
        template.category, template.parameter_format = category, template.draft["parameter_format"]
    tell(template, "template.changed", by=by)
    save_templates([template])
    return _again(template)


def _told(content: Json) -> Json:
    """What an auditor reads of a content."""
    return {name: content.get(name) for name in ("category", "components", "send_ttl_s")}


def _locked(template: Template) -> Template:
    rows = Template.objects.select_for_update(of=("self",)).select_related("account")
    found: Template = rows.get(id=template.id)
    return found


def _may_change(template: Template, version: int | None) -> None:
    if template.status not in EDITABLE:
        raise NotPossible(_("WhatsApp takes no change while a template is %s.") % template.status.lower())
    if template.work:
        raise NotPossible(_("WhatsApp is just being told about this template; wait a moment."))
    if version is not None and version != template.version:
        raise NotPossible(_("Somebody changed this template meanwhile; load it again."), pointer="/version")


def _rename(template: Template, **names: str) -> None:
    wanted = {"name": template.name, "language": template.language, **names}
    if wanted == {"name": template.name, "language": template.language}:
        return
    if Template.objects.filter(account=template.account, **wanted).exclude(id=template.id).exists():
        raise NameTaken(_("There is a template of this name in this language already."), pointer="/name")
    Template.objects.filter(id=template.id).update(**wanted)
    template.name, template.language = wanted["name"], wanted["language"]


def copy_template(*, template: Template, by: Author, name: str, language: str) -> Template:
    """A draft with the same content under another name or in another language. Raises NameTaken."""
    content = content_of(template)
    cards = [_bare_card(card) for card in cards_of(content["components"])]
    parts = with_cards([_without_handle(part) for part in content["components"]], cards)
    return draft_template(
        account=template.account, by=by, name=name, language=language, category=content["category"],
        components=parts, header_file=template.header_file, card_files=card_files_of(template),
        send_ttl_s=content.get("send_ttl_s"),
    )  # fmt: skip


def _bare_card(card: Json) -> Json:
    return {**card, "components": [_without_handle(part) for part in records(card.get("components"))]}


def _without_handle(part: Json) -> Json:
    """A part without what only the provider's answer holds: samples of files are links there, not handles."""
    is_file = kind_of(part) == "HEADER" and str(part.get("format", "TEXT")).upper() != "TEXT"
    return {name: value for name, value in part.items() if not (is_file and name == "example")}


def submit_template(*, template: Template, by: Author) -> Template:
    """Hand the draft to the provider's reviewers, soon. Writes Template, Event `template.submitted`.

    Raises NotReady with every finding, NotPossible when there is nothing to submit, TooOften.
    """
    template = _locked(template)
    _may_change(template, None)
    if template.draft is None:
        raise NotPossible(_("There is nothing new to submit."))
    if found := refusals(as_draft(template)):
        raise NotReady(found)
    if found := [one for one in count_findings(template, timezone.now()) if not one.is_hint]:
        raise TooOften(found[0].sentence)
    template.work = Work.EDIT if template.provider_id else Work.SUBMIT
    _set_to_work(template)
    tell(template, "template.submitted", by=by, work=template.work, was=template.status)
    audit.note("template.submitted", template.id, str(template), actor=by.actor)
    save_templates([template])
    return _again(template)


def as_draft(template: Template) -> Draft:
    """What the rules look at: the draft if there is one, else what is in use."""
    content = template.draft or content_of(template)
    file = template.header_file
    about: dict[str, Any] | None = {"mime": file.mime, "size_bytes": file.size_bytes} if file else None
    cards = card_samples(card_files_of(template))
    parts, ttl_s = content["components"], content.get("send_ttl_s")
    return Draft(template.name, template.language, content["category"], parts, about, cards, ttl_s)


def _set_to_work(template: Template) -> None:
    template.work_due_at, template.work_attempts, template.work_error = timezone.now(), 0, ""
    queues.enqueue(QUEUE)


def unpause_template(*, template: Template, by: Author) -> Template:
    """Ask the provider to let a paused template go on, soon. Writes Template, Event
    `template.release_asked`. Raises NotPossible."""
    template = _locked(template)
    if template.status != PAUSED or template.work:
        raise NotPossible(_("Only a paused template can be asked to go on."))
    template.work = Work.UNPAUSE
    _set_to_work(template)
    tell(template, "template.release_asked", by=by)
    audit.note("template.release_asked", template.id, str(template), actor=by.actor)
    save_templates([template])
    return _again(template)


def delete_template(*, template: Template, by: Author) -> Template | None:
    """Delete one language of a template: a draft at once, any other at the provider first, soon.

    Writes Template, Event `template.deleted` (or `template.deletion_asked`). Gives None when it is gone.
    Raises NotPossible.
    """
    template = _locked(template)
    if template.status == DISABLED:
        raise NotPossible(_("WhatsApp deletes no disabled template; it stays in the list."))
    if template.work:
        raise NotPossible(_("WhatsApp is just being told about this template; wait a moment."))
    audit.note("template.deleted", template.id, str(template), actor=by.actor)
    if not template.provider_id:
        tell(template, "template.deleted", by=by)
        template.delete()
        return None
    template.work = Work.DELETE
    _set_to_work(template)
    tell(template, "template.deletion_asked", by=by)
    save_templates([template])
    return _again(template)
