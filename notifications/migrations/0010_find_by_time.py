"""What was asked for lately is found by an index: the console counts the last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_acknowledged")]

    operations = [
        migrations.AddIndex(
            "notification",
            models.Index(
                fields=["tenant", "created_at"],
                name="notification_by_time",
                condition=models.Q(is_test=False),
            ),
        ),
    ]
