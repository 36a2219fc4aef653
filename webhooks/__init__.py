"""The same facts, signed and delivered to a tenant's own servers.

Public face: none yet; endpoints and deliveries come with a later issue.
"""
