"""The set-up as one file: written from a workspace, compared with one, taken over into one.

A file names channels by kind and name, never by id, so that it means the same in another workspace.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from inbox.models import Channel
from inbox.operations.authors import Author
from notifications.checking import Fault, key_is_good, shape_faults
from notifications.models import Category, NotificationType, QuietHours
from notifications.operations.configuration_parts import (
    PARTS,
    PARTS_MAX,
    Item,
    compare_parts,
    export_parts,
    part_things,
    take_parts,
)
from notifications.operations.consents import set_quiet_hours
from notifications.operations.reviews import publish_or_propose
from notifications.operations.types import (
    FIELDS,
    change_type,
    create_type,
    draft_faults,
    save_draft,
)
from notifications.queries.types import differences, draft_of
from notifications.variables import Json

FORMAT = "parley.notifications/1"
TYPES_MAX = 500
QUIET = "quiet_hours"
_TYPE_FIELDS = ("name", "category", "mandatory")


class BadFile(Exception):
    """What was given is no such file."""


# ---------------------------------------------------------------- writing


def export_configuration() -> Json:
    """Types that are in use, as they are published (else as drafted), quiet hours, and the other parts."""
    types = NotificationType.objects.filter(archived_at=None).select_related("current").order_by("key")
    names = {str(row.id): _channel_name(row) for row in Channel.objects.all()}
    written = [_written(named, names) for named in types]
    return {"format": FORMAT, QUIET: _quiet(), **export_parts(), "types": written}


def _channel_name(channel: Channel) -> str:
    return f"{channel.kind}:{channel.name}"


def _quiet() -> Json | None:
    row = QuietHours.objects.first()
    if row is None:
        return None
    return {"start": f"{row.start:%H:%M}", "end": f"{row.end:%H:%M}", "timezone": row.timezone}


def _written(named: NotificationType, names: Mapping[str, str]) -> Json:
    version = named.current or draft_of(named)
    said = {field: getattr(version, field) for field in FIELDS} if version else {}
    return {
        "key": named.key,
        **{field: getattr(named, field) for field in _TYPE_FIELDS},
        "published": named.current is not None,
        **_renamed(said, names),
    }


def _renamed(said: Json, names: Mapping[str, str]) -> Json:
    """With other words for channels, in ladder and contents; what is unknown or misshapen stays."""
    found = dict(said)
    if isinstance(said.get("ladder"), list):
        found["ladder"] = [_rung(rung, names) for rung in said["ladder"]]
    if isinstance(said.get("contents"), dict):
        found["contents"] = {names.get(channel, channel): it for channel, it in said["contents"].items()}
    return found


def _rung(rung: Any, names: Mapping[str, str]) -> Any:
    channel = rung.get("channel") if isinstance(rung, dict) else None
    return {**rung, "channel": names[channel]} if isinstance(channel, str) and channel in names else rung


# ---------------------------------------------------------------- comparing


def read_file(data: Any) -> Json:
    """What somebody gave, if it is such a file; only its frame is looked at. Raises BadFile."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadFile(_("This is no file of notifications: its format must be “%s”.") % FORMAT)
    types = data.get("types")
    if not isinstance(types, list) or not all(isinstance(one, dict) for one in types):
        raise BadFile(_("“types” must be a list of types."))
    if len(types) > TYPES_MAX:
        raise BadFile(_("A file holds at most %d types.") % TYPES_MAX)
    keys = [one.get("key") for one in types]
    if not all(isinstance(key, str) for key in keys) or len(set(keys)) != len(keys):
        raise BadFile(_("Each type needs a key of its own."))
    if any(len(part_things(data, part)) > PARTS_MAX for part in PARTS):
        raise BadFile(_("A part of a file holds at most %d things.") % PARTS_MAX)
    return data


def compare(file: Json, *, may: Collection[str] | None = None) -> list[Item]:
    """Each thing of a file beside what is here; what is only here stays as it is.

    may: the scopes of who asks, None for all: what they may not change is wrong.
    """
    here = {one["key"]: one for one in export_configuration()["types"]}
    ids = _ids()
    found = [_compared(one, here.get(one["key"]), ids) for one in file["types"]]
    found = [*compare_parts(file, may), *found]
    quiet = file.get(QUIET)
    return [_compared_quiet(quiet), *found] if quiet is not None else found


def _ids() -> dict[str, str]:
    """Name of a channel in a file → its id here; of two with one name the older one."""
    return {_channel_name(row): str(row.id) for row in Channel.objects.order_by("-id")}


def _compared(given: Json, have: Json | None, ids: Mapping[str, str]) -> Item:
    name = str(given.get("name") or given["key"])[:120]
    if faults := _faults(given, ids):
        return Item(given["key"], name, "wrong", faults=faults)
    if have is None:
        return Item(given["key"], name, "new")
    found = differences(have, {**have, **given})
    return Item(given["key"], name, "changed" if found else "same", found)


def _faults(given: Json, ids: Mapping[str, str]) -> list[Fault]:
    """Why a type of a file cannot be taken."""
    if not key_is_good(given["key"]):
        return [("/key", _("A key has small letters, digits and _, like fraud_alert."))]
    known = {"key", "published", *_TYPE_FIELDS, *FIELDS}
    found = [(f"/{name}", _("This is no part of a type.")) for name in given if name not in known]
    if not isinstance(given.get("name"), str) or not 0 < len(given["name"]) <= 120:
        found.append(("/name", _("A name has 1 to 120 characters.")))
    if given.get("category") not in Category.values:
        found.append(("/category", _("The category is one of %s.") % ", ".join(Category.values)))
    flags = [name for name in ("mandatory", "published") if not isinstance(given.get(name, False), bool)]
    found += [(f"/{name}", _("This is true or false.")) for name in flags]
    said = _renamed({name: given[name] for name in FIELDS if name in given}, ids)
    return found or _strangers(said) or shape_faults(said)


def _strangers(said: Json) -> list[Fault]:
    """Channels that are not here: their names are still there where others have become ids."""
    ladder, contents = said.get("ladder"), said.get("contents")
    rungs = (
        [rung.get("channel") for rung in ladder if isinstance(rung, dict)] if isinstance(ladder, list) else []
    )
    names = dict.fromkeys([*rungs, *(contents if isinstance(contents, dict) else ())])
    return [
        ("/ladder", _("There is no channel “%s” here.") % name)
        for name in names
        if isinstance(name, str) and ":" in name
    ]


def _compared_quiet(given: Any) -> Item:
    name = _("Quiet hours")
    wanted = {"start", "end", "timezone"}
    if not isinstance(given, dict) or set(given) != wanted or not _are_times(given):
        fault = (f"/{QUIET}", _("Quiet hours have a start, an end, both like 21:00, and a timezone."))
        return Item(QUIET, name, "wrong", faults=[fault])
    have = _quiet()
    found = differences(have or {}, given)
    return Item(QUIET, name, "new" if have is None else "changed" if found else "same", found)


def _are_times(given: Json) -> bool:
    try:
        return all(time.fromisoformat(given[name]) is not None for name in ("start", "end"))
    except (TypeError, ValueError):
        return False


# ---------------------------------------------------------------- taking over


def take_over(
    file: Json, *, keys: Collection[str], by: Author, may: Collection[str] | None = None
) -> list[str]:
    """Take the things with these keys from a file; what was published there is published here, if it can be.

    Gives the keys of types that stay drafts because something keeps them from being published here, or a
    second person has to look first. Writes
    what ``create_type``, ``save_draft``, ``publish_draft`` and ``set_quiet_hours`` write. Raises UnknownZone.
    """
    wanted = [
        one.key for one in compare(file, may=may) if one.key in keys and one.state in {"new", "changed"}
    ]
    ids = _ids()
    if QUIET in wanted:
        given = file[QUIET]
        start, end = (time.fromisoformat(given[name]) for name in ("start", "end"))
        set_quiet_hours(start=start, end=end, timezone=given["timezone"], by=by)
    take_parts(file, wanted, by)
    return [one["key"] for one in file["types"] if one["key"] in wanted and not _taken(one, ids=ids, by=by)]


def _taken(given: Json, *, ids: Mapping[str, str], by: Author) -> bool:
    """Whether it is as it was there: published, or a draft."""
    fields = {name: given[name] for name in _TYPE_FIELDS if name in given}
    said = _renamed({"ladder": [], "contents": {}, **{k: given[k] for k in FIELDS if k in given}}, ids)
    named = NotificationType.objects.filter(key=given["key"]).first()
    if named is None:
        named = create_type(key=given["key"], by=by, **fields, **said)
    else:
        changed = {name: value for name, value in fields.items() if getattr(named, name) != value}
        if changed:
            change_type(named=named, by=by, **changed)
        save_draft(named=named, by=by, **{name: said[name] for name in said if name in given})
    if not given.get("published"):
        return True
    if draft_faults(named):
        return False
    return publish_or_propose(named=named, by=by)
