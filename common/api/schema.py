"""The OpenAPI document: answers come from TypedDicts, input from serializers, errors from ``problems``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from common.api.parameters import Body, Query
from common.api.problems import KINDS
from common.wire import Json, Meaning

PLAIN: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}

#: Every TypedDict the document has met, by name, and an example of some.
_shapes: dict[str, type] = {}
_examples: dict[str, Any] = {}


@dataclass(frozen=True)
class ListOf:
    """The answer of a list call: a page of `item`. is_whole: all of it, there are no further pages."""

    item: type
    is_whole: bool = False


class Fault(TypedDict):
    """One thing wrong with the input; `pointer` is a JSON pointer, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(TypedDict):
    """An error (RFC 9457). Programs look at `code`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: NotRequired[list[Fault]]


def show(shape: type, example: Any) -> None:
    """Give the document an example of a shape."""
    _examples[shape.__name__] = example


#: What we send to programs, by name: the shape of the body, and a sentence about it.
_sent: dict[str, tuple[type, str]] = {}


def sends(name: str, shape: type, summary: str) -> None:
    """Give the document a webhook: a call that we make."""
    _sent[name] = shape, summary


# ---------------------------------------------------------------- types → JSON Schema


def json_schema(hint: Any) -> Json:
    """The JSON Schema (2020-12) of a type; a TypedDict becomes a reference to its component."""
    if isinstance(hint, ListOf):
        return _list_schema(hint)
    if is_typeddict(hint):
        _shapes[hint.__name__] = hint
        return {"$ref": f"#/components/schemas/{hint.__name__}"}
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _described(json_schema(args[0]), args[1:])
    if origin is NotRequired:
        return json_schema(args[0])
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin in (Union, UnionType):
        return _union(args)
    if origin is list:
        return {"type": "array", "items": json_schema(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": json_schema(args[1])}
    return dict(PLAIN[hint])


def _described(schema: Json, meanings: Sequence[Meaning]) -> Json:
    for meaning in meanings:
        schema |= {"format": meaning.format} if meaning.format else {}
        schema |= {"description": meaning.about} if meaning.about else {}
        schema |= {"enum": list(meaning.words)} if meaning.words else {}
    return schema


def _union(args: Sequence[Any]) -> Json:
    options = [json_schema(arg) for arg in args]
    if len(options) == 2 and options[1] == {"type": "null"} and isinstance(options[0].get("type"), str):
        nullable = options[0] | {"type": [options[0]["type"], "null"]}
        return nullable | ({"enum": [*nullable["enum"], None]} if "enum" in nullable else {})
    return {"oneOf": options}


def _list_schema(page: ListOf) -> Json:
    data = {"type": "array", "items": json_schema(page.item)}
    if page.is_whole:
        return {"type": "object", "properties": {"data": data}, "required": ["data"]}
    cursor = {"type": ["string", "null"], "description": "Give it as `after` to get what follows."}
    return {
        "type": "object",
        "properties": {"data": data, "has_more": {"type": "boolean"}, "next": cursor},
        "required": ["data", "has_more", "next"],
    }


def _webhook(name: str, shape: type, summary: str) -> Json:
    content = {"application/json": {"schema": json_schema(shape)}}
    answer = {"2XX": {"description": "Taken. Anything else, or nothing within 15 seconds, is tried again."}}
    call = {"operationId": name, "summary": summary, "requestBody": {"content": content, "required": True}}
    return {"post": {**call, "responses": answer}}


def component(shape: type) -> Json:
    """The JSON Schema of a TypedDict itself."""
    hints = get_type_hints(shape, include_extras=True)
    schema: Json = {
        "type": "object",
        "properties": {name: json_schema(hint) for name, hint in hints.items()},
        "required": [name for name, hint in hints.items() if get_origin(hint) is not NotRequired],
    }
    if shape.__doc__:
        schema["description"] = " ".join(shape.__doc__.split())
    if shape.__name__ in _examples:
        schema["examples"] = [_examples[shape.__name__]]
    return schema


def add_components(result: Json, **_: Any) -> Json:
    """drf-spectacular's hook: write down the shapes that calls refer to, and those these refer to."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    json_schema(Problem)
    result["webhooks"] = {name: _webhook(name, *told) for name, told in sorted(_sent.items())}
    while missing := [name for name in _shapes if name not in schemas]:
        for name in missing:
            schemas[name] = component(_shapes[name])
    for name in schemas:
        if name.endswith("Body"):
            schemas[name]["additionalProperties"] = False
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def name_scopes(result: Json, **_: Any) -> Json:
    """drf-spectacular's hook: say in each call's description which scope it needs."""
    for methods in result["paths"].values():
        for operation in methods.values():
            needed: list[str] = next(
                (scopes for one in operation["security"] for scopes in one.values() if scopes), []
            )
            about = [operation.get("description", ""), *(f"Needs the scope `{scope}`." for scope in needed)]
            operation["description"] = "\n\n".join(filter(None, about))
    return result


# ---------------------------------------------------------------- calls


def documented(
    name: str,
    summary: str,
    *,
    about: str,
    query: type[Query] | None,
    body: type[Body] | None,
    gives: Any,
    status: int,
    refuses: Sequence[str],
    example: Any,
    is_post: bool,
) -> Json:
    """The arguments of ``extend_schema`` for one call."""
    codes = [*_ALWAYS, *refuses]
    if body:
        codes += ["malformed", "body_too_large", "media_type"]
    if is_post:
        codes += ["still_running", "key_reused"]
    answer = OpenApiResponse(json_schema(gives) if gives else None, description="Done.")
    return {
        "operation_id": name,
        "summary": summary,
        "description": about,
        "parameters": [*([query] if query else []), *(_IDEMPOTENCY if is_post else [])],
        "request": body,
        "responses": {(status, "application/json"): answer, **_refusals(codes)},
        "examples": [OpenApiExample("Example", value=example, request_only=True)] if example else [],
    }


_ALWAYS = ("validation_failed", "not_signed_in", "forbidden", "not_found", "server_error", "unavailable")
_IDEMPOTENCY = [
    OpenApiParameter(
        "Idempotency-Key",
        location=OpenApiParameter.HEADER,
        description="1 to 255 characters of your own. The same key and body again answer what the first one "
        "answered, with `Idempotent-Replayed: true`, and nothing happens twice. Kept for 7 days.",
    )
]


def _refusals(codes: Iterable[str]) -> dict[tuple[int, str], OpenApiResponse]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[KINDS[code].status].append(f"`{code}`: {KINDS[code].title}.")
    problem = json_schema(Problem)
    return {
        (status, "application/problem+json"): OpenApiResponse(problem, description=" ".join(lines))
        for status, lines in sorted(by_status.items())
    }


# ---------------------------------------------------------------- who calls


class CallSchema(AutoSchema):
    """Describes calls by what ``call`` says; docstrings are for those who read the code."""

    def get_description(self, *args: Any, **kwargs: Any) -> str:
        return ""


class KeyScheme(OpenApiAuthenticationExtension):
    """Bearer keys, in the document."""

    target_class = "common.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_requirement(self, auto_schema: AutoSchema) -> Json:
        scopes: Mapping[str, str] = getattr(auto_schema.view, "scopes", {})
        needed = scopes.get(auto_schema.method, "")
        return {self.name: [needed] if needed else []}

    def get_security_definition(self, auto_schema: Any) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "An API key of one workspace."}


class PageScheme(OpenApiAuthenticationExtension):
    """Sessions of our own pages, in the document."""

    target_class = "common.api.authentication.PageAuthentication"
    name = "page"

    def get_security_definition(self, auto_schema: Any) -> Json:
        about = "The session of our own pages; writes also send `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": "parley_sid", "description": about}


show(
    Problem,
    {
        "type": "https://parley.example/api/docs/problems/#window_closed",
        "title": "The reply window is closed",
        "status": 409,
        "code": "window_closed",
        "detail": "24 hours have passed since the customer wrote; only a template can be sent now.",
        "request_id": "0190a0c4-0000-7000-8000-000000000001",
    },
)
