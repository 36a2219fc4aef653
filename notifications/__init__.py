"""Named events of a tenant's own systems ("fraud_alert") → messages that get through, channel after channel.

Public face: ``models``, ``queries``, ``operations`` (types, notify, cancelling, consents, campaigns …).
Listens to messages' statuses and customers' answers: ``poke``, then ``operations.engine`` reads event rows.
"""
