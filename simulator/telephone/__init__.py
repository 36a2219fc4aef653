"""The telephone company: texts and calls over its REST API, signed webhooks, and what callers hear."""
