from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_merged_people"),
        ("inbox", "0012_availability"),
        ("tenants", "0003_availability"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="first_answer_min",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="inbox",
            name="next_answer_min",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="answer_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="breached_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="first_answered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["tenant", "answer_due_at", "id"], name="thread_due"),
        ),
    ]
