"""Whatever stands in a body: an answer in words, never a failure (rule 36)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import groupby
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.api.caller import document
from tests.crossfire import hostile
from tests.crossfire.shots import aimed
from tests.crossfire.table import API, template_of
from tests.crossfire.target import Target, blamed, fault

BODIES = [(address, method) for address in API for method, call in API[address].calls.items() if call.body]
PLACEHOLDER = "the-hostile-value-stands-here"
UNKNOWN = ("unknown",)


#: Bodies that are hostile as a whole.
WHOLE = [*hostile.JSON, *hostile.WHOLE]


Path = tuple[str, ...]


def _fields(address: str, method: str) -> list[Path]:
    """Every field the document knows for a call, and those inside of it."""
    described = document()["paths"]["/" + template_of(address)][method]["requestBody"]
    found = _paths(described["content"]["application/json"]["schema"])
    return [*dict.fromkeys(found), UNKNOWN]


def _levels(fields: list[Path]) -> list[list[Path]]:
    """Fields that can stand in one body: none is inside of another. Who sends an unknown one is told of that
    alone."""
    known = [field for field in fields if field != UNKNOWN]
    by_depth = groupby(sorted(known, key=len), key=len)
    return [*(list(some) for _, some in by_depth), [UNKNOWN]]


def _paths(schema: Any) -> Iterator[Path]:
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    for part in [schema, *schema.get("oneOf", []), *schema.get("allOf", [])]:
        if part is not schema:
            yield from _paths(part)
        for name, inner in part.get("properties", {}).items():
            yield (name,)
            yield from ((name, *path) for path in _paths(inner))


def _with(good: Any, path: Path) -> Any:
    """The body with PLACEHOLDER at a path; what is missing on the way is made."""
    name, *rest = path
    body = dict(good) if isinstance(good, dict) else {}
    body[name] = _with(body.get(name), tuple(rest)) if rest else PLACEHOLDER
    return body


def _bytes(text: str) -> bytes:
    """As it would be sent: one letter stands for a byte that no UTF-8 has."""
    return text.encode("utf-8", "surrogatepass").replace("\xff".encode(), b"\xff")


class Siege:
    """Hostile bodies for one call, and the holes they found. tried: values × fields, and whole bodies."""

    def __init__(self, target: Target, address: str, method: str) -> None:
        shot = aimed(address, method, target.rows, target.rows, "")
        self.target, self.method, self.path, self.good = target, method, shot.path, shot.body
        self.holes: list[str] = []
        self.tried = 0

    def try_whole(self, value: str) -> None:
        """A body that is nothing but this."""
        self.tried += 1
        self._note(self.target.ask, _bytes(value))

    def try_fields(self, level: list[Path], value: str) -> None:
        """Each field hostile, the others good. First all are hostile at once: those that the answer blames
        have been refused for themselves, and the others are tried one by one, to be worked with."""
        self.tried += len(level)
        together = self._send(level, value)
        if len(level) == 1 or _code(together) in WHATEVER_THE_FIELDS:
            return
        refused = blamed(together)
        for field in level:
            pointer = "/" + "/".join(field)
            if not any(f"{one}/".startswith(f"{pointer}/") for one in refused):
                self._send([field], value)

    def _send(self, fields: list[Path], value: str) -> Any:
        text = orjson.dumps(reduce(_with, fields, self.good)).decode()
        return self._note(self.target.call, _bytes(text.replace(f'"{PLACEHOLDER}"', value)))

    def _note(self, ask: Any, body: bytes) -> Any:
        answer = ask(self.method, self.path, body)
        if found := fault(answer):
            self.holes.append(f"{body[:120]!r}: {found}")
        return answer


#: Said before anybody looks at a field.
WHATEVER_THE_FIELDS = {"malformed", "body_too_large"}


def _code(answer: Any) -> str:
    return str(orjson.loads(answer.content)["code"]) if answer.status_code >= 400 else ""


@pytest.mark.parametrize(("address", "method"), BODIES)
def test_no_body_breaks_a_call(target: Target, address: str, method: str) -> None:
    siege = Siege(target, address, method)
    for value in hostile.JSON:
        for level in _levels(_fields(address, method)):
            siege.try_fields(level, value)
    for value in WHOLE:
        siege.try_whole(value)

    assert siege.holes == [], "\n".join(siege.holes)
    assert siege.tried >= 150


_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.uuids().map(str)
_ANY = st.recursive(
    _LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner), max_leaves=20
)
_CHANGES = st.lists(st.tuples(st.integers(0, 1_000), _ANY), max_size=12)
#: Each call gets so many made-up bodies out of so many.
EACH, ALL = 60, 240


@pytest.fixture(scope="module")
def made_up() -> list[list[tuple[int, Any]]]:
    """Values, each with the number of a field. To make them up takes ten times as long as to send them, so
    all calls share them; and longer than a transaction may stand idle, so none is open yet."""
    found: list[list[tuple[int, Any]]] = []

    @effort(
        max_examples=ALL, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(_CHANGES)
    def keep(changes: list[tuple[int, Any]]) -> None:
        found.append(changes)

    keep()
    return found


@pytest.mark.parametrize(("address", "method"), BODIES)
def test_no_made_up_body_breaks_a_call(
    made_up: list[list[tuple[int, Any]]], target: Target, address: str, method: str
) -> None:
    shot = aimed(address, method, target.rows, target.rows, "")
    names = [path[0] for path in _fields(address, method)]
    first = BODIES.index((address, method)) * EACH % ALL
    sent = made_up[first : first + EACH]
    assert len(sent) == EACH

    for changes in sent:
        try:
            body = orjson.dumps({**shot.body, **{names[n % len(names)]: value for n, value in changes}})
        except TypeError:  # integers and surrogates that this library writes no JSON for; see hostile.JSON
            continue
        assert fault(target.call(method, shot.path, body)) == "", body
