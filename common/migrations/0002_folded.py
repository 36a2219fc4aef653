"""Texts as a search compares them: small letters without accents."""

from django.db import migrations

# ASCII, the most of what is written, is spared the slow part. What is not built from a letter and a sign
# (ø, ł, đ, ı) is named. Marks of other scripts stay: only U+0300 to U+036F are taken.
_CREATE = r"""
CREATE FUNCTION common_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN octet_length(said) = char_length(said) THEN lower(said)
  ELSE translate(
    lower(normalize(regexp_replace(normalize(said, NFD), '[\u0300-\u036F]', '', 'g'), NFC)), 'øłđı', 'oldi')
  END
"""


class Migration(migrations.Migration):
    """common_folded(text): immutable, so that it can stand in columns and indexes."""

    dependencies = [("common", "0001_initial")]

    operations = [migrations.RunSQL(_CREATE, "DROP FUNCTION common_folded(text)")]
