"""Personal values of a notification, hidden from those who may not see them.

Which variables are personal a version declares. Pure. In texts a value is found by what is written of it, so
one of a single character stays: it says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from notifications.variables import Json, written

#: The scope that shows them.
PERSONAL = "notifications:personal"
HIDDEN = "•••"


def masked_data(variables: Sequence[Json], data: Mapping[str, Any]) -> Json:
    """The data with a sign in the place of every personal value."""
    hidden = _personal(variables)
    return {name: HIDDEN if name in hidden else value for name, value in data.items()}


def secrets_of(variables: Sequence[Json], data: Mapping[str, Any], languages: Iterable[str]) -> list[str]:
    """How the personal values are written in these languages and as they came, the longest first."""
    rows = [one for one in variables if one.get("personal") and data.get(one["name"]) is not None]
    found = {str(data[one["name"]]) for one in rows}
    for language in languages:
        found |= set(written(rows, data, language).values())
    return sorted((one for one in found if len(one) > 1), key=len, reverse=True)


def hide(value: Any, secrets: Sequence[str]) -> Any:
    """A text, or every text inside of a list or object, without these words."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {name: hide(inner, secrets) for name, inner in value.items()}
    return [hide(inner, secrets) for inner in value] if isinstance(value, list) else value


def masked_message(message: Mapping[str, Any], secrets: Sequence[str]) -> Json:
    """A message as JSON, its words without these; its ids and times are no words."""
    content = {
        name: value if name == "notification" else hide(value, secrets)
        for name, value in (message.get("content") or {}).items()
    }
    return {**message, "text": hide(message.get("text") or "", secrets), "content": content}


def _personal(variables: Sequence[Json]) -> set[str]:
    return {one["name"] for one in variables if one.get("personal")}
