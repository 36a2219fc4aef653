"""What a notification says on one channel in one language, and how it becomes a message.

Content has one of three forms, told apart by their first field, never by a provider's name:
  template  {name, language, header?: [text], body?: [text] or {slot: text},
             buttons?, media?, offer?, cards?: see ``template_parts``; text?: its own words, for lists}
  text      {text}
  call      {script, voicemail?, repeat_key?}
Every text may use {{variables}}. A channel that needs templates (``Limits.needs_template``) takes only those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from inbox.channels import UnknownChannel, adapter_for
from inbox.ports import AnswersCalls
from notifications.template_parts import (
    RICH,
    buttons_of,
    components_of,
    part_faults,
    rich_faults,
    stored_file,
)
from notifications.variables import Json, filled

#: What a telephone has.
KEYS = frozenset("0123456789*#")
#: Form → fields it may have, and which of them it must.
FORMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "template": (
        frozenset({"name", "language", "header", "body", "buttons", "text", *RICH}),
        frozenset({"name", "language"}),
    ),
    "text": (frozenset({"text"}), frozenset({"text"})),
    "call": (frozenset({"script", "voicemail", "repeat_key"}), frozenset({"script"})),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message ready to be queued: the arguments of ``inbox.operations.reply`` for what is said. file: the
    id of an uploaded file above the words; filename: how a document is called."""

    text: str = ""
    kind: str | None = None
    template: Json | None = None
    content: Json = field(default_factory=dict)
    file: str = ""
    filename: str = ""


def form_of(content: Mapping[str, Any]) -> str:
    """template, text or call; "" for anything else."""
    if "name" in content:
        return "template"
    if "script" in content:
        return "call"
    return "text" if "text" in content else ""


def forms_for(kind: str) -> tuple[str, ...]:
    """The forms a kind of channel takes. Raises UnknownChannel."""
    adapter = adapter_for(kind)
    if adapter.limits.needs_template:
        return ("template",)
    return ("call",) if isinstance(adapter, AnswersCalls) else ("text",)


def is_channel_id(name: str) -> bool:
    """A rung or a content names a kind of channel, or one channel by its id."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True


# ---------------------------------------------------------------- languages


def languages_to_try(wanted: str, fallback: str) -> list[str]:
    """pt-BR → pt → the version's fallback."""
    wanted = wanted.replace("_", "-")
    return list(dict.fromkeys(filter(None, (wanted, wanted.partition("-")[0], fallback))))


def pick_language(by_language: Mapping[str, Any], wanted: str, fallback: str) -> str | None:
    """The language to use of those there are, or None."""
    return next((one for one in languages_to_try(wanted, fallback) if one in by_language), None)


def contents_for(contents: Mapping[str, Any], rung: str, kind: str) -> Mapping[str, Any]:
    """{language: content} for a rung: what is written for this very channel, else for its kind."""
    found: Mapping[str, Any] = contents.get(rung) or contents.get(kind) or {}
    return found


# ---------------------------------------------------------------- content → message


def render(
    content: Mapping[str, Any],
    *,
    values: Mapping[str, str],
    data: Mapping[str, Any],
    language: str,
    actions: Sequence[Json],
    ref: str,
) -> Words:
    """The message a content makes. values: the `data` as the language writes it; ref: what a pressed button
    names beside its action."""
    form = form_of(content)
    if form == "template":
        return _template(content, values, data, actions, ref)
    if form == "call":
        return _call(content, values, language, actions)
    return Words(text=filled(content["text"], values))


def _template(
    content: Mapping[str, Any],
    values: Mapping[str, str],
    data: Mapping[str, Any],
    actions: Sequence[Json],
    ref: str,
) -> Words:
    components = components_of(content, values=values, data=data, ref=ref)
    text = filled(content.get("text") or "", values) or _listed(content, values)
    titles = {one["key"]: one["title"] for one in actions}
    chosen = dict.fromkeys(one["action"] for _, one in buttons_of(content) if "action" in one)
    return Words(
        text=text,
        template={"name": content["name"], "language": content["language"], "components": components},
        content={"choices": [{"key": key, "title": titles.get(key, "")} for key in chosen]},
        file=stored_file(content)[1],
        filename=filled((content.get("media") or {}).get("filename") or "", values).strip(),
    )


def _listed(content: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Something to show in lists when the template's own words are not written down here."""
    body = content.get("body") or []
    parts = body.values() if isinstance(body, Mapping) else body
    return " · ".join(filter(None, (filled(part, values) for part in parts))) or content["name"]


def _call(
    content: Mapping[str, Any], values: Mapping[str, str], language: str, actions: Sequence[Json]
) -> Words:
    keyed = [{"key": one["digit"], "title": one["title"]} for one in actions if one.get("digit")]
    said: Json = {"language": language, "choices": keyed}
    if content.get("voicemail"):
        said["voicemail"] = filled(content["voicemail"], values)
    if content.get("repeat_key"):
        said["repeat_key"] = content["repeat_key"]
    return Words(text=filled(content["script"], values), kind="call", content=said)


# ---------------------------------------------------------------- is it well formed?


def content_faults(kind: str, content: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the shape of one content: (JSON pointer, sentence)."""
    form = form_of(content) if isinstance(content, Mapping) else ""
    if not form:
        yield pointer, 'Content is {"text"}, {"script"} or a template {"name", "language", …}.'
        return
    try:
        if not is_channel_id(kind) and form not in forms_for(kind):
            label = adapter_for(kind).label
            yield pointer, f"{label} takes {' or '.join(forms_for(kind))} content, not {form}."
    except UnknownChannel:
        yield pointer, f"No kind of channel is called {kind[:40]}."
        return
    may, must = FORMS[form]
    yield from ((f"{pointer}/{name}", "There is no such field here.") for name in content if name not in may)
    yield from ((f"{pointer}/{name}", "This is missing.") for name in must if not content.get(name))
    yield from _part_faults(content, pointer)


def _part_faults(content: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    for name in ("name", "language", "text", "script", "voicemail", "repeat_key"):
        if name in content and not isinstance(content[name], str):
            yield f"{pointer}/{name}", "This takes a text."
    key = content.get("repeat_key")
    if isinstance(key, str) and key and key not in KEYS:
        yield f"{pointer}/repeat_key", "This takes one key of a telephone."
    yield from part_faults(content, pointer)
    yield from rich_faults(content, pointer)
