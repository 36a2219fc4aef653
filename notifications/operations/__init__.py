"""Every write of notifications, one file per family of verbs."""
