"""The same facts, signed and delivered to a tenant's own servers, by the rules of Standard Webhooks.

Public face: ``models``, ``operations`` (endpoints, secrets, replays, samples), ``queries``.
Listens to every event: ``poke`` says that there is one, ``couriers`` reads the rows and carries them.
"""
