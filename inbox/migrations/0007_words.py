import re

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

#: How many of the newest rows are read one by one before the index of words is asked: common words are among
#: them, and words of one or two letters, which the index cannot find, are looked for only there.
RECENT = 20_000

# Row security keeps PostgreSQL from using an index of words (reliability rule 29): these functions belong to
# a role that stands outside of it and name the tenant of the open scope themselves. They give back ids only.
_TENANT = "NULLIF(pg_catalog.current_setting('app.tenant_id', true), '')::uuid"
_HEAD = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# The texts go into the statement as quoted literals, so that each search is planned for its own words.
_WORDS = """
CREATE FUNCTION {name}(patterns text[], most int) RETURNS TABLE (id uuid) {head} AS $$
DECLARE
    tenant uuid := {tenant};
    wanted text := (SELECT string_agg(format('text ILIKE %L', one), ' AND ') FROM unnest(patterns) AS one);
    shortest int := (SELECT min(length(one)) - 2 FROM unnest(patterns) AS one);
    found uuid[];
BEGIN
    IF tenant IS NULL OR wanted IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT array_agg(r.id) FROM (SELECT n.id FROM (SELECT id, text FROM public.{table}
        WHERE tenant_id = %L ORDER BY id DESC LIMIT {recent}) AS n
        WHERE %s ORDER BY n.id DESC LIMIT %s) AS r',
        tenant, wanted, most) INTO found;
    IF cardinality(found) >= most OR shortest < 3 THEN
        RETURN QUERY SELECT unnest(found);
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format('WITH hit AS MATERIALIZED (SELECT id FROM public.{table}
        WHERE tenant_id = %L AND %s) SELECT hit.id FROM hit ORDER BY hit.id DESC LIMIT %s',
        tenant, wanted, most);
END
$$
"""
_PEOPLE = """
CREATE FUNCTION inbox_find_people(patterns text[], address text, key text, most int)
RETURNS TABLE (id uuid) {head} AS $$
DECLARE
    tenant uuid := {tenant};
    named text := (SELECT string_agg(format('name ILIKE %L', one), ' AND ') FROM unnest(patterns) AS one);
BEGIN
    IF tenant IS NULL OR named IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format('WITH hit AS MATERIALIZED (
        SELECT id FROM public.customers_customer WHERE tenant_id = %1$L AND %2$s
        UNION SELECT customer_id FROM public.customers_address WHERE tenant_id = %1$L AND value ILIKE %3$L
        UNION SELECT id FROM public.customers_customer WHERE tenant_id = %1$L AND external_id = %4$L
        ) SELECT hit.id FROM hit ORDER BY hit.id DESC LIMIT %5$s', tenant, named, address, key, most);
END
$$
"""
_SIGNATURES = {
    "inbox_find_messages(text[], int)": _WORDS,
    "inbox_find_notes(text[], int)": _WORDS,
    "inbox_find_people(text[], text, text, int)": _PEOPLE,
}
_READS = ("inbox_message", "inbox_note", "customers_customer", "customers_address")


def _filled(body, said):
    return re.sub(r"{(\w+)}", lambda place: str(said[place[1]]), body)


def make_functions(apps, schema_editor):
    run = schema_editor.execute
    run("GRANT USAGE, CREATE ON SCHEMA public TO app_search")
    for table in _READS:
        run(f"GRANT SELECT ON {table} TO app_search")
    for signature, body in _SIGNATURES.items():
        name = signature.partition("(")[0]
        table = "inbox_note" if name.endswith("notes") else "inbox_message"
        said = {"name": name, "head": _HEAD, "tenant": _TENANT, "table": table, "recent": RECENT}
        run(_filled(body, said), params=None)
        run(f"ALTER FUNCTION {signature} OWNER TO app_search")
        run(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        run(f"GRANT EXECUTE ON FUNCTION {signature} TO {settings.SERVING_ROLE}")
    run("REVOKE CREATE ON SCHEMA public FROM app_search")


def drop_functions(apps, schema_editor):
    for signature in _SIGNATURES:
        schema_editor.execute(f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    """Messages and notes by their words."""

    dependencies = [
        ("customers", "0002_words"),
        ("inbox", "0006_thread_by_priority"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=GinIndex(
                fields=["tenant", "text"], opclasses=["uuid_ops", "gin_trgm_ops"], name="message_words"
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=GinIndex(
                fields=["tenant", "text"], opclasses=["uuid_ops", "gin_trgm_ops"], name="note_words"
            ),
        ),
        migrations.RunPython(make_functions, drop_functions),
    ]
