"""Input that is declared, and nothing else: unknown query parameters and body fields are refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from common.api.problems import Fault, Problem, translates
from common.api.rendering import escape

UNKNOWN_PARAMETER = "There is no such parameter here."
UNKNOWN_FIELD = "There is no such field here."

Values = dict[str, Any]


class Query(serializers.Serializer[Any]):
    """Query parameters of one call, as its fields."""


class PageQuery(Query):
    """A page of a list."""

    limit = serializers.IntegerField(
        default=50, min_value=1, max_value=200, help_text="How many at most, 1 to 200."
    )
    after = serializers.CharField(
        required=False, max_length=500, help_text="`next` of the page before; answers what follows it."
    )


class Body(serializers.Serializer[Any]):
    """The JSON object one call takes; also good as a field of another."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = {str(name): [UNKNOWN_FIELD] for name in data if name not in self.fields}
            if unknown:
                raise ValidationError(unknown)
        return super().to_internal_value(data)


@cache
def _made(kind: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """One for all requests: to make its fields takes longer than to check most bodies with them, and it keeps
    nothing of what it checks."""
    return kind()


def read_query(kind: type[Query] | None, given: Mapping[str, str]) -> Values:
    """The checked query parameters. Raises Problem naming each wrong or unknown one."""
    known = _made(kind) if kind else None
    names = known.fields if known else {}
    faults = [Fault(f"?{name}", UNKNOWN_PARAMETER) for name in given if name not in names]
    values: Values = {}
    try:
        values = dict(known.run_validation(given)) if known else {}
    except ValidationError as error:
        faults += [Fault(f"?{fault.pointer[1:]}", fault.detail) for fault in faults_in(error.detail)]
    if faults:
        raise Problem("validation_failed", _first(faults), errors=faults)
    return values


def read_body(kind: type[Body] | None, given: Any) -> Values:
    """The checked body; a call that takes none accepts an empty one. Raises Problem with pointers."""
    found = _read_one(kind or Body, given or {} if isinstance(given, Mapping) else given)
    if isinstance(found, Problem):
        raise found
    return found


def read_bodies(kind: type[Body], given: Iterable[Any]) -> list[Values | Problem]:
    """Each checked body, or what is wrong with it."""
    return [_read_one(kind, one) for one in given]


def _read_one(kind: type[Body], given: Any) -> Values | Problem:
    try:
        return dict(_made(kind).run_validation(given))
    except ValidationError as error:
        faults = list(faults_in(error.detail))
        return Problem("validation_failed", _first(faults), errors=faults)


def _first(faults: list[Fault]) -> str:
    return f"{faults[0].pointer or 'body'}: {faults[0].detail}"


def faults_in(detail: Any, pointer: str = "") -> Iterator[Fault]:
    """Django REST Framework's nested error details as a flat list with JSON pointers."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{escape(str(name))}"
            yield from faults_in(inner, pointer + step)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            is_leaf = isinstance(inner, str)
            yield from faults_in(inner, pointer if is_leaf else f"{pointer}/{place}")
    else:
        yield Fault(pointer, str(detail))


@translates(ValidationError)
def _invalid(error: ValidationError) -> Problem:
    return Problem("validation_failed", errors=list(faults_in(error.detail)))
