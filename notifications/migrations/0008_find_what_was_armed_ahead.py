"""What a clock that was ahead has armed is found by an index: every turn looks for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_second_person_and_samples")]

    operations = [
        migrations.AddIndex(
            "notification",
            models.Index(
                fields=["tenant", "armed_at"],
                name="notification_armed",
                condition=models.Q(due_at__isnull=False),
            ),
        ),
    ]
