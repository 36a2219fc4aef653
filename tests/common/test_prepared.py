"""A query whose words are made once finds what its queryset finds."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models

from common.prepared import Prepared
from tenants.models import Membership, User
from tenants.queries import membership_for, memberships_of
from tests.cast import Cast

MARK = UUID(int=1)
MEMBERSHIPS: Prepared[Membership] = Prepared(lambda user_id: memberships_of(User(id=user_id)), MARK)


def fields(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_each_id_finds_its_own_rows_with_what_stands_behind_their_keys(cast: Cast) -> None:
    for member in (cast.alice, cast.charlie):
        [expected] = memberships_of(member.user)

        [found] = MEMBERSHIPS.rows(member.user_id)

        assert fields(found) == fields(expected)
        assert fields(found.tenant) == fields(expected.tenant)
    assert MEMBERSHIPS.rows(uuid4()) == []


def test_a_row_that_was_found_is_saved_like_any_other(cast: Cast) -> None:
    [found] = MEMBERSHIPS.rows(cast.alice.user_id)

    found.is_active = False
    found.save()

    assert not Membership.objects.get(id=found.id).is_active
    assert MEMBERSHIPS.rows(cast.alice.user_id) == []


def test_it_outlives_the_thread_that_asked_first(committed_cast: Cast) -> None:
    query: Prepared[Membership] = Prepared(lambda user_id: memberships_of(User(id=user_id)), MARK)
    found: list[UUID] = []

    def ask() -> None:
        found.extend(row.tenant_id for row in query.rows(committed_cast.alice.user_id))
        connection.close()

    for _ in range(2):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    assert found == [committed_cast.acme.id] * 2


def test_a_person_is_a_member_only_where_they_are_let_in(cast: Cast) -> None:
    chosen = membership_for(cast.alice.user, cast.globex.id)

    assert chosen
    assert chosen.tenant_id == cast.acme.id
    assert membership_for(cast.alice.user, "no id at all") == chosen
