from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0030_thread_moves")]

    operations = [
        migrations.AddField(
            "thread",
            "watchers",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            "thread",
            models.Index(
                condition=models.Q(("watchers", []), _negated=True),
                fields=["tenant", "-active_at", "-id"],
                name="thread_watched",
            ),
        ),
    ]
