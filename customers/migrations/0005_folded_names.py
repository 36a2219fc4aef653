"""Names are found with and without their accents."""

from django.db import migrations

# The column is the database's own: no model reads or writes it.
_CREATE = """
ALTER TABLE customers_customer ADD COLUMN folded text GENERATED ALWAYS AS (common_folded(name)) STORED;
CREATE INDEX customer_folded ON customers_customer USING gin (tenant_id uuid_ops, folded gin_trgm_ops)
"""


class Migration(migrations.Migration):
    """customers_customer.folded, with its index of words in the place of the one of names."""

    dependencies = [("common", "0002_folded"), ("customers", "0004_address_named_at")]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_name_words"),
        migrations.RunSQL(_CREATE, "ALTER TABLE customers_customer DROP COLUMN folded"),
    ]
