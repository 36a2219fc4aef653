"""Reads of notifications for pages and endpoints."""
