"""The measures: each gives rows for the table from a running house."""
