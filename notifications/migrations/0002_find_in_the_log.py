"""Indexes for each filter of the log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("inbox", "0003_thread_waiting_whole"),
        ("notifications", "0001_named_types_and_their_runs"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("dedupe_key", ""), _negated=True),
                fields=["tenant", "dedupe_key", "-id"],
                name="notification_by_key",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=["tenant", "request_id", "-id"],
                name="notification_by_request",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("channel__isnull", False)),
                fields=["tenant", "channel", "notification"],
                name="step_of_channel",
            ),
        ),
    ]
