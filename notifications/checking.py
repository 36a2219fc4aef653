"""Is a version well made? Shapes are checked whenever a draft is saved, completeness when it is published.

Each fault is (JSON pointer into the version, sentence for people). Pure but for ``inbox.channels``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inbox.channels import adapter_for
from inbox.ports import CanCheckContent
from notifications.contents import content_faults, form_of, is_channel_id, render
from notifications.given import GIVEN
from notifications.template_parts import buttons_of, is_rich, stored_file
from notifications.variables import TYPES, Json, data_faults, examples_of, filled, slots_in, written

Fault = tuple[str, str]

REACHES = ("accepted", "sent", "delivered", "read", "answered")
PATIENCE_S = (5, 259_200)
TTL_S = (10, 2_592_000)
PRIORITIES = ("none", "low", "normal", "high", "urgent")
MOST = {"variables": 60, "ladder": 8, "actions": 10, "languages": 40}

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")


def key_is_good(key: str) -> bool:
    """Can this be the key of a type or an action?"""
    return bool(_KEY.match(key))


def shape_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the shapes of a draft's fields; those not given are not looked at."""
    found: list[Fault] = []
    for name, check in _SHAPES.items():
        if name in fields:
            found += check(fields[name], f"/{name}")
    return found


def _list_of(value: Any, pointer: str, name: str, fields: Mapping[str, bool]) -> Iterator[Fault]:
    """Each item is an object with these fields (name → must it be there)."""
    if not isinstance(value, list) or len(value) > MOST[name]:
        yield pointer, f"This is a list of at most {MOST[name]}."
        return
    for place, item in enumerate(value):
        here = f"{pointer}/{place}"
        if not isinstance(item, Mapping):
            yield here, "This is an object."
            continue
        yield from ((f"{here}/{one}", "There is no such field here.") for one in item if one not in fields)
        yield from (
            (f"{here}/{one}", "This is missing.") for one, must in fields.items() if must and one not in item
        )


def _variables(value: Any, pointer: str) -> list[Fault]:
    fields = {
        "name": True,
        "type": True,
        "required": False,
        "example": False,
        "personal": False,
        "max": False,
    }
    if faults := list(_list_of(value, pointer, "variables", fields)):
        return faults
    found, seen = [], set()
    for place, one in enumerate(value):
        here = f"{pointer}/{place}"
        if not isinstance(one["name"], str) or not _NAME.match(one["name"]):
            found.append((f"{here}/name", "A name has small letters, digits and _, like first_name."))
        elif one["name"] in seen:
            found.append((f"{here}/name", "This name is used twice."))
        seen.add(str(one["name"]))
        if one["type"] not in TYPES:
            found.append((f"{here}/type", f"A type is one of {', '.join(TYPES)}."))
        if not all(isinstance(one.get(name, False), bool) for name in ("required", "personal")):
            found.append((here, "required and personal are true or false."))
        if not _is_whole(one.get("max", 1), 1, 10**15):
            found.append((f"{here}/max", "This takes a whole number above 0."))
    return found


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _contents(value: Any, pointer: str) -> list[Fault]:
    if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
        return [(pointer, "Contents are {channel kind: {language: content}}.")]
    found: list[Fault] = []
    for kind, by_language in value.items():
        if len(by_language) > MOST["languages"]:
            found.append((f"{pointer}/{kind}", f"At most {MOST['languages']} languages."))
        for language, content in by_language.items():
            here = f"{pointer}/{kind}/{language}"
            if not _LANGUAGE.match(language):
                found.append((here, "A language is written like en, pt or pt-BR."))
            found += content_faults(kind, content, here)
    return found


def _ladder(value: Any, pointer: str) -> list[Fault]:
    fields = {"channel": True, "reach": True, "patience_s": True}
    if faults := list(_list_of(value, pointer, "ladder", fields)):
        return faults
    found = []
    for place, rung in enumerate(value):
        here = f"{pointer}/{place}"
        if not isinstance(rung["channel"], str) or not 0 < len(rung["channel"]) <= 64:
            found.append((f"{here}/channel", "This is a kind of channel, or the id of one."))
        if rung["reach"] not in REACHES:
            found.append((f"{here}/reach", f"This is one of {', '.join(REACHES)}."))
        if not _is_whole(rung["patience_s"], *PATIENCE_S):
            found.append((f"{here}/patience_s", f"This takes {PATIENCE_S[0]} to {PATIENCE_S[1]} seconds."))
    return found


def _actions(value: Any, pointer: str) -> list[Fault]:
    fields = {"key": True, "title": True, "words": False, "digit": False, "then": False}
    if faults := list(_list_of(value, pointer, "actions", fields)):
        return faults
    found, seen, pressed = [], set(), set()
    for place, one in enumerate(value):
        here = f"{pointer}/{place}"
        if not isinstance(one["key"], str) or not _KEY.match(one["key"]) or one["key"] in seen:
            found.append((f"{here}/key", "A key has small letters, digits and _, and is used once."))
        seen.add(str(one["key"]))
        if not isinstance(one["title"], str) or not 0 < len(one["title"].strip()) <= 60:
            found.append((f"{here}/title", "A title has 1 to 60 characters."))
        words = one.get("words", [])
        if not isinstance(words, list) or not all(
            isinstance(w, str) and 0 < len(w.strip()) <= 60 for w in words
        ):
            found.append((f"{here}/words", "This takes a list of words to answer with."))
        digit = one.get("digit", "")
        if not isinstance(digit, str) or not re.fullmatch("[0-9*#]?", digit):
            found.append((f"{here}/digit", "This takes one key of a telephone, as a text."))
        elif digit and digit in pressed:
            found.append((f"{here}/digit", f"Another answer has the key {digit} already."))
        pressed.add(str(digit))
        found += _then(one.get("then", {}), f"{here}/then")
    return found


def _then(value: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping) or set(value) - {"stop", "event", "thread"}:
        yield pointer, 'This takes {"stop": true, "event": name, "thread": {"team", "priority"}}.'
        return
    if not isinstance(value.get("stop", True), bool):
        yield f"{pointer}/stop", "This is true or false."
    if not re.fullmatch(r"[a-z][a-z0-9_.]{0,60}|", str(value.get("event", ""))):
        yield f"{pointer}/event", "An event's name has small letters, digits, dots and _."
    thread = value.get("thread") or {}
    if not isinstance(thread, Mapping) or set(thread) - {"team", "priority"}:
        yield f"{pointer}/thread", 'This takes {"team": name, "priority": word}.'
    elif thread.get("priority", "none") not in PRIORITIES:
        yield f"{pointer}/thread/priority", f"This is one of {', '.join(PRIORITIES)}."


def _window(value: Any, pointer: str, fields: Sequence[str]) -> list[Fault]:
    if value is None:
        return []
    if not isinstance(value, Mapping) or set(value) != set(fields):
        return [(pointer, f"This takes {' and '.join(fields)}, or null.")]
    return [
        (f"{pointer}/{name}", "This takes a whole number above 0.")
        for name in fields
        if not _is_whole(value[name], 1, TTL_S[1])
    ]


def _throttle(value: Any, pointer: str) -> list[Fault]:
    return _window(value, pointer, ("count", "per_s"))


def _digest(value: Any, pointer: str) -> list[Fault]:
    return _window(value, pointer, ("window_s",))


def _ttl(value: Any, pointer: str) -> list[Fault]:
    good = _is_whole(value, *TTL_S)
    return [] if good else [(pointer, f"This takes {TTL_S[0]} to {TTL_S[1]} seconds.")]


def _dedupe(value: Any, pointer: str) -> list[Fault]:
    return [] if _is_whole(value, 0, TTL_S[1]) else [(pointer, f"This takes 0 to {TTL_S[1]} seconds.")]


def _quiet(value: Any, pointer: str) -> list[Fault]:
    return [] if value in {"obey", "pass"} else [(pointer, "This is obey or pass.")]


def _lane(value: Any, pointer: str) -> list[Fault]:
    return [] if value in {0, 2, 3} else [(pointer, "This is urgent, utility or marketing.")]


def _language(value: Any, pointer: str) -> list[Fault]:
    good = isinstance(value, str) and bool(_LANGUAGE.match(value))
    return [] if good else [(pointer, "A language is written like en, pt or pt-BR.")]


_SHAPES: dict[str, Any] = {
    "variables": _variables,
    "contents": _contents,
    "ladder": _ladder,
    "actions": _actions,
    "throttle": _throttle,
    "digest": _digest,
    "ttl_s": _ttl,
    "dedupe_window_s": _dedupe,
    "quiet_hours": _quiet,
    "lane": _lane,
    "fallback_language": _language,
}


# ---------------------------------------------------------------- may it be published?


def publish_faults(version: Mapping[str, Any], kinds: Mapping[str, str]) -> list[Fault]:
    """What keeps a well-shaped version from being published.

    kinds: each rung of the ladder → the kind of its channel, for those there are.
    """
    return [
        *_example_faults(version["variables"]),
        *_declared_faults(version),
        *_rung_faults(version, kinds),
        *_length_faults(version),
        *_action_faults(version),
        *_rich_faults(version),
    ]


def _example_faults(variables: Sequence[Json]) -> Iterator[Fault]:
    for place, one in enumerate(variables):
        if one.get("example") in (None, ""):
            yield f"/variables/{place}/example", "Every variable needs an example."
            continue
        for _, sentence in data_faults([one], {one["name"]: one["example"]}):
            yield f"/variables/{place}/example", sentence


def _each(version: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Json]]:
    """(pointer, channel kind or id, language, content)"""
    for kind, by_language in version["contents"].items():
        for language, content in by_language.items():
            yield f"/contents/{kind}/{language}", kind, language, content


def _declared_faults(version: Mapping[str, Any]) -> Iterator[Fault]:
    declared = {one["name"] for one in version["variables"]} | set(GIVEN)
    for pointer, _, _, content in _each(version):
        for name in sorted(slots_in(content) - declared):
            yield pointer, f"{{{{{name}}}}} is not declared as a variable."


def _rung_faults(version: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[Fault]:
    if not version["ladder"]:
        yield "/ladder", "A ladder needs at least one channel."
    fallback = version["fallback_language"]
    for place, rung in enumerate(version["ladder"]):
        here, name = f"/ladder/{place}", rung["channel"]
        kind = kinds.get(name)
        if kind is None:
            yield f"{here}/channel", f"There is no channel {name}; connect one, or name its kind."
        elif fallback not in (version["contents"].get(name) or version["contents"].get(kind) or {}):
            yield here, f"There is no content for {kind} in {fallback}, the language to fall back to."


def _length_faults(version: Mapping[str, Any]) -> Iterator[Fault]:
    if any(_example_faults(version["variables"])):
        return  # nothing can be written with them
    examples = examples_of(version["variables"])
    for pointer, kind, language, content in _each(version):
        if is_channel_id(kind):
            continue
        text = content.get("script") or content.get("text") or ""
        most = adapter_for(kind).limits.text_chars
        length = len(filled(text, written(version["variables"], examples, language)))
        if length > most:
            yield pointer, f"With the examples this has {length} characters; {most} can be sent."


def _action_faults(version: Mapping[str, Any]) -> Iterator[Fault]:
    known = {one["key"] for one in version["actions"]}
    for pointer, _, _, content in _each(version):
        if form_of(content) != "template":
            continue
        for place, button in buttons_of(content):
            if button.get("action", "") not in known | {""}:
                yield f"{pointer}{place}", f"There is no action {button['action']}."
    digits = {one["digit"] for one in version["actions"] if one.get("digit")}
    for pointer, _, _, content in _each(version):
        if (key := content.get("repeat_key")) and key in digits:
            yield f"{pointer}/repeat_key", f"An answer has the key {key} already; choose another."
    if version["digest"] and version["lane"] == 0:
        yield "/digest", "What is urgent is never gathered in a digest."


def _rich_faults(version: Mapping[str, Any]) -> Iterator[Fault]:
    """Files, offers, coupons and cards: an offer ends at a date, and the provider would take the examples."""
    if any(_example_faults(version["variables"])):
        return
    dates = {one["name"] for one in version["variables"] if one["type"] == "date"}
    for pointer, kind, language, content in _each(version):
        if form_of(content) != "template" or not is_rich(content):
            continue
        if content.get("offer") and not slots_in(content["offer"]) <= dates:
            yield f"{pointer}/offer", "An offer ends at a variable of the type date."
        elif not is_channel_id(kind):
            yield from _refused(version, pointer, kind, language, content)


def _refused(
    version: Mapping[str, Any], pointer: str, kind: str, language: str, content: Json
) -> Iterator[Fault]:
    """For what the channel's provider would refuse it with the examples."""
    adapter = adapter_for(kind)
    if not isinstance(adapter, CanCheckContent):
        return
    data = examples_of(version["variables"])
    values = written(version["variables"], data, language)
    actions = version["actions"]
    words = render(content, values=values, data=data, language=language, actions=actions, ref="0" * 36)
    for flaw in adapter.check_content(
        kind="template", text=words.text, content=words.template or {}, file_kind=stored_file(content)[0]
    ):
        yield pointer, f"With the examples: {flaw.detail}"
