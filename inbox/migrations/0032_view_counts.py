"""How many threads stand in each view is kept: triggers write what each statement changes of it."""

# ruff: noqa: S608 - our own words

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
import common.tenancy

# In which views a thread stands. Only of kinds of threads, so that a thousand alike are asked about once.
_VIEWS = """
CREATE FUNCTION inbox_views_of(
    status text, assignee uuid, team uuid, waits boolean, mentions uuid[], watchers uuid[]
) RETURNS TABLE (view text, subject uuid) LANGUAGE sql IMMUTABLE AS $$
    SELECT status, NULL::uuid
    UNION ALL SELECT 'unassigned', NULL WHERE status = 'open' AND assignee IS NULL
    UNION ALL SELECT 'assignee', assignee WHERE assignee IS NOT NULL
    UNION ALL SELECT 'team', team WHERE team IS NOT NULL
    UNION ALL SELECT 'waiting', NULL WHERE waits
    UNION ALL SELECT DISTINCT 'mention', one FROM unnest(mentions) AS one
    UNION ALL SELECT DISTINCT 'watch', one FROM unnest(watchers) AS one
$$
"""

#: All of a thread that decides in which views it stands, and whether it is unread by who read nothing. One
#: that another has taken in stands nowhere.
_KIND = """
    t.tenant_id, t.status,
    CASE WHEN t.status = 'open' THEN t.assignee_id END AS assignee,
    CASE WHEN t.status = 'open' THEN t.team_id END AS team,
    t.status = 'open' AND t.waiting_since IS NOT NULL AS waits,
    CASE WHEN t.status <> 'closed' THEN t.mentions END AS mentions,
    CASE WHEN t.status <> 'closed' THEN t.watchers END AS watchers"""
_HOLDS = "t.status <> 'closed' AND t.inbound_count > 0"
_LISTED = "(t.status <> 'closed' OR t.joined_to_id IS NULL)"
_BY_KIND = "kind.tenant_id, kind.status, kind.assignee, kind.team, kind.waits, kind.mentions, kind.watchers"
_VIEW = "inbox_views_of(kind.status, kind.assignee, kind.team, kind.waits, kind.mentions, kind.watchers) AS v"
#: What somebody has read of the views of others, nobody asks.
_ASKED = "(v.subject IS NULL OR v.view = 'team' OR v.subject = kind.member_id)"
_NOTE = "INSERT INTO inbox_viewcount (tenant_id, id, view, subject, reader, threads, unread)"


def _summed(rows: str) -> str:
    """Threads of these rows by view; each comes with its sign."""
    return f"""
    {_NOTE}
    SELECT kind.tenant_id, gen_random_uuid(), v.view, v.subject, NULL, sum(kind.n), sum(kind.unread)
    FROM (
        SELECT {_BY_KIND}, sum(kind.n) AS n, sum(kind.unread) AS unread
        FROM ({rows}) AS kind GROUP BY {_BY_KIND} HAVING sum(kind.n) <> 0 OR sum(kind.unread) <> 0
    ) AS kind, {_VIEW}
    GROUP BY kind.tenant_id, v.view, v.subject HAVING sum(kind.n) <> 0 OR sum(kind.unread) <> 0;
    """


def _threads(table: str, sign: int) -> str:
    return f"""SELECT {_KIND}, {sign} AS n, ({_HOLDS})::int * {sign} AS unread
        FROM {table} AS t WHERE {_LISTED}"""


def _read(rows: str) -> str:
    """What members have read to the end, by view; each comes with its sign."""
    return f"""
    SELECT kind.tenant_id, gen_random_uuid(), v.view, v.subject, kind.member_id, 0, -sum(kind.n)
    FROM ({rows}) AS kind, {_VIEW} WHERE {_ASKED}
    GROUP BY kind.tenant_id, v.view, v.subject, kind.member_id HAVING sum(kind.n) <> 0;
    """


def _reads(threads: str, reads: str, sign: int) -> str:
    return f"""SELECT {_KIND}, r.member_id, {sign} AS n
        FROM {threads} AS t JOIN {reads} AS r ON r.tenant_id = t.tenant_id AND r.thread_id = t.id
        WHERE {_HOLDS} AND r.read_count >= t.inbound_count"""


def _reads_of(kinds: str, reads: str, sign: int) -> str:
    return f"""SELECT k.*, r.member_id, {sign} AS n FROM {kinds} AS k
        JOIN {reads} AS r ON r.tenant_id = k.tenant_id AND r.thread_id = k.thread_id
        WHERE r.read_count >= k.inbound_count"""


# Plans are made once per connection, for however few rows came first, by what PostgreSQL believes then. So
# what comes by the thousand is joined by hash; and each row is looked for by the index that has it in the
# order asked for (ORDER BY), because sorting is said to be dear. Nothing here is worth planning anew for one
# array of ids, or compiling.
_HEAD = """LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_nestloop = off SET enable_seqscan = off SET enable_sort = off AS $$"""

_MOVED = " OR ".join(
    f"o.{name} IS DISTINCT FROM n.{name}"
    for name in ("status", "assignee_id", "team_id", "mentions", "watchers", "joined_to_id")
)
_ON_THREADS = f"""
CREATE FUNCTION inbox_count_threads() RETURNS trigger {_HEAD}
DECLARE
    changed uuid[];
    tenants uuid[];
    has_moved boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_summed(_threads("new_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN
        {_summed(_threads("old_rows", -1))}
    ELSE
        SELECT array_agg(both_rows.id), array_agg(both_rows.tenant_id), bool_or(both_rows.moved)
        INTO changed, tenants, has_moved FROM (
            SELECT n.id, n.tenant_id, n.inbound_count <> o.inbound_count AS grown,
                {_MOVED} OR (o.waiting_since IS NULL) <> (n.waiting_since IS NULL)
                OR (o.inbound_count = 0) <> (n.inbound_count = 0) AS moved
            FROM old_rows AS o JOIN new_rows AS n ON n.tenant_id = o.tenant_id AND n.id = o.id
        ) AS both_rows WHERE both_rows.grown OR both_rows.moved;
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        IF has_moved THEN
            {_summed(_threads("old_rows", -1) + " UNION ALL " + _threads("new_rows", 1))}
        END IF;
        {_NOTE}
        WITH readers AS MATERIALIZED (
            SELECT r.* FROM unnest(tenants, changed) AS c (tenant_id, id) CROSS JOIN LATERAL (
                SELECT one.tenant_id, one.thread_id, one.member_id, one.read_count
                FROM inbox_threadread AS one
                WHERE one.tenant_id = c.tenant_id AND one.thread_id = c.id ORDER BY one.member_id
            ) AS r
        )
        {_read(_reads("old_rows", "readers", -1) + " UNION ALL " + _reads("new_rows", "readers", 1))}
    END IF;
    IF random() < 0.03 THEN
        PERFORM inbox_sum_counts_soon();
    END IF;
    RETURN NULL;
END $$
"""

# What is equal to something is in any order; what lies between is only in that of the primary key.
_BY_KEY = "t.tenant_id = c.tenant_id AND t.id BETWEEN c.id AND c.id"
_EACH = "unnest(tenants, these) AS c (tenant_id, id)"
_KINDS = f"""
        WITH kinds AS MATERIALIZED (
            SELECT k.* FROM (SELECT DISTINCT c.tenant_id, c.id FROM {_EACH}) AS c CROSS JOIN LATERAL (
                SELECT {_KIND}, t.id AS thread_id, t.inbound_count FROM inbox_thread AS t
                WHERE {_BY_KEY} AND {_HOLDS} ORDER BY t.id
            ) AS k
        )"""
_BOTH = "old_rows AS o JOIN new_rows AS n ON n.tenant_id = o.tenant_id AND n.id = o.id"
_ON_READS = f"""
CREATE FUNCTION inbox_count_reads() RETURNS trigger {_HEAD}
DECLARE
    these uuid[];
    tenants uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(thread_id), array_agg(tenant_id) INTO these, tenants FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(thread_id), array_agg(tenant_id) INTO these, tenants FROM old_rows;
    ELSE
        SELECT array_agg(o.thread_id) || array_agg(n.thread_id),
            array_agg(o.tenant_id) || array_agg(n.tenant_id)
        INTO these, tenants FROM {_BOTH}
        WHERE (o.thread_id, o.member_id, o.read_count)
            IS DISTINCT FROM (n.thread_id, n.member_id, n.read_count);
    END IF;
    IF these IS NULL THEN
        RETURN NULL;
    END IF;
    -- Whoever changes a thread meanwhile either is seen below, or waits here and then sees what was read.
    PERFORM FROM (SELECT DISTINCT c.tenant_id, c.id FROM {_EACH} ORDER BY c.tenant_id, c.id) AS c
    CROSS JOIN LATERAL (
        SELECT FROM inbox_thread AS t WHERE {_BY_KEY} ORDER BY t.id FOR NO KEY UPDATE
    ) AS held;
    IF TG_OP = 'INSERT' THEN
        {_NOTE} {_KINDS} {_read(_reads_of("kinds", "new_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN
        {_NOTE} {_KINDS} {_read(_reads_of("kinds", "old_rows", -1))}
    ELSE
        {_NOTE} {_KINDS}
        {_read(_reads_of("kinds", "old_rows", -1) + " UNION ALL " + _reads_of("kinds", "new_rows", 1))}
    END IF;
    IF random() < 0.03 THEN
        PERFORM inbox_sum_counts_soon();
    END IF;
    RETURN NULL;
END $$
"""

# Now and then a look whether the open scope's tenant has many rows by now. It waits for nobody: who holds the
# row of the work queue has seen to it already.
_SOON = """
CREATE FUNCTION inbox_sum_counts_soon() RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
    soon timestamptz := clock_timestamp() + interval '5 seconds';
BEGIN
    IF tenant IS NULL OR 400 > (
        SELECT count(*) FROM (SELECT FROM inbox_viewcount WHERE tenant_id = tenant LIMIT 400) AS few
    ) THEN
        RETURN;
    END IF;
    UPDATE common_workqueue SET due_at = soon, version = version + 1
    WHERE tenant_id = tenant AND queue = (
        SELECT w.queue FROM common_workqueue AS w
        WHERE w.tenant_id = tenant AND w.queue = 'view_counts' AND w.due_at IS NULL FOR UPDATE SKIP LOCKED
    );
    IF NOT FOUND AND pg_try_advisory_xact_lock(hashtextextended('view_counts|' || tenant, 1)) THEN
        INSERT INTO common_workqueue (tenant_id, queue, due_at, version)
        VALUES (tenant, 'view_counts', soon, 1) ON CONFLICT (tenant_id, queue) DO NOTHING;
    END IF;
END $$
"""

# One statement: it sees each change of a table and its row here, or neither, so what differs stays different
# whatever is written meanwhile, and is put right by one more row.
_RECOUNT = f"""
CREATE FUNCTION inbox_recount_views(tenant uuid) RETURNS SETOF inbox_viewcount LANGUAGE sql
SET enable_nestloop = off SET jit = off AS $$
    {_NOTE}
    SELECT tenant, gen_random_uuid(), found.view, found.subject, found.reader, sum(found.n), sum(found.unread)
    FROM (
        SELECT v.view, v.subject, NULL::uuid AS reader, kind.n, kind.unread
        FROM (
            SELECT {_BY_KIND}, count(*) AS n, sum(kind.unread) AS unread
            FROM ({_threads("inbox_thread", 1)} AND t.tenant_id = tenant) AS kind GROUP BY {_BY_KIND}
        ) AS kind, {_VIEW}
        UNION ALL
        SELECT v.view, v.subject, kind.member_id, 0, -1
        FROM ({_reads("inbox_thread", "inbox_threadread", 1)}
            AND t.tenant_id = tenant AND r.tenant_id = tenant
        ) AS kind, {_VIEW} WHERE {_ASKED}
        UNION ALL
        SELECT view, subject, reader, -threads, -unread FROM inbox_viewcount WHERE tenant_id = tenant
    ) AS found
    GROUP BY found.view, found.subject, found.reader HAVING sum(found.n) <> 0 OR sum(found.unread) <> 0
    RETURNING *
$$
"""

# Only the owner of the tables may.
_EMPTIED = """
CREATE FUNCTION inbox_count_none() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE inbox_viewcount;
    RETURN NULL;
END $$
"""
_ON_TRUNCATE = """
CREATE TRIGGER count_truncate AFTER TRUNCATE ON inbox_thread
FOR EACH STATEMENT EXECUTE FUNCTION inbox_count_none()
"""
_TRIGGERS = [
    f"""
CREATE TRIGGER count_{event} AFTER {event} ON {table} REFERENCING {rows}
FOR EACH STATEMENT EXECUTE FUNCTION {function}()
"""
    for table, function in (
        ("inbox_thread", "inbox_count_threads"),
        ("inbox_threadread", "inbox_count_reads"),
    )
    for event, rows in (
        ("insert", "NEW TABLE AS new_rows"),
        ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "OLD TABLE AS old_rows"),
    )
]
_DROP = """
DROP FUNCTION inbox_recount_views(uuid);
DROP FUNCTION inbox_count_threads() CASCADE;
DROP FUNCTION inbox_count_reads() CASCADE;
DROP FUNCTION inbox_count_none() CASCADE;
DROP FUNCTION inbox_sum_counts_soon();
DROP FUNCTION inbox_views_of(text, uuid, uuid, boolean, uuid[], uuid[]);
"""
# Sums take the place of thousands of rows at a time.
_TIDY = (
    "ALTER TABLE inbox_viewcount SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
)
_SCOPE = "SELECT set_config('app.tenant_id', %s, true)"


def begin_counting(apps, schema_editor):
    """From now on each change is noted, also by processes of the version before: so their role is told of the
    table at once. What stands there by now is counted tenant by tenant, each in its own scope: row security
    holds for the owner of the tables too."""
    run = schema_editor.execute
    run(_TIDY)
    run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON inbox_viewcount TO {settings.SERVING_ROLE}")
    for statement in (_VIEWS, _SOON, _RECOUNT, _ON_THREADS, _ON_READS, _EMPTIED, *_TRIGGERS, _ON_TRUNCATE):
        run(statement, params=None)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant ORDER BY id")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute(_SCOPE, [str(tenant_id)])
            cursor.execute("SELECT inbox_recount_views(%s)", [tenant_id])
        cursor.execute(_SCOPE, [""])


def stop_counting(apps, schema_editor):
    schema_editor.execute(_DROP)


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0005_urgent_work_has_its_own_queues"),
        ("inbox", "0031_watchers"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ViewCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("view", models.CharField(max_length=10)),
                ("subject", models.UUIDField(null=True)),
                ("reader", models.UUIDField(null=True)),
                ("threads", models.IntegerField()),
                ("unread", models.IntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=common.tenancy.require_tenant,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.TENANT_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "reader"], name="viewcount_of_reader")],
            },
        ),
        migrations.RemoveConstraint("threadread", "threadread_once"),
        migrations.AddConstraint(
            "threadread",
            models.UniqueConstraint(fields=("tenant", "thread", "member"), name="threadread_once"),
        ),
        migrations.RunPython(begin_counting, stop_counting),
    ]
