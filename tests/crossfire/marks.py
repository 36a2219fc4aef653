"""What Acme alone may read carries MARK; the rest is the same in both tenants and at the far end."""

MARK = "canary7f3a"
PHONE = "447700900123"
OTHER_PHONE = "447700900124"
WAMID = "wamid.the-same-everywhere"
REF = "case-4711"
CRM_ID = "crm-4711"
