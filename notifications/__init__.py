"""Named events of a tenant's own systems ("fraud_alert") → messages that get through, channel after channel.

Public face: ``models``, ``operations`` (types, notify, cancelling, consents, starter, campaigns), ``queries``.
Listens to messages' statuses and customers' answers: ``poke``, then ``operations.engine`` reads event rows.
"""
