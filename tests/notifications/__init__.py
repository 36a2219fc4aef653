"""Stories of notifications that get through."""
