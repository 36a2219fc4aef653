"""Webhooks out: what they say (payloads), how they are signed and sent (wire), in which order and how often (lanes)."""
