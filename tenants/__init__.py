"""Who the customers of the house are: Tenant, User, Member, teams, roles, invitations, API keys, sign-in.

Public face: models, operations, queries. Listens to nothing.
"""
