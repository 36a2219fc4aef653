"""Macros: several steps under one name, shared ones of the workspace and each member's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events import audit
from inbox.models import Macro, Priority
from inbox.operations.errors import Refused
from inbox.operations.saved_replies import NAME_MAX, TEXT_MAX, NameTaken
from inbox.operations.threads import LABELS_MAX
from tenants.models import Member, Team

NOTE_MAX = 10_000
HOURS_MAX = 24 * 366
ASSIGN_TO = ("me", "nobody", "member", "team")
Steps = dict[str, Any]


def create_macro(*, name: str, steps: Mapping[str, Any], owner: Member | None) -> Macro:
    """Keep steps under a name; owner None: for everybody. Writes Macro. Raises Refused, NameTaken."""
    made = _keep(Macro(owner=owner), name, steps)
    audit.note("macro.made", made.id, made.name, after=_said(made))
    return made


def change_macro(*, macro: Macro, name: str | None = None, steps: Mapping[str, Any] | None = None) -> Macro:
    """None: as it is now, whoever has changed it since it was read. Writes Macro. Raises Refused, NameTaken,
    Macro.DoesNotExist."""
    macro = Macro.objects.select_for_update(of=("self",)).get(id=macro.id)
    before = _said(macro)
    _keep(macro, macro.name if name is None else name, steps)
    audit.note("macro.changed", macro.id, macro.name, before=before, after=_said(macro))
    return macro


def delete_macro(*, macro: Macro) -> None:
    """What it did stays as it is."""
    audit.note("macro.deleted", macro.id, macro.name, before=_said(macro), after={})
    macro.delete()


def _said(macro: Macro) -> dict[str, object]:
    return {"name": macro.name, "for everybody": macro.owner_id is None, **macro.steps}


def _keep(macro: Macro, name: str, steps: Mapping[str, Any] | None) -> Macro:
    """steps None: those it has, even where they name somebody who is gone by now."""
    macro.name, macro.steps = name.strip(), macro.steps if steps is None else _checked(steps)
    if not macro.name or len(macro.name) > NAME_MAX:
        raise Refused(_("A name has 1 to %d characters.") % NAME_MAX, pointer="/name")
    try:
        with transaction.atomic():
            macro.save()
    except IntegrityError as error:
        if "macro_name_once" not in str(error):
            raise
        raise NameTaken(_("There is a macro with this name already."), pointer="/name") from None
    return macro


def _checked(steps: Mapping[str, Any]) -> Steps:
    """The steps that do something, in the order they are done. Raises Refused."""
    if steps.get("snooze") and steps.get("close"):
        raise Refused(_("A conversation is snoozed or closed, not both."), pointer="/steps/close")
    found = {key: check(steps[key]) for key, check in _CHECKS.items() if steps.get(key)}
    found = {key: value for key, value in found.items() if value}
    if not found:
        raise Refused(_("Choose at least one thing to do."), pointer="/steps")
    return found


def _reply(text: str) -> str:
    return _text(text, TEXT_MAX, "reply")


def _note(text: str) -> str:
    return _text(text, NOTE_MAX, "note")


def _text(text: str, most: int, key: str) -> str:
    if len(text) > most:
        raise Refused(_("At most %d characters.") % most, pointer=f"/steps/{key}")
    return text.strip()


def _labels(words: Sequence[str]) -> list[str]:
    labels = list(dict.fromkeys(one.strip() for one in words if one.strip()))
    if len(labels) > LABELS_MAX or any(len(one) > 60 for one in labels):
        raise Refused(_("At most %d labels of 60 characters each.") % LABELS_MAX, pointer="/steps/add_labels")
    return labels


def _assignment(wanted: Mapping[str, Any]) -> Steps:
    to, key = wanted.get("to"), wanted.get("id")
    if to in {"me", "nobody"}:
        return {"to": to}
    rows = {"member": Member.objects.filter(is_active=True), "team": Team.objects.all()}.get(str(to))
    if rows is None or not key or not rows.filter(id=key).exists():
        raise Refused(_("There is nobody like that to assign to."), pointer="/steps/assign")
    return {"to": to, "id": str(key)}


def _priority(word: str) -> str:
    if word.upper() not in Priority.names:
        raise Refused(_("There is no such priority."), pointer="/steps/priority")
    return word.lower()


def _snooze(wanted: Mapping[str, Any]) -> Steps:
    hours = wanted.get("hours")
    if hours is not None and not 1 <= int(hours) <= HOURS_MAX:
        raise Refused(_("Between 1 and %d hours.") % HOURS_MAX, pointer="/steps/snooze")
    return {"hours": None if hours is None else int(hours)}


#: Every step with what checks it, in the order they are done.
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "reply": _reply,
    "note": _note,
    "add_labels": _labels,
    "assign": _assignment,
    "priority": _priority,
    "snooze": _snooze,
    "close": bool,
}
