"""Reads that join, page or count for pages and endpoints."""
