"""Console pages of notifications, and the page where a person chooses."""
