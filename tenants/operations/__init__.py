"""Everything that changes tenants, people, teams and keys. The files are named for what they write."""
