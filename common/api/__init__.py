"""Plumbing of /api/v1/: who calls, what they may do, how input is read, how answers and errors look."""
