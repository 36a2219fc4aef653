"""What an endpoint is made of: a class per address, and ``@call`` on each method.

``call`` is the one declaration of a call: it checks input by it, answers by it, and documents it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.authentication import Principal, caller
from common.api.idempotency import once
from common.api.parameters import Body, Query, Values, read_body, read_query
from common.api.problems import Problem
from common.api.rendering import AlwaysJson, json_answer
from common.api.schema import documented

Method = Callable[..., Any]


class Endpoint(APIView):
    """One address under /api/v1/. scopes: HTTP method → the scope it needs."""

    scopes: ClassVar[Mapping[str, str]] = {}
    content_negotiation_class = AlwaysJson
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    #: The checked input of the call being answered.
    query: Values
    body: Values

    @property
    def principal(self) -> Principal:
        """Who calls."""
        return caller(self.request)

    @property
    def member(self) -> Any:
        """The member who calls. Raises Problem member_only for a key."""
        if self.principal.member is None:
            raise Problem("member_only")
        return self.principal.member

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response


class Unknown(Endpoint):
    """Every address under /api/ that is none."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Problem("not_found", "There is nothing at this address.")


def call(
    name: str,
    summary: str,
    *,
    about: str = "",
    query: type[Query] | None = None,
    body: type[Body] | None = None,
    gives: Any = None,
    status: int = 200,
    refuses: Sequence[str] = (),
    example: Any = None,
) -> Callable[[Method], Method]:
    """Make a method of an Endpoint a call of the API.

    The method gets the ids of the address and finds its input in ``self.query`` and ``self.body``; it returns
    the JSON to answer (or, rarely, a whole HttpResponse). gives: the TypedDict of that answer; refuses: codes
    of problems of its own; example: a body. A POST obeys ``Idempotency-Key``.
    """

    def declare(method: Method) -> Method:
        is_post = method.__name__ == "post"

        @wraps(method)
        def answer(view: Endpoint, request: Request, **ids: Any) -> HttpResponse:
            view.query = read_query(query, request.query_params)

            def run() -> HttpResponse:
                view.body = read_body(body, request.data)
                data = method(view, request, **ids)
                return data if isinstance(data, HttpResponse) else json_answer(data, status)

            return once(request, run) if is_post else run()

        document = documented(
            name, summary, about=about, query=query, body=body, gives=gives, status=status,
            refuses=refuses, example=example, is_post=is_post,
        )  # fmt: skip
        return extend_schema(**document)(answer)

    return declare
