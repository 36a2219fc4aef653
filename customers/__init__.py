"""The people tenants talk to: Customer and the addresses they can be reached at.

Public face: models, operations, queries. Listens to nothing.
"""
