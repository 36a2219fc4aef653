"""Small tools with no domain: tenancy scope, ids, encryption, outbound HTTP, work queues, API plumbing.

Public face: everything. Listens to nothing; imports nothing of the other rooms.
"""
