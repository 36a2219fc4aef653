"""Whatever stands in a body: an answer in words, never a failure (rule 36)."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.crossfire.target import Target, fault

BODIES = [(address, method) for address in API for method, call in API[address].calls.items() if call.body]
PLACEHOLDER = "the-hostile-value-stands-here"


def bodies(address: str, method: str, rows: dict[str, str]) -> Iterator[bytes]:
    """A good body with one field at a time turned hostile."""
    good = aimed(address, method, rows, rows, "").body
    for field in _fields(address, method):
        text = orjson.dumps(_with(good, field)).decode()
        yield from (_bytes(text.replace(f'"{PLACEHOLDER}"', value)) for value in hostile.JSON)


#: Bodies that are hostile as a whole.
WHOLE = [*hostile.JSON, *hostile.WHOLE]


def _fields(address: str, method: str) -> list[tuple[str, ...]]:
    """Every field the document knows for a call, and those inside of it."""
    described = document()["paths"]["/" + template_of(address)][method]["requestBody"]
    found = list(_paths(described["content"]["application/json"]["schema"]))
    return [*found, ("unknown",)]


def _paths(schema: Any) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    for part in [schema, *schema.get("oneOf", []), *schema.get("allOf", [])]:
        if part is not schema:
            yield from _paths(part)
        for name, inner in part.get("properties", {}).items():
            yield (name,)
            yield from ((name, *path) for path in _paths(inner))


def _with(good: Any, path: tuple[str, ...]) -> Any:
    """The body with PLACEHOLDER at a path; what is missing on the way is made."""
    name, *rest = path
    body = dict(good) if isinstance(good, dict) else {}
    body[name] = _with(body.get(name), tuple(rest)) if rest else PLACEHOLDER
    return body


def _bytes(text: str) -> bytes:
    """As it would be sent: one letter stands for a byte that no UTF-8 has."""
    return text.encode("utf-8", "surrogatepass").replace("\xff".encode(), b"\xff")


@pytest.mark.parametrize(("address", "method"), BODIES)
def test_no_body_breaks_a_call(target: Target, address: str, method: str) -> None:
    path = aimed(address, method, target.rows, target.rows, "").path
    tries = [(target.call, body) for body in bodies(address, method, target.rows)]
    tries += [(target.ask, _bytes(value)) for value in WHOLE]
    holes = [f"{body[:120]!r}: {found}" for ask, body in tries if (found := fault(ask(method, path, body)))]

    assert holes == [], "\n".join(holes)
    assert len(tries) >= 150


_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.uuids().map(str)
_ANY = st.recursive(_LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner))
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
