"""What a file of configuration holds beside types: business hours, teams, and replies that everybody shares.

Each part is written, compared and taken over by itself; things in it are known by name, never by id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import SavedReply
from inbox.operations.authors import Author
from inbox.operations.saved_replies import NAME_MAX, TEXT_MAX, change_saved_reply, create_saved_reply
from notifications.checking import Fault
from notifications.queries.types import Difference, differences
from notifications.variables import Json
from tenants.models import BusinessHours, Member, Team
from tenants.operations.hours import BadHours, set_hours
from tenants.operations.teams import change_team, create_team
from tenants.shapes import hours_shape

PARTS_MAX = 1_000
TEAM_NAME_MAX, COLOURS = 80, 12


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a file beside what is here. state: new, changed, same, or wrong, which is never taken."""

    key: str
    name: str
    state: str
    found: list[Difference] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a file. label: for people; scope: what it takes to change it; have: {name: what is here};
    faults: what is wrong with one given thing; take: make it so."""

    name: str
    label: Any
    scope: str
    have: Callable[[], dict[str, Json]]
    faults: Callable[[Json], Iterator[Fault]]
    take: Callable[[Json, Author], None]


def export_parts() -> Json:
    """Every part that says something here; business hours as one thing, the others as lists."""
    found: Json = {}
    for part in PARTS:
        if things := list(part.have().values()):
            found[part.name] = things[0] if part.name == HOURS else things
    return found


def part_things(file: Mapping[str, Any], part: Part) -> list[Any]:
    """What a file says of a part; one that is no list is one thing."""
    given = file.get(part.name)
    if given is None:
        return []
    return given if isinstance(given, list) and part.name != HOURS else [given]


def compare_parts(file: Mapping[str, Any], may: Collection[str] | None = None) -> list[Item]:
    """Each thing of these parts beside what is here. may: the scopes of who asks; None for all."""
    found = []
    for part in PARTS:
        have, seen = part.have(), set()
        for given in part_things(file, part):
            item = _compared(part, given, have, may)
            if item.key in seen:
                item = Item(item.key, item.name, "wrong", faults=[("/name", _("It stands here twice."))])
            seen.add(item.key)
            found.append(item)
    return found


def _compared(part: Part, given: Any, have: Mapping[str, Json], may: Collection[str] | None) -> Item:
    key, name = _key_of(part, given), _name_of(given)
    label = str(part.label) if part.name == HOURS else f"{part.label} “{name}”"
    if may is not None and part.scope not in may:
        return Item(
            key, label, "wrong", faults=[("", _("You may not change this: it needs %s.") % part.scope)]
        )
    if faults := list(part.faults(given) if isinstance(given, dict) else [("", _("This takes an object."))]):
        return Item(key, label, "wrong", faults=faults)
    before = have.get(name)
    if before is None:
        return Item(key, label, "new")
    changed = differences(before, {**before, **given})
    return Item(key, label, "changed" if changed else "same", changed)


def _name_of(given: Any) -> str:
    return str(given.get("name") or "")[:120] if isinstance(given, dict) else ""


def _key_of(part: Part, given: Any) -> str:
    """What a thing is called when it is chosen: there is one of business hours, of others one per name."""
    return part.name if part.name == HOURS else f"{part.name}:{_name_of(given)}"


def take_parts(file: Mapping[str, Any], keys: Collection[str], by: Author) -> None:
    """Make those with these keys so; they were compared before. Writes what each operation writes."""
    for part in PARTS:
        for given in part_things(file, part):
            if _key_of(part, given) in keys:
                part.take(given, by)


# ---------------------------------------------------------------- business hours

HOURS = "business_hours"


def _hours_here() -> dict[str, Json]:
    row = BusinessHours.objects.first()
    return {"": dict(hours_shape(row))} if row else {}


def _hours_faults(given: Json) -> Iterator[Fault]:
    if set(given) != {"zone", "is_always", "week", "holidays"}:
        yield "", _("Business hours have a zone, is_always, a week and holidays.")
        return
    try:
        _read_hours(given)
    except (BadHours, TypeError, ValueError, KeyError) as refused:
        words = str(refused) if isinstance(refused, BadHours) else _("These are no hours that a clock shows.")
        yield f"/{getattr(refused, 'field', 'week')}", words


def _read_hours(given: Json) -> Json:
    """The arguments of ``set_hours``. Raises ValueError, TypeError, KeyError for what has another shape."""
    week = [[(int(start), int(end)) for start, end in day] for day in given["week"]]
    if len(week) != 7 or any(not 0 <= a < b <= 1440 for day in week for a, b in day):
        raise BadHours("week", _("A week has seven days, each with [from, to] in minutes."))
    holidays = [(date.fromisoformat(one["date"]), str(one.get("name", ""))) for one in given["holidays"]]
    return {
        "zone": str(given["zone"]),
        "is_always": bool(given["is_always"]),
        "week": week,
        "holidays": holidays,
    }


def _member(by: Author) -> Member | None:
    """Who does it, when it is a person."""
    return Member.objects.filter(id=by.id).first() if by.kind == "member" and by.id else None


def _take_hours(given: Json, by: Author) -> None:
    set_hours(**_read_hours(given), by=_member(by))


# ---------------------------------------------------------------- teams


def _teams_here() -> dict[str, Json]:
    rows = Team.objects.order_by("name", "id")
    return {row.name: {"name": row.name, "colour": row.colour} for row in rows}


def _team_faults(given: Json) -> Iterator[Fault]:
    yield from _named_faults(given, {"name", "colour"}, TEAM_NAME_MAX)
    colour = given.get("colour", 0)
    if not isinstance(colour, int) or isinstance(colour, bool) or not 0 <= colour < COLOURS:
        yield "/colour", _("A colour is a number from 0 to 11.")


def _take_team(given: Json, by: Author) -> None:
    row, colour = Team.objects.filter(name=given["name"]).first(), int(given.get("colour", 0))
    if row is None:
        create_team(name=given["name"], colour=colour)
    else:
        change_team(team=row, name=row.name, colour=colour)


# ---------------------------------------------------------------- saved replies


def _replies_here() -> dict[str, Json]:
    rows = SavedReply.objects.filter(owner=None).order_by("name", "id")
    return {row.name: {"name": row.name, "text": row.text} for row in rows}


def _reply_faults(given: Json) -> Iterator[Fault]:
    yield from _named_faults(given, {"name", "text"}, NAME_MAX)
    text = given.get("text")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= TEXT_MAX:
        yield "/text", _("A text has 1 to %d characters.") % TEXT_MAX


def _take_reply(given: Json, by: Author) -> None:
    row = SavedReply.objects.filter(owner=None, name=given["name"]).first()
    if row is None:
        create_saved_reply(name=given["name"], text=given["text"], owner=None)
    else:
        change_saved_reply(reply=row, name=row.name, text=given["text"])


def _named_faults(given: Json, fields: Collection[str], most: int) -> Iterator[Fault]:
    yield from ((f"/{name}", _("There is no such field here.")) for name in given if name not in fields)
    name = given.get("name")
    if not isinstance(name, str) or name != name.strip() or not 0 < len(name) <= most:
        yield "/name", _("A name has 1 to %d characters.") % most


PARTS: Sequence[Part] = (
    Part(HOURS, gettext_lazy("Business hours"), "channels:write", _hours_here, _hours_faults, _take_hours),
    Part("teams", gettext_lazy("Team"), "members:write", _teams_here, _team_faults, _take_team),
    Part(
        "saved_replies",
        gettext_lazy("Saved reply"),
        "saved_replies:write",
        _replies_here,
        _reply_faults,
        _take_reply,
    ),
)
