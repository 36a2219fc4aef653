from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Names and addresses by any part of them, within one tenant."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.AddIndex(
            model_name="address",
            index=GinIndex(
                fields=["tenant", "value"], opclasses=["uuid_ops", "gin_trgm_ops"], name="address_value_words"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=GinIndex(
                fields=["tenant", "name"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customer_name_words"
            ),
        ),
    ]
