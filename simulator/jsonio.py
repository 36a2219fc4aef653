"""JSON in and out of the control and phone addresses, and the one exception for what cannot be served."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response


class BadRequest(ValueError):
    """A request that cannot be served; the text says why, in a sentence. `status` is the HTTP status."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@contextmanager
def reading(refused: Callable[[str], Exception]) -> Iterator[None]:
    """Around code that reads what a caller sent: a part of another kind than expected refuses the call."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, UnicodeError) as error:
        raise refused(f"A part of the body is missing or of a wrong type: {error}.") from error


def answer(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(
        orjson.dumps(data), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )


async def refuse(request: Request, error: Exception) -> Response:
    """Starlette's handler for BadRequest."""
    return answer({"error": str(error)}, getattr(error, "status", 400))


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object. Raises BadRequest."""
    body = await request.body()
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    return as_object(value, "The body")


def as_object(value: Any, name: str) -> dict[str, Any]:
    """A value that must be a JSON object. Raises BadRequest."""
    if not isinstance(value, Mapping):
        raise BadRequest(f"{name} must be a JSON object.")
    return dict(value)
