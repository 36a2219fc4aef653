"""Webhooks out: what they say (payloads), their bytes (wire), order (lanes) and repetition (sender)."""
