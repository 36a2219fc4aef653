"""Statements that are sent later do what they do at once; see tests/later.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, connection, transaction

from common.tenancy import tenant_context
from tests.cast import Cast
from tests.later import Waiting


def ask(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchone()[0]


def note(text: str) -> None:
    """Something that a savepoint takes back."""
    ask("SELECT set_config('app.note', %s, true)", text)


def noted() -> Any:
    return ask("SELECT current_setting('app.note', true)")


@pytest.mark.django_db
def test_a_savepoint_that_is_undone_takes_back_what_was_done_in_it_and_no_more() -> None:
    note("before")
    with transaction.atomic():
        note("outer")
        with transaction.atomic():
            note("inner")
            transaction.set_rollback(True)
        assert noted() == "outer"
        transaction.set_rollback(True)

    assert noted() == "before"


@pytest.mark.django_db
def test_after_a_statement_that_failed_the_transaction_goes_on_from_the_savepoint() -> None:
    note("before")
    fails = transaction.atomic(transaction.atomic(ask))
    with pytest.raises(DataError):
        fails("SELECT 1 / 0")

    assert noted() == "before"


@pytest.mark.django_db
def test_what_waits_goes_on_waiting_when_the_driver_refuses_a_value() -> None:
    note("before")
    with transaction.atomic():
        with pytest.raises(ValueError, match="NUL"):
            ask("SELECT %s", "\0")
        note("inner")
        transaction.set_rollback(True)

    assert noted() == "before"


def test_the_tenant_is_named_before_the_first_statement_of_a_scope(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        assert ask("SELECT current_setting('app.tenant_id')") == str(cast.acme.id)

    assert ask("SELECT current_setting('app.tenant_id')") == ""


@pytest.mark.django_db(transaction=True)
def test_a_commit_sends_what_waits() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE later_notes AS SELECT 'kept' AS text")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE later_notes SET text = 'undone'")
            transaction.set_rollback(True)

    assert ask("SELECT text FROM later_notes") == "kept"


def test_what_takes_back_one_another_is_never_sent() -> None:
    waiting = Waiting()
    named = "SET LOCAL app.tenant_id = 'acme'"

    for one in ('SAVEPOINT "a"', 'SAVEPOINT "b"', named, 'RELEASE SAVEPOINT "b"'):
        assert waiting.take(one)
    assert waiting == ['SAVEPOINT "a"', named]
    assert waiting.take('ROLLBACK TO SAVEPOINT "a"')
    assert waiting.take('RELEASE SAVEPOINT "a"')

    assert waiting == []
    assert not waiting.take("SELECT 1")
