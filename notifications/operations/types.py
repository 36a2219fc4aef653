"""Making types and versions: draft, publish, roll back, archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from events import audit, bus
from inbox.operations.authors import Author
from notifications.checking import Fault, key_is_good, publish_faults, shape_faults
from notifications.models import (
    Category,
    NotificationType,
    Proposal,
    ProposalState,
    TypeVersion,
    VersionState,
)
from notifications.queries.files import file_faults
from notifications.queries.reviews import needs_second_person
from notifications.queries.templates import template_trouble
from notifications.queries.types import channels_of, kinds_of

#: What a version says; everything else on the row is about who and when.
FIELDS = (
    "variables", "contents", "ladder", "actions", "ttl_s", "quiet_hours", "dedupe_window_s", "throttle",
    "digest", "lane", "fallback_language",
)  # fmt: skip


class InvalidVersion(Exception):
    """A version that cannot be saved or published. faults: (JSON pointer, sentence) of each reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0][1])
        self.faults = list(faults)


class TypeKeyTaken(Exception):
    """Another type has this key."""


class StaleDraft(Exception):
    """Somebody edited this draft meanwhile; `version` is the newer row."""

    def __init__(self, version: TypeVersion) -> None:
        super().__init__("Somebody else changed this draft meanwhile; read it again, then decide.")
        self.version = version


class NeedsSecondPerson(Exception):
    """This workspace publishes only what a second person approved: propose it instead."""


class NothingToPublish(Exception):
    """There is no draft, or the version asked for cannot be used."""


def create_type(
    *, key: str, name: str, category: str, mandatory: bool = False, by: Author, **fields: Any
) -> NotificationType:
    """A new type with a first draft; `fields` as in ``save_draft``.

    Writes NotificationType, TypeVersion, Event `notification_type.created`.
    Raises InvalidVersion, TypeKeyTaken.
    """
    if not key_is_good(key):
        raise InvalidVersion([("/key", "A key has small letters, digits and _, like fraud_alert.")])
    try:
        with transaction.atomic():
            made = NotificationType.objects.create(key=key, name=name, category=category, mandatory=mandatory)
    except IntegrityError:
        raise TypeKeyTaken(f"There is a type {key} already.") from None
    lane = {Category.AUTHENTICATION: 0, Category.MARKETING: 3}.get(Category(category), 2)
    after = {"key": key, "name": name, "category": category, "mandatory": mandatory}
    audit.note("notification_type.created", made.id, key, after=after, actor=by.actor)
    save_draft(named=made, by=by, **{"lane": lane, **fields})
    _tell("notification_type.created", made, by)
    return made


def copy_type(*, named: NotificationType, key: str, name: str, by: Author) -> NotificationType:
    """A new type whose draft says what another's draft says, or what is published of it.

    Writes as ``create_type`` does. Raises TypeKeyTaken, InvalidVersion for a wrong key.
    """
    start = TypeVersion.objects.filter(type=named).order_by("-number").first()
    said = model_to_dict(start, fields=FIELDS) if start else {}
    return create_type(key=key, name=name, category=named.category, mandatory=named.mandatory, by=by, **said)


def change_type(*, named: NotificationType, by: Author, **fields: Any) -> NotificationType:
    """Change name, category or mandatory. Writes NotificationType, Event `notification_type.updated`."""
    for name in fields:
        if name not in {"name", "category", "mandatory"}:
            raise TypeError(f"not editable: {name}")
    before = {name: getattr(named, name) for name in fields}
    for name, value in fields.items():
        setattr(named, name, value)
    named.save(update_fields=[*fields, "updated_at"])
    _tell("notification_type.updated", named, by, before=before, after=fields)
    return named


def archive_type(*, named: NotificationType, by: Author, archived: bool = True) -> NotificationType:
    """Take a type out of use, or back into it. Accepted notifications go on.

    Writes NotificationType, Event `notification_type.archived` or `notification_type.restored`.
    """
    if (named.archived_at is not None) == archived:
        return named
    named.archived_at = timezone.now() if archived else None
    named.save(update_fields=["archived_at", "updated_at"])
    _tell("notification_type.archived" if archived else "notification_type.restored", named, by)
    return named


def save_draft(
    *, named: NotificationType, by: Author, revision: int | None = None, **fields: Any
) -> TypeVersion:
    """Edit the draft of a type, or begin one from the published version.

    fields: any of FIELDS, each whole. revision: the one the editor saw; raises StaleDraft when it moved on.
    Writes TypeVersion, Event `notification_type.drafted`. Raises InvalidVersion for wrong shapes.
    """
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    if faults := shape_faults(fields):
        raise InvalidVersion(faults)
    draft = _draft(named, by)
    if revision is not None and draft.revision != revision:
        raise StaleDraft(draft)
    before = {name: getattr(draft, name) for name in fields}
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.revision += 1
    draft.save()
    withdraw_proposals(named, "The draft was changed.")
    _tell("notification_type.drafted", named, by, draft, before=before, after=fields)
    return draft


def _draft(named: NotificationType, by: Author) -> TypeVersion:
    NotificationType.objects.select_for_update().get(id=named.id)  # one begins a draft at a time
    found = TypeVersion.objects.filter(type=named, state=VersionState.DRAFT).first()
    if found:
        return found
    last = TypeVersion.objects.filter(type=named).order_by("-number").first()
    start = named.current or last
    said = model_to_dict(start, fields=FIELDS) if start else {}
    return TypeVersion(
        type=named, number=last.number + 1 if last else 1, created_by=by.name, revision=0, **said
    )


def discard_draft(*, named: NotificationType, by: Author) -> bool:
    """Drop a draft; what is published stays.

    Writes TypeVersion, Event `notification_type.draft_discarded`.
    """
    gone, _ = TypeVersion.objects.filter(type=named, state=VersionState.DRAFT).delete()
    if gone:
        withdraw_proposals(named, "The draft was dropped.")
        _tell("notification_type.draft_discarded", named, by)
    return bool(gone)


def withdraw_proposals(named: NotificationType, why: str) -> None:
    """What was proposed is not what the draft says now. Writes Proposal."""
    waiting = Proposal.objects.filter(type=named, state=ProposalState.OPEN)
    waiting.update(state=ProposalState.WITHDRAWN, reason=why, decided_at=timezone.now())


def publish_draft(
    *, named: NotificationType, by: Author, revision: int | None = None, is_approved: bool = False
) -> TypeVersion:
    """Let new notifications use the draft; those accepted before keep their version.

    is_approved: a second person has looked. Writes TypeVersion, NotificationType, Event
    `notification_type.published`. Raises NeedsSecondPerson, NothingToPublish, StaleDraft, and InvalidVersion
    with every reason.
    """
    if not is_approved and needs_second_person():
        raise NeedsSecondPerson(
            "Publishing needs a second person here: propose it, and somebody else approves."
        )
    named = NotificationType.objects.select_for_update().get(id=named.id)
    draft = TypeVersion.objects.filter(type=named, state=VersionState.DRAFT).first()
    if draft is None:
        raise NothingToPublish("There is no draft of this type; edit it first.")
    if revision is not None and draft.revision != revision:
        raise StaleDraft(draft)
    if faults := faults_of(draft):
        raise InvalidVersion(faults)
    draft.state, draft.published_by, draft.published_at = VersionState.PUBLISHED, by.name, timezone.now()
    draft.save(update_fields=["state", "published_by", "published_at", "updated_at"])
    withdraw_proposals(named, "It was published without a decision.")
    return _make_current(named, draft, by)


def roll_back(*, named: NotificationType, number: int, by: Author) -> TypeVersion:
    """Let new notifications use an earlier published version again.

    Writes NotificationType, Event `notification_type.published`. Raises NothingToPublish, InvalidVersion.
    """
    named = NotificationType.objects.select_for_update().get(id=named.id)
    version = TypeVersion.objects.filter(type=named, number=number, state=VersionState.PUBLISHED).first()
    if version is None:
        raise NothingToPublish(f"Version {number} was never published.")
    if faults := faults_of(version):
        raise InvalidVersion(faults)
    return _make_current(named, version, by)


def _make_current(named: NotificationType, version: TypeVersion, by: Author) -> TypeVersion:
    before = named.current.number if named.current else None
    named.current = version
    named.save(update_fields=["current", "updated_at"])
    version.type = named
    numbers = {"before": {"version": before}, "after": {"version": version.number}}
    _tell("notification_type.published", named, by, version, **numbers)
    return version


def draft_faults(named: NotificationType) -> list[Fault]:
    """What keeps the draft of a type from being published. Raises TypeVersion.DoesNotExist without one."""
    return faults_of(TypeVersion.objects.get(type=named, state=VersionState.DRAFT))


def faults_of(version: TypeVersion) -> list[Fault]:
    """What keeps a version from being published. Reads channels, the templates kept of them, and files."""
    said = {name: getattr(version, name) for name in FIELDS}
    found = shape_faults(said)
    return found or [
        *publish_faults(said, kinds_of(version.ladder)),
        *file_faults(version.contents),
        *_template_faults(version),
    ]


def _template_faults(version: TypeVersion) -> list[Fault]:
    """Templates that a rung's channel is known not to have; a channel that keeps none is not asked."""
    found = []
    for rung in version.ladder:
        channel = next(iter(channels_of(rung["channel"])), None)
        if channel is None:
            continue
        name = rung["channel"] if rung["channel"] in version.contents else channel.kind
        for language, content in version.contents.get(name, {}).items():
            if sentence := template_trouble(channel, content):
                found.append((f"/contents/{name}/{language}", sentence))
    return found


def _tell(
    event: str, named: NotificationType, by: Author, version: TypeVersion | None = None, **values: Any
) -> None:
    """values: what ``audit.note`` takes."""
    data: dict[str, Any] = {"type": {"id": named.id, "key": named.key, "name": named.name}}
    if version is not None:
        data["version"] = {"id": version.id, "number": version.number, "state": version.state}
    bus.record(event, data, actor=by.actor)
    audit.note(event, named.id, named.key, **values, actor=by.actor)
