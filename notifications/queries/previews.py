"""What each channel would show of a content, with the values of a sample, part by part for a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel
from notifications.contents import form_of, is_channel_id, languages_to_try
from notifications.queries.lists import kind_label
from notifications.queries.rich_previews import CardShot, FileShot, cards_of, file_of
from notifications.queries.standings import Approval, approval_of, keeper_of, kept_template
from notifications.queries.types import channels_of
from notifications.variables import SLOT, Json, examples_of, filled, written

_PAUSE = re.compile(r"\[pause ([0-9.]+) ?s\]")
#: Words a calm voice says in a second.
_WORDS_PER_S = 2.4
_LONG = 60

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """One channel's picture. head, parts, foot: (plain | val | hole | gap, words); buttons: their words."""

    name: str
    kind: str
    label: str
    form: str
    language: str
    parts: list[Part]
    head: list[Part] = field(default_factory=list)
    foot: str = ""
    buttons: list[str] = field(default_factory=list)
    note: str = ""
    hint: str = ""
    keys: list[Part] = field(default_factory=list)
    file: FileShot | None = None
    offer: str = ""
    cards: list[CardShot] = field(default_factory=list)


def sample_values(variables: Sequence[Json], language: str, *, longest: bool = False) -> dict[str, str]:
    """{variable: its text} of the examples, or of the longest values allowed."""
    data = examples_of([one for one in variables if one.get("example") not in (None, "")])
    if longest:
        data = {name: _longest(_named(variables, name), value) for name, value in data.items()}
    try:
        return written([one for one in variables if one["name"] in data], data, language)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return {name: str(value) for name, value in data.items()}


def _named(variables: Sequence[Json], name: str) -> Json:
    return next(one for one in variables if one["name"] == name)


def _longest(variable: Json, example: Any) -> Any:
    if variable["type"] == "money" and isinstance(example, Mapping):
        return {**example, "amount": 999_999_999}
    if variable["type"] == "number":
        return variable.get("max") or 9_999_999
    if variable["type"] in {"text", "code", "url"}:
        most = int(variable.get("max") or (20 if variable["type"] == "code" else _LONG))
        return (f"{example} " * (most // max(len(str(example)), 1) + 1))[:most].strip()
    return example


def preview_of(
    name: str, content: Mapping[str, Any], language: str, values: Mapping[str, str], actions: Sequence[Json]
) -> Preview:
    """The picture of one content."""
    channel = channels_of(name).first()
    kind = channel.kind if channel else name
    label = channel.name if channel and is_channel_id(name) else kind_label(kind)
    form = form_of(content)
    if form == "template":
        return _template(name, kind, label, content, language, values, actions, channel)
    if form == "call":
        return _call(name, kind, label, content, language, values, actions)
    text = str(content.get("text") or "")
    note, hint = _segments(kind, filled(text, values))
    return Preview(name, kind, label, "text", language, list(_parts(text, values)), note=note, hint=hint)


def _parts(text: str, values: Mapping[str, str]) -> Iterator[Part]:
    """A text cut at its variables: those without a value are holes."""
    at = 0
    for match in SLOT.finditer(text):
        if match.start() > at:
            yield "plain", text[at : match.start()]
        value = values.get(match[1], "")
        yield ("val", value) if value else ("hole", match[1])
        at = match.end()
    if at < len(text):
        yield "plain", text[at:]


def _template(
    name: str,
    kind: str,
    label: str,
    content: Mapping[str, Any],
    language: str,
    values: Mapping[str, str],
    actions: Sequence[Json],
    channel: Channel | None,
) -> Preview:
    kept = kept_template(channel, content)
    pieces = {str(one.get("type", "")).upper(): one for one in (kept or {}).get("components", ())}
    body = _placed(pieces.get("BODY", {}).get("text", ""), content.get("body"))
    head = _placed(pieces.get("HEADER", {}).get("text", ""), content.get("header"))
    titles = {one["key"]: one["title"] for one in actions}
    own = [str(one.get("text", "")) for one in pieces.get("BUTTONS", {}).get("buttons", ())]
    chosen = [titles.get(one.get("action", ""), "…") for one in content.get("buttons") or ()]
    text = body or str(content.get("text") or "") or "\n".join(_listed(content.get("body")))
    return Preview(
        name, kind, label, "template", language,
        list(_parts(text, values)),
        head=list(_parts(head, values)),
        foot=str(pieces.get("FOOTER", {}).get("text", "")),
        buttons=own or chosen,
        note=f"{content.get('name', '')} · {content.get('language', '')}",
        file=file_of(content, values),
        offer=_offer(content, pieces, values),
        cards=cards_of(
            content, pieces.get("CAROUSEL", {}).get("cards") or (), titles, values,
            lambda one: list(_parts(one, values)), _placed,
        ),
    )  # fmt: skip


def _offer(content: Mapping[str, Any], pieces: Mapping[str, Json], values: Mapping[str, str]) -> str:
    if not content.get("offer"):
        return ""
    own = pieces.get("LIMITED_TIME_OFFER", {}).get("limited_time_offer") or {}
    ends = filled(str(content["offer"]), values)
    return " · ".join(filter(None, (str(own.get("text", "")), _("ends %s") % ends)))


def _listed(part: Any) -> list[str]:
    return list(part.values()) if isinstance(part, Mapping) else list(part or ())


def _placed(text: str, part: Any) -> str:
    """A template's own text with the contents' texts in its places {{1}} or {{name}}."""
    if not text:
        return ""
    texts = part if isinstance(part, Mapping) else {str(n): one for n, one in enumerate(part or (), start=1)}
    return SLOT.sub(lambda match: str(texts.get(match[1], match[0])), text)


def _call(
    name: str,
    kind: str,
    label: str,
    content: Mapping[str, Any],
    language: str,
    values: Mapping[str, str],
    actions: Sequence[Json],
) -> Preview:
    script = str(content.get("script") or "")
    parts: list[Part] = []
    at = 0
    for match in _PAUSE.finditer(script):
        parts += _parts(script[at : match.start()], values)
        parts.append(("gap", f"{match[1]} s"))
        at = match.end()
    parts += _parts(script[at:], values)
    keys = [(str(one["digit"]), str(one["title"])) for one in actions if one.get("digit")]
    if content.get("repeat_key"):
        keys.append((str(content["repeat_key"]), _("says it again")))
    note = _("about %d s") % round(_speaking_s(script, values))
    return Preview(name, kind, label, "call", language, parts, note=note, keys=keys)


def _speaking_s(script: str, values: Mapping[str, str]) -> float:
    pauses = sum(float(found) for found in _PAUSE.findall(script) if found.replace(".", "", 1).isdecimal())
    return len(_PAUSE.sub(" ", filled(script, values)).split()) / _WORDS_PER_S + pauses


def _segments(kind: str, text: str) -> tuple[str, str]:
    """What a text costs where the channel counts it, and what makes it dear."""
    try:
        count = getattr(adapter_for(kind), "count_segments", None)
    except UnknownChannel:
        count = None
    if count is None:
        return _("%d characters") % len(text), ""
    found = count(text)
    note = (
        _("%(n)d segments · %(units)d characters · %(encoding)s")
        if found.segments != 1
        else _("%(n)d segment · %(units)d characters · %(encoding)s")
    )
    hint = _("%s is not in the plain alphabet and makes this longer.") % " ".join(found.offending)
    said = note % {"n": found.segments, "units": found.units, "encoding": found.encoding}
    return said, hint if found.offending else ""


def template_choices(name: str) -> list[str]:
    """The names of the templates a rung's channel keeps, for a field to offer."""
    channel = channels_of(name).first()
    keeper = keeper_of(channel)
    if channel is None or keeper is None:
        return []
    return sorted({str(one["name"]) for one in keeper.templates(channel.id)})


# ---------------------------------------------------------------- languages


@dataclass(frozen=True, slots=True)
class Cell:
    """One channel in one language. uses: the language whose content is taken, "" when there is none."""

    uses: str
    is_own: bool
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language of the matrix. falls: the order in which others are tried."""

    language: str
    cells: list[Cell]
    falls: list[str]


def language_rows(
    contents: Mapping[str, Any], names: Sequence[str], languages: Sequence[str], fallback: str
) -> list[LanguageRow]:
    """The matrix of languages and channels."""
    channels = {name: channels_of(name).first() for name in names}
    return [_language_row(contents, channels, language, fallback) for language in languages]


def _language_row(
    contents: Mapping[str, Any], channels: Mapping[str, Channel | None], language: str, fallback: str
) -> LanguageRow:
    order = languages_to_try(language, fallback)
    cells = []
    for name, channel in channels.items():
        texts = contents.get(name) or {}
        uses = next((one for one in order if one in texts), "")
        approval = approval_of(channel, texts[uses]) if uses == language else None
        cells.append(Cell(uses, uses == language, approval))
    return LanguageRow(language, cells, order[1:])
