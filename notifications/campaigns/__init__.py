"""Files of recipients: reading them, and what their columns mean. Pure: no database."""
