"""Messages, notes and names are found with and without their accents."""

import re

from django.db import migrations

#: As when the functions were made first (0007): see there why they are as they are.
RECENT = 20_000
_TENANT = "NULLIF(pg_catalog.current_setting('app.tenant_id', true), '')::uuid"
_HEAD = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

_WORDS = """
CREATE OR REPLACE FUNCTION {name}(patterns text[], most int) RETURNS TABLE (id uuid) {head} AS $$
DECLARE
    tenant uuid := {tenant};
    wanted text := (SELECT string_agg(format('folded LIKE %L', public.common_folded(one)), ' AND ')
        FROM unnest(patterns) AS one);
    shortest int := (SELECT min(length(one)) - 2 FROM unnest(patterns) AS one);
    found uuid[];
BEGIN
    IF tenant IS NULL OR wanted IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT array_agg(r.id) FROM (SELECT n.id FROM (SELECT id, folded FROM public.{table}
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
CREATE OR REPLACE FUNCTION inbox_find_people(patterns text[], address text, key text, most int)
RETURNS TABLE (id uuid) {head} AS $$
DECLARE
    tenant uuid := {tenant};
    named text := (SELECT string_agg(format('folded LIKE %L', public.common_folded(one)), ' AND ')
        FROM unnest(patterns) AS one);
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
_FUNCTIONS = {
    "inbox_find_messages(text[], int)": _WORDS,
    "inbox_find_notes(text[], int)": _WORDS,
    "inbox_find_people(text[], text, text, int)": _PEOPLE,
}

# The columns are the database's own: no model reads or writes them.
_COLUMN = """
ALTER TABLE inbox_{table} ADD COLUMN folded text GENERATED ALWAYS AS (common_folded(text)) STORED;
CREATE INDEX {table}_folded ON inbox_{table} USING gin (tenant_id uuid_ops, folded gin_trgm_ops)
"""
_DROP = "ALTER TABLE inbox_{table} DROP COLUMN folded"


def _filled(body, said):
    return re.sub(r"{(\w+)}", lambda place: str(said[place[1]]), body)


def make_functions(apps, schema_editor):
    run = schema_editor.execute
    for signature, body in _FUNCTIONS.items():
        name = signature.partition("(")[0]
        table = "inbox_note" if name.endswith("notes") else "inbox_message"
        said = {"name": name, "head": _HEAD, "tenant": _TENANT, "table": table, "recent": RECENT}
        run(_filled(body, said), params=None)


class Migration(migrations.Migration):
    """Columns of words without accents, with indexes in the place of those of the texts."""

    dependencies = [("customers", "0005_folded_names"), ("inbox", "0019_saved_views")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="message_words"),
        migrations.RemoveIndex(model_name="note", name="note_words"),
        *(
            migrations.RunSQL(_COLUMN.format(table=table), _DROP.format(table=table))
            for table in ("message", "note")
        ),
        migrations.RunPython(make_functions, migrations.RunPython.noop),
    ]
