"""Saved replies: shared ones of the workspace, and each member's own."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events import audit
from inbox.models import SavedReply
from inbox.operations.errors import Refused
from tenants.models import Member

NAME_MAX, TEXT_MAX = 80, 4096


class NameTaken(Refused):
    """Another saved reply of the same owner has this name."""

    code = "conflict"


def create_saved_reply(*, name: str, text: str, owner: Member | None) -> SavedReply:
    """Keep a text under a name; owner None: for everybody. Writes SavedReply. Raises Refused, NameTaken."""
    made = _keep(SavedReply(owner=owner), name, text)
    audit.note("saved_reply.made", made.id, made.name, after=_said(made))
    return made


def change_saved_reply(*, reply: SavedReply, name: str | None = None, text: str | None = None) -> SavedReply:
    """None: as it is now, whoever has changed it since it was read. Writes SavedReply. Raises Refused,
    NameTaken, SavedReply.DoesNotExist."""
    reply = SavedReply.objects.select_for_update(of=("self",)).get(id=reply.id)
    before = _said(reply)
    _keep(reply, reply.name if name is None else name, reply.text if text is None else text)
    audit.note("saved_reply.changed", reply.id, reply.name, before=before, after=_said(reply))
    return reply


def delete_saved_reply(*, reply: SavedReply) -> None:
    """Drafts and messages made from it stay as they are."""
    audit.note("saved_reply.deleted", reply.id, reply.name, before=_said(reply), after={})
    reply.delete()


def _said(reply: SavedReply) -> dict[str, object]:
    return {"name": reply.name, "text": reply.text, "for everybody": reply.owner_id is None}


def _keep(reply: SavedReply, name: str, text: str) -> SavedReply:
    reply.name, reply.text = name.strip(), text.strip()
    if not reply.name or len(reply.name) > NAME_MAX:
        raise Refused(_("A name has 1 to %d characters.") % NAME_MAX, pointer="/name")
    if not reply.text or len(reply.text) > TEXT_MAX:
        raise Refused(_("A text has 1 to %d characters.") % TEXT_MAX, pointer="/text")
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError as error:
        if "savedreply_name_once" not in str(error):
            raise
        raise NameTaken(_("There is a saved reply with this name already."), pointer="/name") from None
    return reply
