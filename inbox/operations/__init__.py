"""Every write of the inbox, one file per verb family."""
