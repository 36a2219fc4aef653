"""The house does not serve as a role that could see or change other tenants' rows (reliability rule 25)."""

from __future__ import annotations

import sys

from django.db import connection


class UnsafeRole(SystemExit):
    """The database role is a superuser, an owner of tables or may bypass row security."""


_ROLE = """
SELECT current_user, rolsuper, rolbypassrls,
  EXISTS (SELECT 1 FROM pg_tables
          WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'USAGE'))
FROM pg_roles WHERE rolname = current_user
"""


def refuse_unsafe_role() -> None:
    """Raise UnsafeRole unless the serving role has no more rights than it needs."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        name, is_super, bypasses, owns = cursor.fetchone()
    connection.close()
    if is_super or bypasses or owns:
        why = "is a superuser" if is_super else "bypasses row security" if bypasses else "owns the tables"
        sys.stderr.write(
            f"DATABASE_URL signs in as “{name}”, which {why}; "
            "use the role app_web, which may only read and write rows.\n"
        )
        raise UnsafeRole(3)
