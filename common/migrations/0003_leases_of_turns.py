"""A tenant's turn on a queue belongs to one worker for a while, whatever is enqueued meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0002_folded")]

    operations = [
        migrations.AddField("workqueue", "leased_until", models.DateTimeField(null=True)),
    ]
