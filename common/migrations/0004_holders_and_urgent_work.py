"""A turn names who has it, and what is urgent stands in the queues as such."""

from django.db import migrations, models

# Whoever leases something names its connection. PostgreSQL hears at once when a process is killed, for its
# connection ends with it; one that only stalls keeps its connection, and the lease until its time is over.
_HOLDER = """
CREATE FUNCTION common_holder() RETURNS text LANGUAGE sql STABLE
RETURN (SELECT pid || '@' || extract(epoch FROM backend_start) FROM pg_stat_get_activity(pg_backend_pid()))
"""
# A number is given out again in time, so its beginning belongs to it. What another role's connections are is
# not told: they count as living.
_IS_GONE = """
CREATE FUNCTION common_is_gone(holder text) RETURNS boolean LANGUAGE sql STABLE
RETURN holder IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_stat_get_activity(split_part(holder, '@', 1)::int)
  WHERE backend_start IS NULL OR extract(epoch FROM backend_start)::text = split_part(holder, '@', 2))
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0003_leases_of_turns")]

    operations = [
        migrations.RunSQL(_HOLDER, "DROP FUNCTION common_holder()"),
        migrations.RunSQL(_IS_GONE, "DROP FUNCTION common_is_gone(text)"),
        migrations.AddField("workqueue", "holder", models.CharField(max_length=48, null=True)),
        migrations.AddField("workqueue", "is_urgent", models.BooleanField(default=False, db_default=False)),
    ]
