"""`make shots`: pictures of every page and state of a running demo, to be looked at by people."""
