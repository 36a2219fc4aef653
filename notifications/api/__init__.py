"""Notifications over HTTP: sending, types, consents, quiet hours."""
